/* Arrays of objects in elements: at once, byte by byte, truncated, and what is refused. */
#include "json/array.h"

#include "base/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The elements, each ended by a bar; then "." if the array is complete, "+" if it goes on, "!" if it is refused. */
static const struct {
	const char *text, *result;
} cases[] = {
	{ "", "+" },
	{ " \t\r\n", "+" },
	{ "[", "+" },
	{ "[]", "." },
	{ " [ ] \n", "." },
	{ "[{}]", "{}|." },
	{ "[{},{}]", "{}|{}|." },
	{ " [ {\"a\":1} , {\"b\":[\"c\"]}\n]\n", "{\"a\":1}|{\"b\":[\"c\"]}|." },
	{ "[{\"a\":\"}\"}]", "{\"a\":\"}\"}|." },
	{ "[{\"a\":\"\\\"}\"}]", "{\"a\":\"\\\"}\"}|." },
	{ "[{\"a\":\"\\\\\"}]", "{\"a\":\"\\\\\"}|." },
	{ "[{\"a\":{\"b\":{}}},{}]", "{\"a\":{\"b\":{}}}|{}|." },
	{ "[{}", "{}|+" },
	{ "[{},", "{}|+" },
	{ "[{", "+" },
	{ "[{\"", "+" },
	{ "[{\"\\", "+" },
	{ "[{\"}]", "+" },
	{ "[{[{}", "+" },
	{ "{}", "!" },
	{ "[[", "!" },
	{ "[,", "!" },
	{ "[{},]", "{}|!" },
	{ "[{}{}", "{}|!" },
	{ "[{},,", "{}|!" },
	{ "[1]", "!" },
	{ "[null]", "!" },
	{ "[\"a\"]", "!" },
	{ "]", "!" },
	{ "[]]", "!" },
	{ "[][", "!" },
	{ "[]{}", "!" },
	{ "[] x", "!" },
	{ "\xef\xbb\xbf[]", "!" },
};

/* Hands in pieces of a text as they would arrive; what was not taken stays in front of the next. */
static void run(const char *text, size_t piece, struct writer *result)
{
	struct json_array array = { 0 };
	const size_t size = strlen(text);
	size_t taken = 0;
	enum status status = STATUS_MORE;

	for (size_t arrived = 0; status == STATUS_MORE && arrived < size;) {
		uint8_t *copy;
		struct span rest, element;

		arrived += piece < size - arrived ? piece : size - arrived;
		copy = malloc(arrived - taken > 0 ? arrived - taken : 1);
		assert_non_null(copy);
		memcpy(copy, text + taken, arrived - taken);
		rest = span_of(copy, arrived - taken);
		while ((status = json_array_next(&array, &rest, &element)) == STATUS_OK) {
			writer_put(result, element);
			writer_put_byte(result, '|');
		}
		taken = arrived - rest.size;
		free(copy);
	}
	if (status == STATUS_MORE)
		writer_put_string(result, json_array_has_ended(&array) && taken == size ? "." : "+");
	else
		writer_put_string(result, "!");
	writer_put_byte(result, '\0');
}

static void test_arrays(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t piece = 1; piece < 30; piece++) {
			uint8_t room[200];
			struct writer result = writer_of(room, sizeof(room));

			run(cases[i].text, piece, &result);
			assert_string_equal((char *)room, cases[i].result);
		}
	}
}

/* No part of a complete array is complete. */
static void test_truncated(void **state)
{
	static const char text[] = "[{\"a\":[\"]\",\"}\"]},{\"b\":\"\\\"\"}]";

	(void)state;
	for (size_t size = 0; size < sizeof(text) - 1; size++) {
		char part[sizeof(text)] = { 0 };
		uint8_t room[200];
		struct writer result = writer_of(room, sizeof(room));

		memcpy(part, text, size);
		run(part, size > 0 ? size : 1, &result);
		assert_int_equal(room[result.used - 2], '+');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
