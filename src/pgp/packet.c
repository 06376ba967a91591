#include "pgp/packet.h"

/* Old format (RFC 9580 section 4.2.2): the low two bits say how many octets the length has; 3 is indeterminate. */
static bool take_old_length(struct cursor *packets, unsigned length_type, uint32_t *length)
{
	switch (length_type) {
	case 0:
		*length = cursor_take_u8(packets);
		return true;
	case 1:
		*length = cursor_take_u16(packets);
		return true;
	case 2:
		*length = cursor_take_u32(packets);
		return true;
	default:
		return false;
	}
}

/* New format (RFC 9580 section 4.2.1):
 *   0 … 191: one octet    192 … 223: two    224 … 254: partial, refused    255: four more */
static bool take_new_length(struct cursor *packets, uint32_t *length)
{
	uint32_t first = cursor_take_u8(packets);

	if (first < 192)
		*length = first;
	else if (first < 224)
		*length = ((first - 192) << 8) + cursor_take_u8(packets) + 192;
	else if (first == 255)
		*length = cursor_take_u32(packets);
	else
		return false;
	return true;
}

enum status packet_take(struct cursor *packets, struct packet *packet)
{
	uint8_t header = cursor_take_u8(packets);
	bool is_new_format = header & 0x40;
	uint32_t length = 0;

	*packet = (struct packet){ 0 };
	if (!(header & 0x80))
		return STATUS_PACKET_SYNTAX;
	if (is_new_format ? !take_new_length(packets, &length) : !take_old_length(packets, header & 3U, &length))
		return STATUS_PACKET_SYNTAX;
	packet->type = is_new_format ? header & 0x3f : header >> 2 & 0x0f;
	packet->body = cursor_take(packets, length);
	return packets->failed ? STATUS_PACKET_SYNTAX : STATUS_OK;
}

bool packet_is_ignorable(const struct packet *packet)
{
	if (packet->type == PACKET_MARKER)
		return span_equal(packet->body, SPAN("PGP"));
	return packet->type == PACKET_PADDING || packet->type >= PACKET_FIRST_NON_CRITICAL;
}

struct span packet_take_number(struct cursor *cursor, unsigned bits_max)
{
	unsigned bits = cursor_take_u16(cursor);
	struct span number = { 0 };

	if (bits > bits_max)
		cursor->failed = true;
	number = cursor_take(cursor, (bits + 7) / 8);
	/* the top bit is the first octet's bit (bits - 1) % 8, with only zeros above it */
	if (number.size > 0 && number.data[0] >> ((bits - 1) % 8) != 1)
		cursor->failed = true;
	return cursor->failed ? (struct span){ 0 } : number;
}

void packet_write_octets(struct writer *writer, uint32_t integer, unsigned octets)
{
	while (octets-- > 0)
		writer_put_byte(writer, (uint8_t)(integer >> (8 * octets)));
}

void packet_write(struct writer *writer, uint8_t type, struct span body)
{
	writer_put_byte(writer, 0xc0 | type);
	writer_put_byte(writer, 0xff);
	packet_write_octets(writer, (uint32_t)body.size, 4);
	writer_put(writer, body);
}

void packet_write_number(struct writer *writer, struct span number)
{
	while (number.size > 0 && number.data[0] == 0)
		number = span_skip(number, 1);
	packet_write_octets(writer, span_count_bits(number), 2);
	writer_put(writer, number);
}
