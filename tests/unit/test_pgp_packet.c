/* OpenPGP packets and numbers: each header, and what is refused. */
#include "pgp/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal) literal, sizeof(literal) - 1

/* A copy of its very size, so that the sanitizer sees a read beyond the end. The caller frees it. */
static uint8_t *copy_of(const void *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	return copy;
}

static const struct {
	const char *bytes;
	size_t size;
	enum status status;
	uint8_t type;
	size_t body_size, left;
} packets[] = {
	{ BYTES("\xc2\x01x"), STATUS_OK, 2, 1, 0 },
	{ BYTES("\xc2\x01xyz"), STATUS_OK, 2, 1, 2 },
	{ BYTES("\xff\x00"), STATUS_OK, 63, 0, 0 },
	{ BYTES("\xc0\x00"), STATUS_OK, 0, 0, 0 },
	{ BYTES("\xc2\xff\x00\x00\x00\x01x"), STATUS_OK, 2, 1, 0 },
	{ BYTES("\x88\x01x"), STATUS_OK, 2, 1, 0 },
	{ BYTES("\x89\x00\x01xy"), STATUS_OK, 2, 1, 1 },
	{ BYTES("\x8a\x00\x00\x00\x01x"), STATUS_OK, 2, 1, 0 },
	{ BYTES("\xbc\x00"), STATUS_OK, 15, 0, 0 },
	/* no packet */
	{ BYTES("\x42\x01x"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\x00\x01x"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	/* indeterminate and partial lengths */
	{ BYTES("\x8bx"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\xc2\xe0x"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\xc2\xfex"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	/* beyond the end */
	{ BYTES("\xc2"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\xc2\x02x"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\xc2\xc0"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\xc2\xff\x00\x00\x00"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\xc2\xff\xff\xff\xff\xffx"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\x88"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\x89\x00"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
	{ BYTES("\x8a\xff\xff\xff\xffx"), STATUS_PACKET_SYNTAX, 0, 0, 0 },
};

static void test_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		uint8_t *copy = copy_of(packets[i].bytes, packets[i].size);
		struct cursor cursor = cursor_of(span_of(copy, packets[i].size));
		struct packet packet;

		if (packet_take(&cursor, &packet) != packets[i].status)
			fail_msg("packet %zu: the status", i);
		if (packets[i].status == STATUS_OK &&
		    (packet.type != packets[i].type || packet.body.size != packets[i].body_size || cursor.rest.size != packets[i].left))
			fail_msg("packet %zu: what was read", i);
		free(copy);
	}
}

/* The three forms of the new length meet without a gap. */
static void test_new_lengths(void **state)
{
	static uint8_t bytes[9000];
	static const struct {
		uint8_t header[3];
		size_t header_size, body_size;
	} rows[] = {
		{ { 0xc2, 191 }, 2, 191 },
		{ { 0xc2, 192, 0 }, 3, 192 },
		{ { 0xc2, 193, 0 }, 3, 448 },
		{ { 0xc2, 223, 255 }, 3, 8383 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cursor cursor = cursor_of(span_of(bytes, rows[i].header_size + rows[i].body_size));
		struct cursor cut = cursor_of(span_of(bytes, rows[i].header_size + rows[i].body_size - 1));
		struct packet packet;

		memcpy(bytes, rows[i].header, sizeof(rows[i].header));
		assert_int_equal(packet_take(&cursor, &packet), STATUS_OK);
		assert_int_equal(packet.body.size, rows[i].body_size);
		assert_true(cursor_at_end(&cursor));
		assert_int_equal(packet_take(&cut, &packet), STATUS_PACKET_SYNTAX);
	}
}

static void test_ignorable(void **state)
{
	(void)state;
	for (uint8_t type = 0; type < 64; type++) {
		const struct packet packet = { .type = type, .body = SPAN("PGP") };
		bool expected = type == PACKET_MARKER || type == PACKET_PADDING || type >= 40;

		if (packet_is_ignorable(&packet) != expected)
			fail_msg("packet type %u", type);
	}
	assert_false(packet_is_ignorable(&(struct packet){ .type = PACKET_MARKER, .body = SPAN("PG") }));
	assert_false(packet_is_ignorable(&(struct packet){ .type = PACKET_MARKER, .body = SPAN("PGPP") }));
}

static const struct {
	const char *bytes;
	size_t size;
	unsigned bits_max;
	bool is_good;
	size_t number_size;
} numbers[] = {
	{ BYTES("\x00\x00"), 8, true, 0 },
	{ BYTES("\x00\x01\x01"), 1, true, 1 },
	{ BYTES("\x00\x08\x80"), 8, true, 1 },
	{ BYTES("\x00\x09\x01\xff"), 9, true, 2 },
	{ BYTES("\x00\x10\xff\xff"), 16, true, 2 },
	{ BYTES("\x00\x09\x01\xff"), 8, false, 0 },     /* too large */
	{ BYTES("\xff\xff\xff"), 65535, false, 0 },     /* cut off */
	{ BYTES("\x00\x09\x01"), 16, false, 0 },
	{ BYTES("\x00"), 16, false, 0 },
	{ BYTES(""), 16, false, 0 },
	{ BYTES("\x00\x08\x40"), 16, false, 0 },        /* the count is too high */
	{ BYTES("\x00\x09\x00\xff"), 16, false, 0 },    /* a leading zero */
	{ BYTES("\x00\x07\x80"), 16, false, 0 },        /* the count is too low */
	{ BYTES("\x00\x01\x00"), 16, false, 0 },
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint8_t *copy = copy_of(numbers[i].bytes, numbers[i].size);
		struct cursor cursor = cursor_of(span_of(copy, numbers[i].size));
		struct span number = packet_take_number(&cursor, numbers[i].bits_max);

		if (cursor.failed == numbers[i].is_good || number.size != numbers[i].number_size)
			fail_msg("number %zu", i);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_new_lengths),
		cmocka_unit_test(test_ignorable),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
