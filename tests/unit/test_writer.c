#include "base/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void write_number(struct writer *writer, int64_t number)
{
	writer_put_number(writer, number);
}

static void test_numbers(void **state)
{
	static const struct {
		int64_t number;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 7, "7" }, { -7, "-7" }, { 1000, "1000" },
		{ INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" },
	};
	static const struct {
		uint64_t number;
		unsigned digits;
		const char *text;
	} padded[] = {
		{ 0, 0, "" }, { 0, 1, "0" }, { 0, 2, "00" }, { 7, 2, "07" }, { 123, 2, "123" },
		{ UINT64_MAX, 1, "18446744073709551615" }, { 1, 20, "00000000000000000001" }, { 1, 99, "00000000000000000001" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t room[32];
		struct writer writer = writer_of(room, sizeof(room));

		write_number(&writer, cases[i].number);
		assert_true(span_equal(writer_written(&writer), span_of_string(cases[i].text)));
	}
	for (size_t i = 0; i < sizeof(padded) / sizeof(padded[0]); i++) {
		uint8_t room[32];
		struct writer writer = writer_of(room, sizeof(room));

		writer_put_padded_number(&writer, padded[i].number, padded[i].digits);
		assert_true(span_equal(writer_written(&writer), span_of_string(padded[i].text)));
	}
}

/* At each size of the buffer: whole pieces or nothing, and nothing after what did not fit. */
static void test_every_size(void **state)
{
	static const char whole[] = "ab-12c";
	static const size_t ends[] = { 0, 2, 3, 5, 6 }; /* of the pieces */

	(void)state;
	for (size_t size = 0; size <= 8; size++) {
		uint8_t *room = malloc(size ? size : 1);
		struct writer writer = writer_of(room, size);
		size_t expected = 0;

		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			if (ends[i] <= size)
				expected = ends[i];
		writer_put(&writer, SPAN("ab"));
		writer_put_number(&writer, -12);
		writer_put_string(&writer, "c");
		writer_put(&writer, (struct span){ 0 });
		assert_int_equal(writer.overflowed, size < 6);
		assert_int_equal(writer.used, expected);
		assert_memory_equal(room, whole, expected);
		free(room);
	}
}

static void test_overflow_stays_until_rewind(void **state)
{
	uint8_t room[4];
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	writer_put(&writer, SPAN("ab"));
	writer_put(&writer, SPAN("cde"));
	assert_true(writer.overflowed);
	writer_put_byte(&writer, 'c'); /* this would fit */
	assert_null(writer_reserve(&writer, 0));
	assert_true(span_equal(writer_written(&writer), SPAN("ab")));
	writer_rewind(&writer, 1);
	assert_false(writer.overflowed);
	writer_put(&writer, SPAN("xyz"));
	assert_false(writer.overflowed);
	assert_true(span_equal(writer_written(&writer), SPAN("axyz")));
}

static void test_reserve(void **state)
{
	uint8_t room[4];
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	assert_ptr_equal(writer_reserve(&writer, 3), room);
	assert_null(writer_reserve(&writer, SIZE_MAX)); /* a sum would wrap */
	assert_int_equal(writer.used, 3);
	writer_rewind(&writer, 3);
	assert_ptr_equal(writer_reserve(&writer, 1), room + 3);
	assert_ptr_equal(writer_reserve(&writer, 0), room + 4);
	assert_null(writer_reserve(&writer, 1));
	writer = writer_of(NULL, 0);
	writer_put_byte(&writer, 'a');
	assert_true(writer.overflowed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_overflow_stays_until_rewind),
		cmocka_unit_test(test_reserve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
