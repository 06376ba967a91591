#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOT = -1 }; /* what is no time and no duration */

/* Reads text from a copy of exactly its size. */
static int64_t read_with(bool (*read)(struct span, int64_t *), const char *text)
{
	size_t size = strlen(text);
	uint8_t *copy = malloc(size ? size : 1);
	int64_t value = 0;
	bool good = read(span_of(memcpy(copy, text, size), size), &value);

	free(copy);
	return good ? value : NOT;
}

static void check_written(void (*write)(struct writer *, int64_t), int64_t value, const char *text)
{
	uint8_t room[64];
	struct writer writer = writer_of(room, sizeof(room));

	write(&writer, value);
	writer_put_byte(&writer, 0);
	assert_false(writer.overflowed);
	assert_string_equal((char *)room, text);
}

static void test_read(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-22T08:05:00Z", 1795334700 },
		{ "2026-11-22T09:05:00.25+01:00", 1795334700 },
		{ "2026-11-21t23:05:00-09:00", 1795334700 },
		{ "2026-11-22T08:05:00z", 1795334700 },
		{ "2026-11-22T08:05:00.999999999999999999999Z", 1795334700 },
		{ "2026-11-22T08:05:00-00:00", 1795334700 },
		{ "2038-01-19T03:14:08Z", 2147483648 },
		{ "2106-02-07T06:28:16Z", 4294967296 },
		{ "2000-02-29T00:00:00Z", 951782400 },
		{ "2400-02-29T00:00:00Z", 13574563200 },
		{ "2016-12-31T23:59:60Z", 1483228799 },
		{ "9999-12-31T23:59:59Z", DATE_MAX },
		{ "9999-12-31T22:59:59-01:00", DATE_MAX },
		{ "1970-01-01T01:00:00+01:00", 0 },
		/* outside the years */
		{ "1969-12-31T23:59:59Z", NOT },
		{ "1970-01-01T00:59:59+01:00", NOT },
		{ "9999-12-31T23:59:59-00:01", NOT },
		{ "0000-01-01T00:00:00Z", NOT },
		/* no such day or time */
		{ "2026-02-29T00:00:00Z", NOT }, { "2100-02-29T00:00:00Z", NOT }, { "2026-04-31T00:00:00Z", NOT },
		{ "2026-00-01T00:00:00Z", NOT }, { "2026-13-01T00:00:00Z", NOT }, { "2026-01-00T00:00:00Z", NOT },
		{ "2026-01-32T00:00:00Z", NOT }, { "2026-01-01T24:00:00Z", NOT }, { "2026-01-01T00:60:00Z", NOT },
		{ "2026-01-01T00:00:61Z", NOT }, { "2026-01-01T00:00:00+24:00", NOT }, { "2026-01-01T00:00:00+00:60", NOT },
		/* no such form */
		{ "", NOT }, { "2026-01-01", NOT }, { "2026-01-01T00:00:00", NOT }, { "2026-01-01 00:00:00Z", NOT },
		{ "2026-01-01T00:00Z", NOT }, { "2026-1-01T00:00:00Z", NOT }, { "2026-01-01T00:00:00.Z", NOT },
		{ "2026-01-01T00:00:00,5Z", NOT }, { "2026-01-01T00:00:00Z ", NOT }, { " 2026-01-01T00:00:00Z", NOT },
		{ "2026-01-01T00:00:00ZZ", NOT }, { "2026-01-01T00:00:00+0100", NOT }, { "2026-01-01T00:00:00+01", NOT },
		{ "2026-01-01T00:00:00+1:00", NOT }, { "+2026-01-01T00:00:00Z", NOT }, { "-026-01-01T00:00:00Z", NOT },
		{ "2026-01-01T-1:00:00Z", NOT }, { "10000-01-01T00:00:00Z", NOT }, { "2026/01/01T00:00:00Z", NOT },
		{ "2026-01-01T00:00:00UTC", NOT }, { "20260101T000000Z", NOT }, { "1795334700", NOT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (read_with(date_read, cases[i].text) != cases[i].time)
			fail_msg("%s is %lld", cases[i].text, (long long)read_with(date_read, cases[i].text));
}

/* No text that is cut anywhere is a time, and no change of one byte to what stands in no time. */
static void test_read_damaged(void **state)
{
	static const char whole[] = "2026-11-22T09:05:00.25+01:00";

	(void)state;
	for (size_t i = 0; i < strlen(whole); i++) {
		char text[sizeof(whole)];

		memcpy(text, whole, sizeof(text));
		text[i] = 'x';
		assert_int_equal(read_with(date_read, text), NOT);
		text[i] = 0;
		assert_int_equal(read_with(date_read, text), NOT);
	}
}

/* Each day from 1970 to 9999, counted on by hand, is written and read back. */
static void test_every_day(void **state)
{
	static const unsigned lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year = 1970, month = 1, day = 1;

	(void)state;
	for (int64_t time = 0; time <= DATE_MAX; time += 86400) {
		bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		uint8_t room[32];
		struct writer writer = writer_of(room, sizeof(room)), expected;
		uint8_t expected_room[32];
		int64_t back;

		expected = writer_of(expected_room, sizeof(expected_room));
		writer_put_padded_number(&expected, year, 4);
		writer_put_byte(&expected, '-');
		writer_put_padded_number(&expected, month, 2);
		writer_put_byte(&expected, '-');
		writer_put_padded_number(&expected, day, 2);
		writer_put_string(&expected, "T00:00:00Z");
		date_write(&writer, time);
		assert_true(span_equal(writer_written(&writer), writer_written(&expected)));
		assert_true(date_read(writer_written(&writer), &back) && back == time);
		if (++day > lengths[month - 1] + (month == 2 && is_leap ? 1 : 0)) {
			day = 1;
			month = month % 12 + 1;
			year += month == 1;
		}
	}
	assert_int_equal(year, 10000);
}

static void test_write(void **state)
{
	(void)state;
	check_written(date_write, 1795334700, "2026-11-22T08:05:00Z");
	check_written(date_write, 86399, "1970-01-01T23:59:59Z");
	check_written(date_write, -1, "1970-01-01T00:00:00Z");
	check_written(date_write, INT64_MIN, "1970-01-01T00:00:00Z");
	check_written(date_write, DATE_MAX, "9999-12-31T23:59:59Z");
	check_written(date_write, DATE_MAX + 1, "9999-12-31T23:59:59Z");
	check_written(date_write, INT64_MAX, "9999-12-31T23:59:59Z");
	check_written(date_write_http, 1795334700, "Sun, 22 Nov 2026 08:05:00 GMT");
	check_written(date_write_http, 784111777, "Sun, 06 Nov 1994 08:49:37 GMT"); /* RFC 9110 section 5.6.7 */
	check_written(date_write_http, 0, "Thu, 01 Jan 1970 00:00:00 GMT");
	check_written(date_write_http, 951782400, "Tue, 29 Feb 2000 00:00:00 GMT");
	check_written(date_write_http, INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
}

static void test_duration_read(void **state)
{
	static const int64_t most = INT64_C(100) * 366 * 86400;
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "90s", 90 }, { "15m", 900 }, { "12h", 43200 }, { "2d", 172800 }, { "1h30m", 5400 }, { "0s", 0 }, { "0d0h0m0s", 0 },
		{ "1d1h1m1s", 90061 }, { "1d1s", 86401 }, { "00090s", 90 }, { "36600d", most }, { "36599d24h", most },
		{ "3162240000s", most },
		{ "36600d1s", NOT }, { "36601d", NOT }, { "3162240001s", NOT }, { "9999999999d", NOT },
		{ "9999999999d9999999999h9999999999m9999999999s", NOT }, { "18446744073709551617s", NOT }, { "00000000001s", NOT },
		{ "4294967297d", NOT },
		{ "", NOT }, { "90", NOT }, { "s", NOT }, { "1h30", NOT }, { "30m1h", NOT }, { "1h1h", NOT }, { "1s1s", NOT },
		{ "-1s", NOT }, { "+1s", NOT }, { "1.5h", NOT }, { "1 h", NOT }, { " 1h", NOT }, { "1h ", NOT }, { "1H", NOT },
		{ "1w", NOT }, { "1ms", NOT }, { "h1", NOT }, { "1hh", NOT }, { "0x1s", NOT }, { "1h,30m", NOT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (read_with(duration_read, cases[i].text) != cases[i].seconds)
			fail_msg("%s is %lld", cases[i].text, (long long)read_with(duration_read, cases[i].text));
}

static void test_duration_write(void **state)
{
	(void)state;
	check_written(duration_write, 0, "0s");
	check_written(duration_write, -5, "0s");
	check_written(duration_write, 1, "1s");
	check_written(duration_write, 5400, "1h30m");
	check_written(duration_write, 86400, "1d");
	check_written(duration_write, 90061, "1d1h1m1s");
	check_written(duration_write, INT64_C(100) * 366 * 86400, "36600d");
	for (int64_t seconds = 1; seconds < 400000; seconds += 37) {
		uint8_t room[32];
		struct writer writer = writer_of(room, sizeof(room));
		int64_t back;

		duration_write(&writer, seconds);
		assert_true(duration_read(writer_written(&writer), &back) && back == seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),          cmocka_unit_test(test_read_damaged),
		cmocka_unit_test(test_every_day),     cmocka_unit_test(test_write),
		cmocka_unit_test(test_duration_read), cmocka_unit_test(test_duration_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
