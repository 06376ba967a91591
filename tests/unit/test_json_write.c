/* JSON strings as they are written, and that they come back. */
#include "base/encoding.h"
#include "json/read.h"
#include "json/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
	const char *text;
	size_t size;
	const char *written;
} cases[] = {
	{ BYTES(""), "\"\"" },
	{ BYTES("root"), "\"root\"" },
	{ BYTES("a/b+c=' ~"), "\"a/b+c=' ~\"" },
	{ BYTES("\""), "\"\\\"\"" },
	{ BYTES("\\"), "\"\\\\\"" },
	{ BYTES("a\"b\\c"), "\"a\\\"b\\\\c\"" },
	{ BYTES("\","), "\"\\\",\"" },
	{ BYTES("\\u0041"), "\"\\\\u0041\"" },
	{ BYTES("a\nb\r\tc"), "\"a\\u000ab\\u000d\\u0009c\"" },
	{ BYTES("\0\x01\x1f\x20\x7e\x7f"), "\"\\u0000\\u0001\\u001f ~\\u007f\"" },
	{ BYTES("</script>&amp;"), "\"\\u003c/script\\u003e\\u0026amp;\"" },
	{ BYTES("\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91"), "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91\"" },
};

static void test_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *copy = malloc(cases[i].size + 1), room[128];
		struct writer writer = writer_of(room, sizeof(room));

		assert_non_null(copy);
		memcpy(copy + 1, cases[i].text, cases[i].size);
		json_write_string(&writer, span_of(copy + 1, cases[i].size));
		if (!span_equal(writer_written(&writer), span_of_string(cases[i].written)))
			fail_msg("\"%.*s\" in place of \"%s\"", (int)writer.used, (char *)room, cases[i].written);
		free(copy);
	}
}

/* Each room that is too small is noticed, and nothing is written behind it. */
static void test_overflow(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t size = 0; size <= strlen(cases[i].written); size++) {
			uint8_t *room = malloc(size > 0 ? size : 1);
			struct writer writer = writer_of(room, size);

			assert_non_null(room);
			json_write_string(&writer, span_of(cases[i].text, cases[i].size));
			assert_int_equal(writer.overflowed, size < strlen(cases[i].written));
			free(room);
		}
	}
}

/* Each code point of two ranges, as it is written, is read as itself. */
static void test_read_back(void **state)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = { { 0x20, 0x7e }, { 0xa0, 0x2ff }, { 0x1f500, 0x1f5ff } };

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		for (uint32_t code_point = ranges[i].first; code_point <= ranges[i].last; code_point++) {
			uint8_t text[4], json[32];
			_Alignas(max_align_t) uint8_t memory[256];
			struct writer character = writer_of(text, sizeof(text)), writer = writer_of(json, sizeof(json));
			struct arena arena = arena_of(memory, sizeof(memory));
			struct json_object object;

			utf8_write(&character, code_point);
			writer_put(&writer, SPAN("{\"a\":"));
			json_write_string(&writer, writer_written(&character));
			writer_put_byte(&writer, '}');
			assert_int_equal(json_read_object(writer_written(&writer), &arena, &object), STATUS_OK);
			assert_true(span_equal(object.members[0].string, writer_written(&character)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
