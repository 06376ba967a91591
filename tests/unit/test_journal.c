#include "core/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t room[3 * JOURNAL_LINE_MAX];

/* The line of one field a. */
static struct span line_of(struct span value)
{
	static struct writer writer;
	struct journal journal;

	writer = writer_of(room, sizeof(room));
	journal = journal_start(&writer, "test");
	journal_put(&journal, "a", value);
	journal_end(&journal);
	return writer_written(&writer);
}

static void test_values(void **state)
{
	static const struct {
		struct span value;
		const char *line;
	} cases[] = {
		{ SPAN_INITIALIZER("plain-._:/+@%[]09azAZ"), "event=test a=plain-._:/+@%[]09azAZ\n" },
		{ SPAN_INITIALIZER(""), "event=test a=\"\"\n" },
		{ SPAN_INITIALIZER("two words"), "event=test a=\"two words\"\n" },
		{ SPAN_INITIALIZER("x b=y"), "event=test a=\"x b\\x3dy\"\n" },
		{ SPAN_INITIALIZER("b=y"), "event=test a=\"b\\x3dy\"\n" },
		{ SPAN_INITIALIZER("x\nevent=added"), "event=test a=\"x\\x0aevent\\x3dadded\"\n" },
		{ SPAN_INITIALIZER("\xe2\x80\xae" "a\xe2\x81\xa9"), "event=test a=\"\\xe2\\x80\\xaea\\xe2\\x81\\xa9\"\n" },
		{ SPAN_INITIALIZER("\xe2\x80\xa8\xe2\x82\xac"), "event=test a=\"\\xe2\\x80\\xa8\xe2\x82\xac\"\n" },
		{ SPAN_INITIALIZER("x\r"), "event=test a=\"x\\x0d\"\n" },
		{ SPAN_INITIALIZER("x\" b=\"y"), "event=test a=\"x\\x22 b\\x3d\\x22y\"\n" },
		{ SPAN_INITIALIZER("x\\"), "event=test a=\"x\\x5c\"\n" },
		{ SPAN_INITIALIZER("\\x0a"), "event=test a=\"\\x5cx0a\"\n" },
		{ SPAN_INITIALIZER("\0"), "event=test a=\"\\x00\"\n" },
		{ SPAN_INITIALIZER("\x1b[2J\x7f"), "event=test a=\"\\x1b[2J\\x7f\"\n" },
		{ SPAN_INITIALIZER("\xc3\xa4"), "event=test a=\"\xc3\xa4\"\n" },
		{ SPAN_INITIALIZER("\xc2\x9b" "2J\xc2\xa0"), "event=test a=\"\\xc2\\x9b2J\xc2\xa0\"\n" },
		{ SPAN_INITIALIZER("\xc2\x85"), "event=test a=\"\\xc2\\x85\"\n" },
		{ SPAN_INITIALIZER("\xc3\xa4\xff"), "event=test a=\"\xc3\xa4\\xff\"\n" },
		{ SPAN_INITIALIZER("\xc2"), "event=test a=\"\\xc2\"\n" },
		{ { 0 }, "event=test a=\"\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span line = line_of(cases[i].value);

		if (!span_equal(line, span_of_string(cases[i].line)))
			fail_msg("%.*s is not %s", (int)line.size, line.data, cases[i].line);
	}
}

/* Any two bytes: one line, one field, no control, and no two values with the same text. */
static void test_every_pair(void **state)
{
	static uint8_t seen[65536][40];
	size_t count = 0;

	(void)state;
	memset(seen, 0, sizeof(seen));
	for (unsigned i = 0; i < 65536; i++) {
		const uint8_t pair[2] = { (uint8_t)(i >> 8), (uint8_t)i };
		struct span line = line_of(span_of(pair, 2)), value;
		size_t quotes = 0;

		assert_true(span_starts_with(line, SPAN("event=test a=")));
		assert_int_equal(span_find_byte(line, '\n'), line.size - 1);
		value = span_skip(span_first(line, line.size - 1), sizeof("event=test a=") - 1);
		for (size_t at = 0; at < value.size; at++) {
			uint8_t byte = value.data[at];

			assert_true(byte >= 0x20 && byte != 0x7f);
			assert_true(byte != 0xc2 || value.data[at + 1] >= 0xa0);
			quotes += byte == '"';
			assert_true(byte != '"' || at == 0 || at == value.size - 1);
		}
		assert_int_equal(span_find_byte(value, '='), value.size); /* it stands behind a field's name only */
		assert_true(quotes == 2 || (quotes == 0 && span_find_byte(value, ' ') == value.size));
		assert_true(value.size < sizeof(seen[0]));
		memcpy(seen[i], value.data, value.size);
	}
	/* an array of texts in order has equal ones side by side */
	qsort(seen, 65536, sizeof(seen[0]), (int (*)(const void *, const void *))(uintptr_t)strcmp);
	for (unsigned i = 1; i < 65536; i++)
		count += strcmp((char *)seen[i - 1], (char *)seen[i]) == 0;
	assert_int_equal(count, 0);
}

static void test_fields(void **state)
{
	struct writer writer = writer_of(room, sizeof(room));
	struct journal journal = journal_start(&writer, "added");
	const struct table_signer signers[] = { { .fingerprint = { 0xab, 0xcd }, .size = 2 }, { .fingerprint = { 0x01 }, .size = 1 } };
	const struct ssh_fingerprint fingerprint = { { 0 }, { 0 } };

	(void)state;
	journal_put_sha256(&journal, &fingerprint);
	journal_put_md5(&journal, &fingerprint);
	journal_put_number(&journal, "lines", UINT64_MAX);
	journal_put_time(&journal, "expire", 1700000000);
	journal_put_signer(&journal, &signers[0]);
	journal_put_signer(&journal, &signers[1]);
	assert_int_equal(writer.used, 0); /* nothing is there before its end */
	journal_end(&journal);
	assert_true(span_equal(writer_written(&writer),
	                       SPAN("event=added fingerprint=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
	                            "md5=00000000000000000000000000000000 lines=18446744073709551615 "
	                            "expire=2023-11-14T22:13:20Z signer=ABCD signer=01\n")));
}

/* Nothing keeps a line out: not a huge value, and not many of them. */
static void test_cut(void **state)
{
	static uint8_t huge[70000];
	struct writer writer = writer_of(room, sizeof(room));
	struct journal journal = journal_start(&writer, "test");
	struct span line;

	(void)state;
	memset(huge, '"', sizeof(huge));
	line = line_of(span_of(huge, sizeof(huge)));
	assert_int_equal(line.size, sizeof("event=test a=\"\" cut=yes\n") - 1 + 4 * JOURNAL_VALUE_MAX);
	assert_memory_equal(line.data + line.size - 10, "\" cut=yes\n", 10);
	line = line_of(span_of(huge, JOURNAL_VALUE_MAX));
	assert_int_equal(line.size, sizeof("event=test a=\"\"\n") - 1 + 4 * JOURNAL_VALUE_MAX);

	writer_rewind(&writer, 0);
	journal = journal_start(&writer, "test");
	for (size_t i = 0; i < 20; i++)
		journal_put(&journal, "a", span_of(huge, JOURNAL_VALUE_MAX));
	journal_put(&journal, "b", SPAN("last"));
	journal_end(&journal);
	line = writer_written(&writer);
	assert_true(line.size <= JOURNAL_LINE_MAX);
	assert_true(line.size > 15);
	assert_memory_equal(line.data + line.size - 16, " b=last cut=yes\n", 16); /* what still fits is there */
	assert_false(writer.overflowed);
}

/* In each room: a whole line or none, and in front of it what was there. */
static void test_every_room(void **state)
{
	static const char whole[] = "event=test a=\"b c\" d=e\n";

	(void)state;
	for (size_t size = 0; size < 64; size++) {
		uint8_t *small = malloc(size + 2);
		struct writer writer = writer_of(small, size + 2);
		struct journal journal;
		struct span line;

		writer_put(&writer, SPAN("x\n"));
		journal = journal_start(&writer, "test");
		journal_put(&journal, "a", SPAN("b c"));
		journal_put(&journal, "d", SPAN("e"));
		journal_end(&journal);
		assert_memory_equal(small, "x\n", 2);
		line = span_skip(writer_written(&writer), 2);
		assert_int_equal(writer.overflowed, line.size == 0);
		assert_int_equal(line.size > 0, size >= sizeof("event=test cut=yes\n") - 1);
		if (line.size > 0)
			assert_int_equal(line.data[line.size - 1], '\n');
		if (size >= sizeof(whole) - 1 + 8) /* room for the mark is always kept */
			assert_true(span_equal(line, SPAN("event=test a=\"b c\" d=e\n")));
		else if (line.size > 0)
			assert_memory_equal(line.data + line.size - 9, " cut=yes\n", 9);
		free(small);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values), cmocka_unit_test(test_every_pair), cmocka_unit_test(test_fields),
		cmocka_unit_test(test_cut),    cmocka_unit_test(test_every_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
