#include "base/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* text on a copy of exactly its size: the sanitizer guards what is behind. */
static struct span copy_of(struct span text)
{
	uint8_t *copy = malloc(text.size ? text.size : 1);

	if (text.size > 0)
		memcpy(copy, text.data, text.size);
	return span_of(copy, text.size);
}

static void free_copy(struct span copy)
{
	free((void *)(uintptr_t)copy.data);
}

static void test_hex(void **state)
{
	static const char *const bad[] = { "", "0", "012", "0g", "g0", "0 ", "0x", "00000", "000000", " 000", "00:0" };
	uint8_t bytes[2], room[16];
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	assert_true(hex_read(SPAN("aBf9"), bytes, 2));
	assert_int_equal(bytes[0], 0xab);
	assert_int_equal(bytes[1], 0xf9);
	assert_true(hex_read(SPAN(""), bytes, 0));
	assert_false(hex_read(SPAN("0"), bytes, 0));
	hex_write(&writer, span_of(bytes, 2));
	hex_write_upper(&writer, span_of(bytes, 2));
	assert_true(span_equal(writer_written(&writer), SPAN("abf9ABF9")));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(hex_read(span_of_string(bad[i]), bytes, 2));
}

static void test_digits(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		const char *hex = byte ? strchr("0123456789abcdef0123456789ABCDEF", (int)byte) : NULL;
		static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
		const char *base64 = byte ? strchr(alphabet, (int)byte) : NULL;

		assert_int_equal(hex_digit_value((uint8_t)byte) >= 0, hex != NULL);
		assert_int_equal(base64_digit_value((uint8_t)byte), base64 ? (int)(base64 - alphabet) : -1);
	}
	assert_int_equal(hex_digit_value('f'), 15);
	assert_int_equal(hex_digit_value('F'), 15);
}

/* RFC 4648 section 10. */
static void test_base64(void **state)
{
	static const struct {
		const char *bytes, *text;
	} cases[] = {
		{ "", "" },         { "f", "Zg==" },         { "fo", "Zm8=" },         { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\xff\xef\xbe", "/+++" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t room[16];
		struct writer writer = writer_of(room, sizeof(room));
		struct span text = copy_of(span_of_string(cases[i].text));

		base64_write(&writer, span_of_string(cases[i].bytes));
		assert_true(span_equal(writer_written(&writer), text));
		writer_rewind(&writer, 0);
		base64_write_unpadded(&writer, span_of_string(cases[i].bytes));
		assert_true(span_equal(writer_written(&writer), span_first(text, span_find_byte(text, '='))));
		writer = writer_of(room, strlen(cases[i].bytes)); /* the room that it needs is enough */
		assert_true(base64_read(text, &writer));
		assert_true(span_equal(writer_written(&writer), span_of_string(cases[i].bytes)));
		if (writer.size > 0) {
			writer = writer_of(room, writer.size - 1);
			assert_false(base64_read(text, &writer));
		}
		free_copy(text);
	}
}

static void test_base64_bad(void **state)
{
	static const char *const cases[] = {
		"Z", "Zg", "Zg=", "Zm8", "Z===", "====", "=", "==", "===", "Zg==Zg==", "Zm8=Zm9v", "=Zm8", "Zm=8", "Zm9v=", "Zm9v====",
		"Zh==", "Zk==", "Zm9=",         /* unused bits that are not zero: a second text for the same bytes */
		"Zm9v\n", "Zm9\n", "Zm 9v", "Zm9-", "Zm9_", "Zm9\xff", " Zm9", "Zm9v ", "Zm=v", "Z=9v", "Zg=\n",
	};
	static const struct span with_zero = SPAN_INITIALIZER("Zm9\0");

	(void)state;
	for (size_t i = 0; i <= COUNT(cases); i++) {
		struct span text = copy_of(i < COUNT(cases) ? span_of_string(cases[i]) : with_zero);
		uint8_t room[16];
		struct writer writer = writer_of(room, sizeof(room));

		assert_false(base64_read(text, &writer));
		free_copy(text);
	}
}

/* There is exactly one text for each run of bytes: each group of four that is read comes back when written. */
static void test_base64_is_unique(void **state)
{
	static const char characters[] = "AQgw+/=Zf9";
	size_t accepted = 0;

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		const uint8_t text[4] = { (uint8_t)characters[i % 10], (uint8_t)characters[i / 10 % 10],
			                  (uint8_t)characters[i / 100 % 10], (uint8_t)characters[i / 1000] };
		uint8_t room[3], again[4];
		struct writer writer = writer_of(room, sizeof(room)), back = writer_of(again, sizeof(again));

		if (!base64_read(span_of(text, 4), &writer))
			continue;
		accepted++;
		base64_write(&back, writer_written(&writer));
		assert_memory_equal(again, text, 4);
	}
	/* nine digits besides =; with one = the third has its low two bits clear (AgwQ), with two the second its low
	 * four (AQgw) */
	assert_int_equal(accepted, 9 * 9 * 9 * 9 + 9 * 9 * 4 + 9 * 4);
}

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} cases[] = {
		{ "", true }, { "plain", true }, { "\xc3\xa4", true }, { "\xe2\x82\xac", true }, { "\xf0\x9f\x94\x91", true },
		{ "\x7f", true }, { "\xc2\x80", true }, { "\xdf\xbf", true }, { "\xe0\xa0\x80", true }, { "\xed\x9f\xbf", true },
		{ "\xee\x80\x80", true }, { "\xef\xbf\xbf", true }, { "\xf0\x90\x80\x80", true }, { "\xf4\x8f\xbf\xbf", true },
		{ "\x80", false }, { "\xbf", false }, { "\xc0\x80", false }, { "\xc1\xbf", false }, { "\xe0\x9f\xbf", false },
		{ "\xed\xa0\x80", false }, { "\xed\xbf\xbf", false }, { "\xf0\x8f\xbf\xbf", false }, { "\xf4\x90\x80\x80", false },
		{ "\xf5\x80\x80\x80", false }, { "\xff", false }, { "\xfe", false }, { "\xc3", false }, { "\xe2\x82", false },
		{ "\xf0\x9f\x94", false }, { "\xc3\xc3", false }, { "\xe2\x28\xa1", false }, { "\xf0\x9f\x94\xc0", false },
		{ "a\xc3", false }, { "\xc3" "a", false }, { "\xf8\x88\x80\x80\x80", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span text = copy_of(span_of_string(cases[i].text));

		assert_int_equal(utf8_is_valid(text), cases[i].valid);
		free_copy(text);
	}
	assert_true(utf8_is_valid(SPAN("a\0b")));
}

