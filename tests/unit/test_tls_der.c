/* DER, read and written, and PEM. */
#include "tls/der.h"
#include "tls/pem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An OCTET STRING: the size of its content, or -1 if it is none. */
static const struct {
	struct span der;
	int size;
} octets[] = {
	{ SPAN_INITIALIZER("\x04\x00"), 0 },
	{ SPAN_INITIALIZER("\x04\x02"
			   "ab"),
	  2 },
	{ SPAN_INITIALIZER("\x04\x02"
			   "abc"),
	  -1 }, /* something follows */
	{ SPAN_INITIALIZER("\x04\x03"
			   "ab"),
	  -1 },
	{ SPAN_INITIALIZER("\x05\x00"), -1 },
	{ SPAN_INITIALIZER("\x04"), -1 },
	{ SPAN_INITIALIZER(""), -1 },
	{ SPAN_INITIALIZER("\x04\x81\x02"
			   "ab"),
	  -1 }, /* not the shortest form */
	{ SPAN_INITIALIZER("\x04\x82\x00\x02"
			   "ab"),
	  -1 },
	{ SPAN_INITIALIZER("\x04\x80\x00\x00"), -1 }, /* indefinite */
	{ SPAN_INITIALIZER("\x04\x83\x00\x00\x00"), -1 },
	{ SPAN_INITIALIZER("\x04\xff"), -1 },
	{ SPAN_INITIALIZER("\x04\x82\xff\xff"), -1 },
};

static void test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(octets) / sizeof(octets[0]); i++) {
		uint8_t *copy = malloc(octets[i].der.size + 1);
		struct cursor cursor = cursor_of(span_of(copy, octets[i].der.size));
		struct span content;

		memcpy(copy, octets[i].der.data, octets[i].der.size);
		content = der_take(&cursor, DER_OCTET_STRING);
		assert_int_equal(cursor_at_end(&cursor) ? (int)content.size : -1, octets[i].size);
		free(copy);
	}
}

static void test_integers(void **state)
{
	static const struct {
		struct span der;
		int size;
	} cases[] = {
		{ SPAN_INITIALIZER("\x02\x01\x05"), 1 },     { SPAN_INITIALIZER("\x02\x02\x00\x80"), 1 },
		{ SPAN_INITIALIZER("\x02\x01\x00"), 0 },     { SPAN_INITIALIZER("\x02\x00"), -1 },
		{ SPAN_INITIALIZER("\x02\x01\x80"), -1 }, /* negative */
		{ SPAN_INITIALIZER("\x03\x02\x00\x01"), -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cursor cursor = cursor_of(cases[i].der);
		struct span number = der_take_unsigned(&cursor);

		assert_int_equal(cursor.failed ? -1 : (int)number.size, cases[i].size);
	}
}

/* Whatever is written is read again: contents on both sides of each form of a length. */
static void test_write(void **state)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 129, 255, 256, 257, 65535, 65536 };
	enum { ROOM = 70000 };
	uint8_t *content = calloc(1, ROOM), *room = malloc(ROOM);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct writer writer = writer_of(room, ROOM);
		size_t outer = der_start(&writer, DER_SEQUENCE);
		struct cursor cursor, inner;

		content[0] = (uint8_t)i;
		der_put(&writer, DER_OCTET_STRING, span_of(content, sizes[i]));
		der_end(&writer, outer);
		assert_int_equal(writer.overflowed, sizes[i] > 65535 - 4);
		if (writer.overflowed)
			continue;
		cursor = cursor_of(writer_written(&writer));
		inner = cursor_of(der_take(&cursor, DER_SEQUENCE));
		assert_true(span_equal(der_take(&inner, DER_OCTET_STRING), span_of(content, sizes[i])));
		assert_true(cursor_at_end(&cursor) && cursor_at_end(&inner));
	}
	for (size_t size = 0; size < 300 + 8; size++) { /* and never beyond the room */
		uint8_t *small = malloc(size ? size : 1);
		struct writer writer = writer_of(small, size);
		size_t outer = der_start(&writer, DER_SEQUENCE);

		der_put(&writer, DER_OCTET_STRING, span_of(content, 300));
		der_end(&writer, outer);
		assert_int_equal(writer.overflowed, size < 300 + 8);
		free(small);
	}
	free(content);
	free(room);
}

