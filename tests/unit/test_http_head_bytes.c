/* The head of a request with each byte in each place, changed anywhere, and up to its limits. */
#include "http/head.h"

#include "head_input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- each byte in each place ---- */

static bool is_token_byte(unsigned byte)
{
	static const char tokens[] = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	return byte > 0 && byte < 0x80 && strchr(tokens, (int)byte) != NULL;
}

static enum status in_method(unsigned byte)
{
	return is_token_byte(byte) ? STATUS_HTTP_METHOD : STATUS_HTTP_SYNTAX;
}

/* RFC 3986: pchar / "/" / "?" */
static enum status in_target(unsigned byte)
{
	if (byte <= 0x20 || byte == 0x7f)
		return STATUS_HTTP_SYNTAX;
	if (byte < 0x80 && strchr("\"#<>[\\]^`{|}", (int)byte) == NULL)
		return STATUS_OK;
	return STATUS_HTTP_TARGET;
}

static enum status in_version(unsigned byte)
{
	return byte >= '0' && byte <= '9' ? STATUS_OK : STATUS_HTTP_SYNTAX;
}

static enum status in_name(unsigned byte)
{
	return is_token_byte(byte) || byte == ':' ? STATUS_OK : STATUS_HTTP_SYNTAX;
}

static enum status in_value(unsigned byte)
{
	return byte == '\t' || (byte >= 0x20 && byte != 0x7f) ? STATUS_OK : STATUS_HTTP_SYNTAX;
}

static enum status in_host(unsigned byte)
{
	bool is_word = byte < 0x80 && is_token_byte(byte) && strchr("!#$%&'*+^`|", (int)byte) == NULL;

	if (in_value(byte) != STATUS_OK)
		return STATUS_HTTP_SYNTAX;
	return is_word || byte == ':' ? STATUS_OK : STATUS_HTTP_HOST;
}

static enum status at_line_end(unsigned byte)
{
	(void)byte;
	return STATUS_HTTP_SYNTAX;
}

static enum status at_head_end(unsigned byte)
{
	return byte == '\n' ? STATUS_OK : STATUS_HTTP_SYNTAX;
}

static enum status at_field_start(unsigned byte)
{
	return is_token_byte(byte) ? STATUS_OK : STATUS_HTTP_SYNTAX;
}

/* The byte stands in place of the first *. */
static void test_each_byte(void **state)
{
	static const struct {
		const char *text;
		enum status (*expected)(unsigned byte);
	} places[] = {
		{ "GE*T / HTTP/1.1\r\nHost: inki\r\n\r\n", in_method },
		{ "GET /*k HTTP/1.1\r\nHost: inki\r\n\r\n", in_target },
		{ "GET /k?*k HTTP/1.1\r\nHost: inki\r\n\r\n", in_target },
		{ "GET / HTTP/1.*\r\nHost: inki\r\n\r\n", in_version },
		{ "GET / HTTP/1.1\r\nHost: inki\r\nX*Y: z\r\n\r\n", in_name },
		{ "GET / HTTP/1.1\r\nHost: inki\r\nX: y*z\r\n\r\n", in_value },
		{ "GET / HTTP/1.1\r\nHost: i*1\r\n\r\n", in_host },
		{ "*GET / HTTP/1.1\r\nHost: inki\r\n\r\n", in_method },
		{ "\r*\nGET / HTTP/1.1\r\nHost: inki\r\n\r\n", at_line_end },
		{ "\r\n*GET / HTTP/1.1\r\nHost: inki\r\n\r\n", in_method },
		{ "GET / HTTP/1.1*\r\nHost: inki\r\n\r\n", at_line_end },
		{ "GET / HTTP/1.1\r*\nHost: inki\r\n\r\n", at_line_end },
		{ "GET / HTTP/1.1\r\nHost: inki\r*\n\r\n", at_line_end },
		{ "GET / HTTP/1.1\r\nHost: inki\r\n*\r\n", at_line_end },
		{ "GET / HTTP/1.1\r\nHost: inki\r\n*X: y\r\n\r\n", at_field_start },
		{ "GET / HTTP/1.1\r\nHost: inki\r\n\r*\n", at_head_end },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			char text[128], name[64];
			size_t size = strlen(places[i].text);

			memcpy(text, places[i].text, size);
			text[strcspn(places[i].text, "*")] = (char)byte;
			snprintf(name, sizeof(name), "byte %02x in place %zu", byte, i);
			head_expect(name, head_read_at_once(text, size, HEAD_LIMIT), places[i].expected(byte));
		}
	}
}

