#include "pgp/armor.h"

#include "base/encoding.h"

enum { LINE_BYTES = 48 /* in 64 digits */ };

static bool is_boundary(struct span line, struct span word, struct span label)
{
	const struct span dashes = SPAN("-----");

	line = span_trim_end(line);
	if (line.size != word.size + label.size + dashes.size || !span_starts_with(line, word))
		return false;
	line = span_skip(line, word.size);
	return span_starts_with(line, label) && span_equal(span_skip(line, label.size), dashes);
}

bool armor_is_begin(struct span line, struct span label)
{
	return is_boundary(line, SPAN("-----BEGIN "), label);
}

bool armor_is_end(struct span line, struct span label)
{
	return is_boundary(line, SPAN("-----END "), label);
}

/* Reads over "Key: value" lines and the blank line that must follow them. */
static enum status skip_headers(struct span *text)
{
	struct span line;

	for (size_t count = 0; span_take_line(text, &line); count++) {
		if (span_trim(line).size == 0)
			return STATUS_OK;
		if (count == ARMOR_HEADERS_MAX || line.size > ARMOR_HEADER_SIZE_MAX ||
		    span_find_byte(line, ':') == line.size)
			return STATUS_ARMOR_SYNTAX;
	}
	return STATUS_ARMOR_SYNTAX;
}

/* base64 that comes line by line. */
struct decoder {
	uint8_t *next;
	uint32_t bits;
	unsigned digits; /* digits and padding so far, modulo 4 */
	unsigned padding;
};

/* Padding is the third or the fourth of four, and the bits that the digits before it leave over are zero. */
static bool take_padding(struct decoder *decoder)
{
	unsigned unused_bits = decoder->digits == 2 ? 4 : 2;

	if (decoder->digits < 2)
		return false;
	return decoder->padding++ > 0 || (decoder->bits & ((1U << unused_bits) - 1)) == 0;
}

static bool take_digit(struct decoder *decoder, uint8_t digit)
{
	int value = base64_digit_value(digit);

	if (value < 0 || decoder->padding > 0)
		return false;
	decoder->bits = decoder->bits << 6 | (uint32_t)value;
	if (decoder->digits > 0)
		*decoder->next++ = (uint8_t)(decoder->bits >> (6 - 2 * decoder->digits));
	return true;
}

static bool decode_line(struct decoder *decoder, struct span line)
{
	for (size_t i = 0; i < line.size; i++) {
		if (!(line.data[i] == '=' ? take_padding(decoder) : take_digit(decoder, line.data[i])))
			return false;
		decoder->digits = (decoder->digits + 1) % 4;
	}
	return true;
}

/* "=" and four digits; a line of padding alone has one or two characters. */
static bool is_checksum(struct span line)
{
	if (line.size != 5 || line.data[0] != '=')
		return false;
	for (size_t i = 1; i < line.size; i++)
		if (base64_digit_value(line.data[i]) < 0)
			return false;
	return true;
}

/* Reads base64 lines up to the END line. After padding only a checksum may come, after the checksum nothing. */
static enum status decode_lines(struct span *text, struct span label, struct decoder *decoder)
{
	bool has_checksum = false;
	struct span line;

	while (span_take_line(text, &line)) {
		if (armor_is_end(line, label))
			return decoder->digits == 0 ? STATUS_OK : STATUS_ARMOR_BASE64;
		if (line.size > 0 && line.data[0] == '-')
			return STATUS_ARMOR_SYNTAX;
		line = span_trim_end(line);
		if (line.size == 0)
			continue;
		if (has_checksum)
			return STATUS_ARMOR_BASE64;
		has_checksum = is_checksum(line);
		if (!has_checksum && !decode_line(decoder, line))
			return STATUS_ARMOR_BASE64;
	}
	return STATUS_ARMOR_SYNTAX;
}

enum status armor_read(struct span *text, struct span label, struct arena *arena, struct span *binary)
{
	const size_t used = arena->used;
	struct decoder decoder = { 0 };
	uint8_t *room;
	enum status status;

	*binary = (struct span){ 0 };
	status = skip_headers(text);
	if (status != STATUS_OK)
		return status;
	/* never more than three bytes of four digits; what is left over is given back below */
	room = arena_take(arena, text->size / 4 * 3 + 3);
	if (!room)
		return STATUS_ARENA_FULL;
	decoder.next = room;
	status = decode_lines(text, label, &decoder);
	if (status != STATUS_OK) {
		arena_release(arena, used);
		return status;
	}
	*binary = span_of(room, (size_t)(decoder.next - room));
	arena->used = (size_t)(decoder.next - arena->data);
	return STATUS_OK;
}

/* RFC 9580 section 6.1.1 */
static uint32_t crc24(struct span bytes)
{
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < bytes.size; i++) {
		crc ^= (uint32_t)bytes.data[i] << 16;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x800000 ? 0x1864cfb : 0);
	}
	return crc & 0xffffff;
}

static void write_boundary(struct writer *writer, const char *word, struct span label)
{
	writer_put_string(writer, word);
	writer_put(writer, label);
	writer_put_string(writer, "-----\n");
}

void armor_write(struct writer *writer, struct span label, struct span binary, bool has_checksum)
{
	const uint32_t crc = crc24(binary);
	const uint8_t checksum[3] = { (uint8_t)(crc >> 16), (uint8_t)(crc >> 8), (uint8_t)crc };

	write_boundary(writer, "-----BEGIN ", label);
	writer_put_byte(writer, '\n');
	for (; binary.size > 0; binary = span_skip(binary, LINE_BYTES)) {
		base64_write(writer, span_first(binary, LINE_BYTES));
		writer_put_byte(writer, '\n');
	}
	if (has_checksum) {
		writer_put_byte(writer, '=');
		base64_write(writer, span_of(checksum, sizeof(checksum)));
		writer_put_byte(writer, '\n');
	}
	write_boundary(writer, "-----END ", label);
}