static void test_pem(void **state)
{
	static const struct {
		const char *text, *label;
		enum status status;
		const char *bytes;
	} cases[] = {
		{ "-----BEGIN A-----\nYWJj\n-----END A-----\n", "A", STATUS_OK, "abc" },
		{ "x\n-----BEGIN A B-----\r\nYW\r\nJj\r\n-----END A B-----", "A B", STATUS_OK, "abc" },
		{ "-----BEGIN A-----\nYWI=\n-----END A-----\n", "A", STATUS_OK, "ab" },
		{ "-----BEGIN A-----\nYWI=\nYWJj\n-----END A-----\n", "A", STATUS_PEM_SYNTAX, NULL },
		{ "-----BEGIN A-----\nYWJ\n-----END A-----\n", "A", STATUS_PEM_SYNTAX, NULL },
		{ "-----BEGIN A-----\nYW!j\n-----END A-----\n", "A", STATUS_PEM_SYNTAX, NULL },
		{ "-----BEGIN A-----\n-----END A-----\n", "A", STATUS_PEM_SYNTAX, NULL },
		{ " -----BEGIN A-----\nYWJj\n -----END A-----\n", NULL, STATUS_OK, NULL },
		{ "", NULL, STATUS_OK, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pem_file file = pem_file_of(span_of_string(cases[i].text));
		uint8_t room[8];
		struct writer writer = writer_of(room, sizeof(room));
		struct pem pem;

		assert_int_equal(pem_take(&file, &pem), cases[i].label != NULL);
		assert_int_equal(file.status, STATUS_OK);
		if (!cases[i].label)
			continue;
		assert_true(span_equal(pem.label, span_of_string(cases[i].label)));
		assert_int_equal(pem_decode(&pem, &writer), cases[i].status);
		if (cases[i].bytes)
			assert_true(span_equal(writer_written(&writer), span_of_string(cases[i].bytes)));
	}
}

/* Lines that begin and end blocks but are not in pairs: no block behind them is taken, whatever it holds. */
static void test_pem_lines(void **state)
{
	static const struct {
		const char *text;
		size_t blocks, line;
	} cases[] = {
		{ "-----BEGIN A-----\nYWJj\n-----END B-----\n", 0, 3 },
		{ "-----BEGIN A-----\nYWJj\n", 0, 1 },
		{ "\n\n-----BEGIN A-----", 0, 3 },
		{ "-----BEGIN B-----\n-----BEGIN A-----\nYWJj\n-----END A-----\n", 0, 2 },
		{ "-----END A-----\n-----BEGIN A-----\nYWJj\n-----END A-----\n", 0, 1 },
		{ "-----BEGIN A----\nYWJj\n-----END A-----\n", 0, 1 },
		{ "-----BEGIN A-----\nYWJj\n-----END A----\n-----BEGIN A-----\nYWJj\n-----END A-----\n", 0, 3 },
		{ " -----BEGIN A-----\nYWJj\n-----END A-----\n", 0, 3 },
		{ "-----BEGIN A-----\r\nYWJj\r\n-----END A-----\r\nwords\r\n-----BEGIN A-----\r\nYWJj\r\n-----END AB-----\r\n", 1, 7 },
		{ "-----BEGIN A-----\nYWJj\n-----END A-----\n-----BEGIN B-----\nYWJj\n", 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pem_file file = pem_file_of(span_of_string(cases[i].text));
		struct pem pem;
		size_t blocks = 0;

		while (pem_take(&file, &pem))
			blocks++;
		assert_int_equal(blocks, cases[i].blocks);
		assert_int_equal(file.status, STATUS_PEM_LINES);
		assert_int_equal(file.line, cases[i].line);
		assert_false(pem_take(&file, &pem));
	}
}

static void test_pem_again(void **state)
{
	uint8_t bytes[200], text[400], room[200];

	(void)state;
	for (size_t size = 1; size <= sizeof(bytes); size++) {
		struct writer writer = writer_of(text, sizeof(text)), again = writer_of(room, size), small = writer_of(room, size - 1);
		struct pem_file file;
		struct pem pem;

		for (size_t i = 0; i < size; i++)
			bytes[i] = (uint8_t)(i * size);
		pem_write(&writer, "X", span_of(bytes, size));
		file = pem_file_of(writer_written(&writer));
		assert_true(pem_take(&file, &pem));
		assert_int_equal(file.line, 1);
		assert_int_equal(pem_decode(&pem, &again), STATUS_OK);
		assert_true(span_equal(writer_written(&again), span_of(bytes, size)));
		assert_int_equal(pem_decode(&pem, &small), STATUS_ARENA_FULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read), cmocka_unit_test(test_integers),  cmocka_unit_test(test_write),
		cmocka_unit_test(test_pem),  cmocka_unit_test(test_pem_lines), cmocka_unit_test(test_pem_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
