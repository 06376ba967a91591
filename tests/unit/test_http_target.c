/* Request targets: patterns, percent-encoding, queries. */
#include "http/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A copy of a string's bytes without the terminator: the sanitizer sees a read behind the last one. */
static struct span exact(const char *text)
{
	size_t size = strlen(text);
	uint8_t *copy = malloc(size > 0 ? size : 1);

	assert_non_null(copy);
	memcpy(copy, text, size);
	return span_of(copy, size);
}

static void drop(struct span text)
{
	free((void *)(uintptr_t)text.data);
}

static void expect_text(const char *name, struct span text, const char *expected)
{
	if (!span_equal(text, span_of_string(expected)))
		fail_msg("%s: \"%.*s\" in place of \"%s\"", name, (int)text.size, (const char *)text.data, expected);
}

static void test_match(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
		const char *segments[2];
	} cases[] = {
		{ "/healthz", "/healthz", true, { NULL, NULL } },
		{ "/healthz", "/health", false, { NULL, NULL } },
		{ "/healthz", "/healthz/", false, { NULL, NULL } },
		{ "/healthz", "/healthzz", false, { NULL, NULL } },
		{ "/healthz", "/HEALTHZ", false, { NULL, NULL } },
		{ "/healthz", "//healthz", false, { NULL, NULL } },
		{ "/healthz", "", false, { NULL, NULL } },
		{ "/healthz", "/", false, { NULL, NULL } },
		{ "/u/{}/keys", "/u/root/keys", true, { "root", NULL } },
		{ "/u/{}/keys", "/u/r/keys", true, { "r", NULL } },
		{ "/u/{}/keys", "/u/%2e%2F/keys", true, { "%2e%2F", NULL } },
		{ "/u/{}/keys", "/u/{}/keys", true, { "{}", NULL } },
		{ "/u/{}/keys", "/u//keys", false, { NULL, NULL } },
		{ "/u/{}/keys", "/u/keys", false, { NULL, NULL } },
		{ "/u/{}/keys", "/u/root/", false, { NULL, NULL } },
		{ "/u/{}/keys", "/u/root", false, { NULL, NULL } },
		{ "/u/{}/keys", "/u/", false, { NULL, NULL } },
		{ "/u/{}/keys", "/u", false, { NULL, NULL } },
		{ "/u/{}/keys", "/u/a/b/keys", false, { NULL, NULL } },
		{ "/u/{}/keys", "/u/root/keys/x", false, { NULL, NULL } },
		{ "/u/{}/key/{}", "/u/root/key/SHA256:x", true, { "root", "SHA256:x" } },
		{ "/u/{}/key/{}", "/u/root/key/", false, { NULL, NULL } },
		{ "/u/{}/key/{}", "/u/root/key/x/", false, { NULL, NULL } },
		{ "/u/{}/key/{}", "/u/root/key/x/y", false, { NULL, NULL } },
		{ "/u/{}/key/{*}", "/u/root/key/x/y/", true, { "root", "x/y/" } },
		{ "/u/{}/key/{*}", "/u/root/key//", true, { "root", "/" } },
		{ "/u/{}/key/{*}", "/u/root/key/", false, { NULL, NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span path = exact(cases[i].path), pattern = exact(cases[i].pattern);
		struct span segments[2];

		if (http_target_match(path, pattern, segments) != cases[i].matches)
			fail_msg("%s and %s", cases[i].pattern, cases[i].path);
		for (size_t j = 0; j < 2 && cases[i].segments[j]; j++)
			expect_text(cases[i].path, segments[j], cases[i].segments[j]);
		drop(path);
		drop(pattern);
	}
}

static void test_decode(void **state)
{
	static const struct {
		const char *text, *decoded; /* NULL: refused */
	} cases[] = {
		{ "", "" },
		{ "root", "root" },
		{ "%72oot", "root" },
		{ "roo%74", "root" },
		{ "SHA256%3aab%2Fcd%2B", "SHA256:ab/cd+" },
		{ "a+b", "a+b" },
		{ "%2541", "%41" },
		{ "%c3%a9", "\xc3\xa9" },
		{ "\xc3%a9", "\xc3\xa9" },
		{ "%f0%9f%94%91", "\xf0\x9f\x94\x91" },
		{ "%20%7e", " ~" },
		{ "%", NULL },
		{ "a%", NULL },
		{ "%4", NULL },
		{ "%4g", NULL },
		{ "%g4", NULL },
		{ "%%41", NULL },
		{ "% 1", NULL },
		{ "%+1", NULL },
		{ "%0x", NULL },
		{ "%u0041", NULL },
		{ "%00", NULL },
		{ "a%0a", NULL },
		{ "%0D", NULL },
		{ "%1f", NULL },
		{ "%7F", NULL },
		{ "a\nb", NULL },
		{ "%80", NULL },
		{ "%c3", NULL },
		{ "%c0%af", NULL },
		{ "%ed%a0%80", NULL },
		{ "%ff", NULL },
		{ "0123456789abcdef", "0123456789abcdef" },
		{ "0123456789abcdefg", NULL },
		{ "0123456789abcde%66", "0123456789abcdef" },
		{ "0123456789abcdef%67", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = exact(cases[i].text);
		uint8_t room[16];
		struct writer out = writer_of(room, sizeof(room));
		enum status status = http_target_decode(text, &out);

		if (status != (cases[i].decoded ? STATUS_OK : STATUS_HTTP_TARGET))
			fail_msg("%s: %s", cases[i].text, status_name(status));
		if (status == STATUS_OK)
			expect_text(cases[i].text, writer_written(&out), cases[i].decoded);
		drop(text);
	}
}

/* What was written before does not count as a part of the text. */
static void test_decode_behind(void **state)
{
	uint8_t room[16];
	struct writer out = writer_of(room, sizeof(room));

	(void)state;
	writer_put_byte(&out, 0xff);
	assert_int_equal(http_target_decode(SPAN("%41"), &out), STATUS_OK);
	expect_text("behind", writer_written(&out), "\xff" "A");
}

static void test_encode(void **state)
{
	uint8_t all[256], room[1024], decoded[256];
	struct writer out = writer_of(room, sizeof(room)), back = writer_of(decoded, sizeof(decoded));
	size_t plain = 0;

	(void)state;
	http_target_encode(&out, SPAN("SHA256:a/b+c =?&#%~._-"));
	expect_text("encoded", writer_written(&out), "SHA256%3Aa%2Fb%2Bc%20%3D%3F%26%23%25~._-");
	writer_rewind(&out, 0);
	http_target_encode(&out, SPAN("\xc3\xa9\r\n"));
	expect_text("encoded", writer_written(&out), "%C3%A9%0D%0A");

	writer_rewind(&out, 0);
	for (unsigned byte = 0; byte < 256; byte++)
		all[byte] = (uint8_t)byte;
	http_target_encode(&out, span_of(all, sizeof(all)));
	for (size_t i = 0; i < out.used; i++)
		plain += room[i] != '%';
	assert_int_equal(out.used - plain, 256 - 66); /* all but 66 bytes are escaped */
	writer_rewind(&out, 0);
	http_target_encode(&out, span_of(all + 0x20, 0x5f));
	assert_int_equal(http_target_decode(writer_written(&out), &back), STATUS_OK);
	assert_true(span_equal(writer_written(&back), span_of(all + 0x20, 0x5f)));
}

static void test_encode_overflow(void **state)
{
	uint8_t room[5];
	struct writer out = writer_of(room, sizeof(room));

	(void)state;
	http_target_encode(&out, SPAN("a//"));
	assert_true(out.overflowed);
}

static void test_query(void **state)
{
	static const struct {
		const char *query, *name, *value; /* NULL: not found */
	} cases[] = {
		{ "fingerprint=x", "fingerprint", "x" },
		{ "a=1&b=2", "a", "1" },
		{ "a=1&b=2", "b", "2" },
		{ "a=1&a=2", "a", "1" },
		{ "a=x=y&b", "a", "x=y" },
		{ "a", "a", "" },
		{ "a=", "a", "" },
		{ "b&a", "a", "" },
		{ "&&a=1", "a", "1" },
		{ "a=1&", "a", "1" },
		{ "a=%26b", "a", "%26b" },
		{ "", "a", NULL },
		{ "b=a", "a", NULL },
		{ "aa=1", "a", NULL },
		{ "A=1", "a", NULL },
		{ "b=&", "a", NULL },
		{ "=1", "a", NULL },
		{ "%61=1", "a", NULL },
		{ "b=1;a=2", "a", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span query = exact(cases[i].query), value;
		bool found = http_query_find(query, span_of_string(cases[i].name), &value);

		if (found != (cases[i].value != NULL))
			fail_msg("%s in %s", cases[i].name, cases[i].query);
		expect_text(cases[i].query, value, found ? cases[i].value : "");
		drop(query);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_decode_behind),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_encode_overflow),
		cmocka_unit_test(test_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