/* However it is cut, a request with any one byte changed has the same result. */
static void test_mutated(void **state)
{
	static const char text[] = "POST http://inki/k?a=b HTTP/1.1\r\nHost: inki\r\nContent-Length: 10\r\n"
				   "Connection: close\r\nExpect: 100-continue\r\n\r\n";

	(void)state;
	for (size_t at = 0; at < sizeof(text) - 1; at++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			uint8_t *mutant = head_copy(text, sizeof(text) - 1);
			struct http_head head, cut_head;
			enum status status, cut_status;

			mutant[at] = (uint8_t)byte;
			status = head_read_in_two(mutant, sizeof(text) - 1, 0, HEAD_LIMIT, &head);
			for (size_t cut = at; cut <= at + 1; cut++) {
				cut_status = head_read_in_two(mutant, sizeof(text) - 1, cut, HEAD_LIMIT, &cut_head);
				assert_int_equal(cut_status, status);
				assert_int_equal(cut_head.size, head.size);
				assert_int_equal(cut_head.content_length, head.content_length);
				assert_int_equal(cut_head.keep_alive, head.keep_alive);
			}
			free(mutant);
		}
	}
}

/* ---- limits ---- */

/* size bytes: start, as many a as fit, end. */
static uint8_t *stretched(const char *start, const char *end, size_t size)
{
	uint8_t *bytes = malloc(size);

	assert_non_null(bytes);
	assert_true(strlen(start) + strlen(end) <= size);
	memset(bytes, 'a', size);
	memcpy(bytes, start, strlen(start));
	memcpy(bytes + size - strlen(end), end, strlen(end));
	return bytes;
}

static void test_limits(void **state)
{
	static const size_t limit = 100;
	static const struct {
		const char *name, *start, *end;
		size_t size;
		enum status status;
	} cases[] = {
		{ "head of the limit", "GET / HTTP/1.1\r\nHost: ", "\r\n\r\n", 100, STATUS_OK },
		{ "head over the limit", "GET / HTTP/1.1\r\nHost: ", "\r\n\r\n", 101, STATUS_HTTP_FIELDS_TOO_LARGE },
		{ "head far over the limit", "GET / HTTP/1.1\r\nHost: ", "\r\n\r\n",
		  1000, STATUS_HTTP_FIELDS_TOO_LARGE },
		{ "head without an end, below", "GET / HTTP/1.1\r\nHost: ", "", 99, STATUS_MORE },
		{ "head without an end", "GET / HTTP/1.1\r\nHost: ", "", 100, STATUS_HTTP_FIELDS_TOO_LARGE },
		{ "name without an end", "GET / HTTP/1.1\r\n", "", 100, STATUS_HTTP_FIELDS_TOO_LARGE },
		{ "method without an end", "", "", 100, STATUS_HTTP_FIELDS_TOO_LARGE },
		{ "version without an end", "GET / ", "", 100, STATUS_HTTP_FIELDS_TOO_LARGE },
		{ "target of half", "GET /", " HTTP/1.1\r\nHost: inki\r\n\r\n", 4 + 50 + 25, STATUS_OK },
		{ "target over half", "GET /", " HTTP/1.1\r\nHost: inki\r\n\r\n",
		  4 + 51 + 25, STATUS_HTTP_TARGET_TOO_LONG },
		{ "target over half, then bad", "GET /", "\\", 4 + 51 + 1, STATUS_HTTP_TARGET_TOO_LONG },
		{ "target of half, then bad", "GET /", "\\", 4 + 50 + 1, STATUS_HTTP_TARGET },
		{ "target without an end", "GET /", "", 100, STATUS_HTTP_TARGET_TOO_LONG },
		{ "target far without an end", "GET /", "", 1000, STATUS_HTTP_TARGET_TOO_LONG },
		{ "target without an end, below", "GET /", "", 4 + 50, STATUS_MORE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *bytes = stretched(cases[i].start, cases[i].end, cases[i].size);
		enum status status = STATUS_MORE;
		struct http_head head;

		head_expect(cases[i].name, head_read_at_once(bytes, cases[i].size, limit), cases[i].status);
		http_head_start(&head);
		for (size_t size = 1; size <= cases[i].size && status == STATUS_MORE; size++)
			status = http_head_read(&head, span_of(bytes, size), limit);
		head_expect(cases[i].name, status, cases[i].status);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_byte),
		cmocka_unit_test(test_mutated),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