/* Every code point is written as what is valid, and no two forms of two bytes are both valid unless they differ in
 * meaning. */
static void test_utf8_write(void **state)
{
	size_t valid_pairs = 0;

	(void)state;
	for (uint32_t point = 0; point < 0x110000; point++) {
		uint8_t room[4];
		struct writer writer = writer_of(room, sizeof(room));

		if (point >= 0xd800 && point < 0xe000)
			continue;
		utf8_write(&writer, point);
		assert_int_equal(writer.used, point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);
		assert_true(utf8_is_valid(writer_written(&writer)));
	}
	for (unsigned i = 0; i < 0x10000; i++) {
		const uint8_t pair[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		valid_pairs += utf8_is_valid(span_of(pair, 2));
	}
	assert_int_equal(valid_pairs, 128 * 128 + (0x800 - 0x80));
}

static void test_printable(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "", "" },
		{ "Alice <alice@example.org> ~!", "Alice <alice@example.org> ~!" },
		{ "a\nb\r\tc\033[2J\007d\177e", "a?b??c?[2J?d?e" },
		{ "Gr\303\274\303\237e \342\202\254 \360\237\230\200", "Gr\303\274\303\237e \342\202\254 \360\237\230\200" },
		/* U+0080, U+009F; U+00A0 is seen */
		{ "\302\200\302\237\302\240", "??\302\240" },
		/* line and paragraph separator, direction marks, overrides and isolates; their neighbours are seen */
		{ "\342\200\250\342\200\251\342\200\252\342\200\256\342\201\246\342\201\251\342\200\216\342\200\217\330\234", "?????????" },
		{ "\342\200\247\342\200\257\342\201\245\342\201\252\342\200\215\330\233\330\235",
		  "\342\200\247\342\200\257\342\201\245\342\201\252\342\200\215\330\233\330\235" },
		/* no UTF-8: alone, cut off, overlong, a surrogate; what is behind it is seen */
		{ "\200a\377b", "?a?b" },
		{ "a\303", "a?" },
		{ "\342\202", "??" },
		{ "\300\200\355\240\200x", "?????x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span text = copy_of(span_of_string(rows[i].text));
		uint8_t room[64];
		struct writer writer = writer_of(room, text.size);

		printable_write(&writer, text);
		assert_false(writer.overflowed);
		assert_true(utf8_is_valid(writer_written(&writer)));
		if (!span_equal(writer_written(&writer), span_of_string(rows[i].shown)))
			fail_msg("row %zu: %.*s", i, (int)writer.used, (const char *)room);
		free_copy(text);
	}
}

/* The quick ways say the same as the plain ones, for each byte at each place. */
static void test_each_byte(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		for (size_t at = 0; at < 20; at++) {
			uint8_t text[20];
			struct span span = span_of(text, sizeof(text));

			memset(text, 'x', sizeof(text));
			text[at] = (uint8_t)byte;
			assert_int_equal(base64_is_alphabet(span),
			                 base64_digit_value((uint8_t)byte) >= 0 || (byte == '=' && at == 19));
			assert_int_equal(utf8_is_valid(span), byte < 0x80);
			if (byte < 0x80)
				assert_int_equal(utf8_has_control(span), byte < 0x20 || byte == 0x7f);
		}
	}
	assert_true(base64_is_alphabet((struct span){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_byte),
		cmocka_unit_test(test_hex),        cmocka_unit_test(test_digits), cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_bad), cmocka_unit_test(test_base64_is_unique),
		cmocka_unit_test(test_utf8),       cmocka_unit_test(test_utf8_write), cmocka_unit_test(test_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
