#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_span(struct span actual, const char *expected)
{
	assert_int_equal(actual.size, strlen(expected));
	if (actual.size > 0)
		assert_memory_equal(actual.data, expected, actual.size);
}

static void test_equal(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal, equal_ignoring_case;
	} cases[] = {
		{ "", "", true, true },       { "a", "", false, false },     { "ab", "ab", true, true },
		{ "ab", "aB", false, true },  { "az", "AZ", false, true },   { "ab", "abc", false, false },
		{ "[", "{", false, false },   { "@", "`", false, false },    { "\xc3\xa4", "\xc3\x84", false, false },
		{ "0", "P", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span a = span_of_string(cases[i].a), b = span_of_string(cases[i].b);

		assert_int_equal(span_equal(a, b), cases[i].equal);
		assert_int_equal(span_equal(b, a), cases[i].equal);
		assert_int_equal(span_equal_ignoring_case(a, b), cases[i].equal_ignoring_case);
		assert_int_equal(span_equal_ignoring_case(b, a), cases[i].equal_ignoring_case);
	}
	assert_true(span_equal((struct span){ 0 }, SPAN("")));
	assert_false(span_equal((struct span){ 0 }, SPAN("a")));
	assert_true(span_equal(SPAN("a\0b"), span_of("a\0b", 3)));
	assert_false(span_equal(SPAN("a\0b"), SPAN("a\0c")));
}

static void test_starts_with(void **state)
{
	(void)state;
	assert_true(span_starts_with(SPAN("abc"), SPAN("ab")));
	assert_true(span_starts_with(SPAN("abc"), SPAN("abc")));
	assert_true(span_starts_with(SPAN("abc"), SPAN("")));
	assert_true(span_starts_with((struct span){ 0 }, (struct span){ 0 }));
	assert_false(span_starts_with(SPAN("abc"), SPAN("abcd")));
	assert_false(span_starts_with(SPAN("abc"), SPAN("b")));
	assert_false(span_starts_with((struct span){ 0 }, SPAN("a")));
}

static void test_cut(void **state)
{
	(void)state;
	check_span(span_skip(SPAN("abc"), 0), "abc");
	check_span(span_skip(SPAN("abc"), 2), "c");
	check_span(span_skip(SPAN("abc"), 3), "");
	check_span(span_skip(SPAN("abc"), 4), "");
	check_span(span_skip(SPAN("abc"), SIZE_MAX), "");
	check_span(span_first(SPAN("abc"), 0), "");
	check_span(span_first(SPAN("abc"), 2), "ab");
	check_span(span_first(SPAN("abc"), SIZE_MAX), "abc");
	check_span(span_first((struct span){ 0 }, 1), "");
}

static void test_find_byte(void **state)
{
	(void)state;
	assert_int_equal(span_find_byte(SPAN("abcb"), 'b'), 1);
	assert_int_equal(span_find_byte(SPAN("abc"), 'd'), 3);
	assert_int_equal(span_find_byte(SPAN("a\0b"), 0), 1);
	assert_int_equal(span_find_byte((struct span){ 0 }, 'a'), 0);
}

static void test_trim(void **state)
{
	static const struct {
		const char *text, *both, *end;
	} cases[] = {
		{ "", "", "" },
		{ " \t ", "", "" },
		{ " a b\t", "a b", " a b" },
		{ "\ta", "a", "\ta" },
		{ "a\n ", "a\n", "a\n" }, /* a line end is no blank */
		{ "\xc2\xa0", "\xc2\xa0", "\xc2\xa0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_span(span_trim(span_of_string(cases[i].text)), cases[i].both);
		check_span(span_trim_end(span_of_string(cases[i].text)), cases[i].end);
	}
}

/* Each text on a copy of exactly its size. */
static void test_lines(void **state)
{
	static const struct {
		const char *text;
		const char *lines[4]; /* up to a null pointer */
	} cases[] = {
		{ "", { 0 } },
		{ "a", { "a" } },
		{ "a\n", { "a" } },
		{ "a\r\nb", { "a", "b" } },
		{ "\n\r\n", { "", "" } },
		{ "a\r", { "a" } },
		{ "a\rb\n", { "a\rb" } },
		{ "a\r\r\n", { "a\r" } },
		{ "\r", { "" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size = strlen(cases[i].text), count = 0;
		uint8_t *copy = malloc(size ? size : 1);
		struct span text = span_of(memcpy(copy, cases[i].text, size), size), line;

		while (span_take_line(&text, &line)) {
			assert_non_null(cases[i].lines[count]);
			check_span(line, cases[i].lines[count++]);
		}
		assert_null(cases[i].lines[count]);
		free(copy);
	}
}

static void test_contains(void **state)
{
	(void)state;
	assert_true(span_contains(SPAN("abc"), SPAN("abc")));
	assert_true(span_contains(SPAN("xabc"), SPAN("abc")));
	assert_true(span_contains(SPAN("aabcx"), SPAN("abc")));
	assert_true(span_contains(SPAN("abc"), SPAN("")));
	assert_true(span_contains(SPAN(""), SPAN("")));
	assert_false(span_contains(SPAN("ab"), SPAN("abc")));
	assert_false(span_contains(SPAN("abxc"), SPAN("abc")));
	assert_false(span_contains(SPAN(""), SPAN("a")));
}

static void test_count_bits(void **state)
{
	(void)state;
	assert_int_equal(span_count_bits(SPAN("")), 0);
	assert_int_equal(span_count_bits(SPAN("\0\0")), 0);
	assert_int_equal(span_count_bits(SPAN("\1")), 1);
	assert_int_equal(span_count_bits(SPAN("\377")), 8);
	assert_int_equal(span_count_bits(SPAN("\0\3\0")), 10);
	assert_int_equal(span_count_bits(SPAN("\200\0\0")), 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),     cmocka_unit_test(test_starts_with), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_find_byte), cmocka_unit_test(test_trim),        cmocka_unit_test(test_lines),
		cmocka_unit_test(test_contains),  cmocka_unit_test(test_count_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
