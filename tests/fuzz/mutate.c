/* How libFuzzer changes an input: where there is OpenPGP in it, armored or binary, mostly below the armor and the packets' lengths,
 * which are then written anew. Plain changes would hardly ever come past base64 and lengths. */
#include "base/cursor.h"
#include "base/encoding.h"
#include "fuzz.h"
#include "pgp/armor.h"
#include "pgp/packet.h"

#include <string.h>

enum { SIZE_MAX_BINARY = 128 * 1024, PACKETS_MAX = 256, PACKET_ROOM = 4096 };

/* libFuzzer's own changes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static uint32_t state;

/* xorshift (Marsaglia) */
static uint32_t below(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

/* Plain changes to a copy of bytes, which then has room for PACKET_ROOM bytes more. */
static struct span change(struct span bytes)
{
	static uint8_t room[SIZE_MAX_BINARY + PACKET_ROOM];

	memcpy(room, bytes.data, bytes.size);
	return span_of(room, LLVMFuzzerMutate(room, bytes.size, bytes.size + PACKET_ROOM));
}

static void put_number(struct writer *out, uint32_t number, unsigned octets)
{
	while (octets-- > 0)
		writer_put_byte(out, (uint8_t)(number >> 8 * octets));
}

/* One subpacket of any type, its length in any of the three forms. */
static void put_subpacket(struct writer *out)
{
	static const uint8_t sizes[] = { 0, 1, 4, 8, 21, 33 };
	const uint32_t size = sizes[below(sizeof(sizes))];

	switch (below(3)) {
	case 0:
		put_number(out, size + 1, 1);
		break;
	case 1:
		put_number(out, 0xff, 1);
		put_number(out, size + 1, 4);
		break;
	default:
		put_number(out, size + below(3), 1);
		break;
	}
	put_number(out, below(3) ? below(40) : below(256), 1);
	for (uint32_t i = 0; i < size; i++)
		put_number(out, i == 0 && below(2) ? 4 + 2 * below(2) : below(256), 1);
}

/* An area of subpackets, changed, with the size that it has then. */
static void put_changed_area(struct writer *out, struct span area, unsigned size_octets)
{
	static uint8_t room[SIZE_MAX_BINARY + PACKET_ROOM];
	struct writer changed = writer_of(room, sizeof(room));
	const bool at_start = below(2);

	switch (below(4)) {
	case 0:
		if (at_start)
			put_subpacket(&changed);
		writer_put(&changed, area);
		if (!at_start)
			put_subpacket(&changed);
		break;
	case 1: /* twice the same */
		writer_put(&changed, area);
		writer_put(&changed, area);
		break;
	default:
		writer_put(&changed, area.size > 0 ? change(area) : area);
		break;
	}
	put_number(out, (uint32_t)changed.used, size_octets);
	writer_put(out, writer_written(&changed));
}

/* A multiprecision integer (RFC 9580 section 3.2), with the bit count that it has. */
static void put_integer(struct writer *out, struct span number)
{
	uint32_t bits = 0;

	while (number.size > 0 && number.data[0] == 0)
		number = span_skip(number, 1);
	for (unsigned top = number.size > 0 ? number.data[0] : 0; top > 0; top >>= 1)
		bits++;
	put_number(out, number.size > 0 ? bits + 8 * (uint32_t)(number.size - 1) : 0, 2);
	writer_put(out, number);
}

/* Integers, one of them changed; what are none stay. */
static void put_changed_integers(struct writer *out, struct span integers)
{
	struct cursor cursor = cursor_of(integers);
	const uint32_t changed = below(2);

	for (uint32_t i = 0; cursor_has_more(&cursor); i++) {
		const struct span before = cursor.rest;
		struct span number = cursor_take(&cursor, (cursor_take_u16(&cursor) + 7U) / 8);

		if (cursor.failed)
			writer_put(out, before);
		else
			put_integer(out, i == changed && number.size > 0 ? change(number) : number);
	}
}

/* The body of a signature with one of its two areas changed, or its numbers; false if it has none. */
static bool put_changed_signature(struct writer *out, struct span body)
{
	struct cursor cursor = cursor_of(body);
	const unsigned changed = below(3);
	const unsigned octets = body.size > 0 && body.data[0] == 6 ? 4 : 2;

	writer_put(out, cursor_take(&cursor, 4));
	for (unsigned i = 0; i < 2; i++) {
		struct span area = cursor_take(&cursor, octets == 4 ? cursor_take_u32(&cursor) : cursor_take_u16(&cursor));

		if (cursor.failed)
			return false;
		if (i == changed) {
			put_changed_area(out, area, octets);
		} else {
			put_number(out, (uint32_t)area.size, octets);
			writer_put(out, area);
		}
	}
	writer_put(out, cursor_take(&cursor, 2));
	if (octets == 4)
		writer_put(out, cursor_take(&cursor, cursor.rest.size > 0 ? 1U + cursor.rest.data[0] : 0));
	if (changed == 2)
		put_changed_integers(out, cursor.rest);
	else
		writer_put(out, cursor.rest);
	return !cursor.failed;
}

/* Frames a body in any way that there is, mostly with its right length. */
static void put_packet(struct writer *out, uint8_t type, struct span body)
{
	const uint32_t size = (uint32_t)body.size + (below(32) == 0 ? below(3) : 0);
	const unsigned octets = 1U << below(3);

	if (type < 16 && below(2)) {
		unsigned fitting = size > 0xffff ? 4 : size > 0xff && octets == 1 ? 2 : octets;

		put_number(out, 0x80U | (uint32_t)type << 2 | (fitting == 4 ? 2U : fitting - 1), 1);
		put_number(out, size, fitting);
	} else {
		put_number(out, 0xc0U | type, 1);
		if (octets == 4 || size >= 8384) {
			put_number(out, 0xff, 1);
			put_number(out, size, 4);
		} else if (size >= 192) {
			put_number(out, size - 192 + 0xc000U, 2);
		} else {
			put_number(out, size, 1);
		}
	}
	writer_put(out, body);
}

static void put_changed_packet(struct writer *out, const struct packet *packet)
{
	static uint8_t room[2 * SIZE_MAX_BINARY];
	struct writer body = writer_of(room, sizeof(room));
	const uint8_t type = below(24) == 0 ? (uint8_t)below(64) : packet->type;

	if (packet->type != PACKET_SIGNATURE || below(3) == 0 || !put_changed_signature(&body, packet->body)) {
		writer_rewind(&body, 0);
		writer_put(&body, packet->body.size > 0 && below(4) ? change(packet->body) : packet->body);
	}
	put_packet(out, type, writer_written(&body));
}

/* A sequence of packets with one of them changed, dropped, doubled or moved. */
static bool put_changed_packets(struct writer *out, struct span binary)
{
	static struct packet packets[PACKETS_MAX];
	static struct span wholes[PACKETS_MAX];
	struct cursor cursor = cursor_of(binary);
	size_t count = 0, at, other;
	unsigned how = below(8);

	for (; cursor_has_more(&cursor) && count < PACKETS_MAX; count++) {
		wholes[count] = cursor.rest;
		if (packet_take(&cursor, &packets[count]) != STATUS_OK)
			return false;
		wholes[count].size -= cursor.rest.size;
	}
	if (count == 0 || cursor.rest.size > 0)
		return false;
	at = below((uint32_t)count);
	other = below((uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		if (i == at && how > 3)
			put_changed_packet(out, &packets[i]);
		else if (i != at || how != 0)
			writer_put(out, how == 1 && i == at ? wholes[other] : wholes[i]);
		if (i == other && how <= 2)
			writer_put(out, wholes[at]);
	}
	return !out->overflowed;
}

/* Where the first armored block starts: behind its BEGIN line. *label is its label; text.size if there is none. */
static size_t find_block(struct span text, struct span *label)
{
	static const char *const labels[] = { "PGP SIGNATURE", "PGP PUBLIC KEY BLOCK" };
	struct span rest = text, line;

	while (span_take_line(&rest, &line)) {
		for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
			*label = span_of_string(labels[i]);
			if (armor_is_begin(line, *label))
				return text.size - rest.size;
		}
	}
	return text.size;
}

static bool put_changed_block(struct writer *out, struct span text)
{
	static uint8_t memory[SIZE_MAX_BINARY], room[2 * SIZE_MAX_BINARY], base64[4 * SIZE_MAX_BINARY];
	struct arena arena = arena_of(memory, sizeof(memory));
	struct writer changed = writer_of(room, sizeof(room)), digits = writer_of(base64, sizeof(base64));
	struct span label, binary, rest;
	size_t start = find_block(text, &label);

	rest = span_skip(text, start);
	if (start == text.size || armor_read(&rest, label, &arena, &binary) != STATUS_OK || !put_changed_packets(&changed, binary))
		return false;
	writer_put(out, span_first(text, start));
	writer_put_byte(out, '\n');
	base64_write(&digits, writer_written(&changed));
	for (struct span left = writer_written(&digits); left.size > 0; left = span_skip(left, 64)) {
		writer_put(out, span_first(left, 64));
		writer_put_byte(out, '\n');
	}
	writer_put_string(out, "-----END ");
	writer_put(out, label);
	writer_put_string(out, "-----\n");
	writer_put(out, rest);
	return !out->overflowed;
}

/* The text in front of the block, changed. */
static bool put_changed_text(struct writer *out, struct span text)
{
	struct span label;
	size_t start = find_block(text, &label);

	if (start == text.size)
		return false;
	writer_put(out, change(span_first(text, start)));
	writer_put(out, span_skip(text, start));
	return !out->overflowed;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static uint8_t room[SIZE_MAX_BINARY];
	struct writer out = writer_of(room, max_size < sizeof(room) ? max_size : sizeof(room));
	const struct span input = span_of(data, size);
	bool is_changed = false;
	uint32_t how;

	state = seed | 1;
	how = below(8);
	if (size > 0 && size < SIZE_MAX_BINARY / 2 && how > 0) {
		if (data[0] & 0x80)
			is_changed = put_changed_packets(&out, input);
		else
			is_changed = how < 3 ? put_changed_text(&out, input) : put_changed_block(&out, input);
	}
	if (!is_changed)
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(data, out.data, out.used);
	return out.used;
}
