/* Bodies: by length and chunked, at once and byte by byte, and what is refused. */
#include "http/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LIMIT = 32, BY_LENGTH = 0, CHUNKED = 1 };

#define BYTES(literal) literal, sizeof(literal) - 1
#define A8 "aaaaaaaa"
#define A64 A8 A8 A8 A8 A8 A8 A8 A8
#define A1000 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A8 A8 A8 A8 A8

struct body_case {
	const char *name;
	int framing;
	uint64_t content_length;
	const char *wire;
	size_t size;
	enum status status;
	const char *body; /* when it is complete */
	size_t rest;      /* bytes of the wire behind it */
};

static const struct body_case cases[] = {
	{ "no body", BY_LENGTH, 0, BYTES(""), STATUS_OK, "", 0 },
	{ "no body, then a request", BY_LENGTH, 0, BYTES("GET"), STATUS_OK, "", 3 },
	{ "length", BY_LENGTH, 5, BYTES("hello"), STATUS_OK, "hello", 0 },
	{ "length, then a request", BY_LENGTH, 5, BYTES("helloGET"), STATUS_OK, "hello", 3 },
	{ "length of the limit", BY_LENGTH, LIMIT, BYTES(A8 A8 A8 A8), STATUS_OK, A8 A8 A8 A8, 0 },
	{ "length, not all there", BY_LENGTH, 6, BYTES("hello"), STATUS_MORE, NULL, 0 },
	{ "chunks mean nothing in a length", BY_LENGTH, 5, BYTES("0\r\n\r\n"), STATUS_OK, "0\r\n\r\n", 0 },

	{ "empty", CHUNKED, 0, BYTES("0\r\n\r\n"), STATUS_OK, "", 0 },
	{ "empty, then a request", CHUNKED, 0, BYTES("0\r\n\r\nGET"), STATUS_OK, "", 3 },
	{ "one chunk", CHUNKED, 0, BYTES("5\r\nhello\r\n0\r\n\r\n"), STATUS_OK, "hello", 0 },
	{ "two chunks", CHUNKED, 0, BYTES("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\nGET"), STATUS_OK, "hello", 3 },
	{ "chunks of a byte", CHUNKED, 0, BYTES("1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n0\r\n\r\n"), STATUS_OK, "hel", 0 },
	{ "chunk of line ends", CHUNKED, 0, BYTES("4\r\n\r\n\r\n\r\n0\r\n\r\n"), STATUS_OK, "\r\n\r\n", 0 },
	{ "size in either case", CHUNKED, 0, BYTES("a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"), STATUS_OK,
	  "01234567890123456789a", 0 },
	{ "size of two digits", CHUNKED, 0, BYTES("10\r\n" A8 A8 "\r\n0\r\n\r\n"), STATUS_OK, A8 A8, 0 },
	{ "chunk of the limit", CHUNKED, 0, BYTES("20\r\n" A8 A8 A8 A8 "\r\n0\r\n\r\n"), STATUS_OK, A8 A8 A8 A8, 0 },
	{ "chunks of the limit", CHUNKED, 0, BYTES("18\r\n" A8 A8 A8 "\r\n8\r\n" A8 "\r\n0\r\n\r\n"),
	  STATUS_OK, A8 A8 A8 A8,
	  0 },
	{ "leading zeros", CHUNKED, 0, BYTES("00000005\r\nhello\r\n00000000\r\n\r\n"), STATUS_OK, "hello", 0 },
	{ "trailer", CHUNKED, 0, BYTES("1\r\nh\r\n0\r\nA: b\r\nContent-Length: 7\r\n\r\nGET"), STATUS_OK, "h", 3 },
	{ "trailer of the limit", CHUNKED, 0, BYTES("0\r\nA:" A1000 A8 A8 "aa\r\n\r\n"), STATUS_OK, "", 0 },

	{ "size not a number", CHUNKED, 0, BYTES("g\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "no size", CHUNKED, 0, BYTES("\r\nhello"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "no size in the second line", CHUNKED, 0, BYTES("1\r\nh\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "negative size", CHUNKED, 0, BYTES("-1\r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "positive size", CHUNKED, 0, BYTES("+1\r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "0x", CHUNKED, 0, BYTES("0x1\r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "space before the size", CHUNKED, 0, BYTES(" 1\r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "space after the size", CHUNKED, 0, BYTES("1 \r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "extension", CHUNKED, 0, BYTES("1;a=b\r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "extension of the last chunk", CHUNKED, 0, BYTES("0;a\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "extension with LF (TERM.EXT)", CHUNKED, 0, BYTES("1;\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "LF after the size", CHUNKED, 0, BYTES("1\nh\r\n0\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "CR after the size", CHUNKED, 0, BYTES("1\rh\r\n0\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "CR CR LF after the size", CHUNKED, 0, BYTES("1\r\r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "LF after the chunk", CHUNKED, 0, BYTES("1\r\nh\n0\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "CR after the chunk", CHUNKED, 0, BYTES("1\r\nh\r0\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "longer than its size", CHUNKED, 0, BYTES("1\r\nhe\r\n0\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "shorter than its size", CHUNKED, 0, BYTES("4\r\nhel\r\n0\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "nine digits", CHUNKED, 0, BYTES("000000001\r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "2^64 + 1", CHUNKED, 0, BYTES("10000000000000001\r\nh\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "chunk over the limit", CHUNKED, 0, BYTES("21\r\n"), STATUS_HTTP_BODY_TOO_LARGE, NULL, 0 },
	{ "chunks over the limit", CHUNKED, 0, BYTES("18\r\n" A8 A8 A8 "\r\n9\r\n"),
	  STATUS_HTTP_BODY_TOO_LARGE, NULL, 0 },
	{ "byte over the limit", CHUNKED, 0, BYTES("20\r\n" A8 A8 A8 A8 "\r\n1\r\n"),
	  STATUS_HTTP_BODY_TOO_LARGE, NULL, 0 },
	{ "largest size", CHUNKED, 0, BYTES("ffffffff\r\n"), STATUS_HTTP_BODY_TOO_LARGE, NULL, 0 },
	{ "trailer without a colon", CHUNKED, 0, BYTES("0\r\nGET / HTTP/1.1\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "trailer with a bare LF", CHUNKED, 0, BYTES("0\r\nA: b\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "trailer ends in LF", CHUNKED, 0, BYTES("0\r\n\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "folded trailer", CHUNKED, 0, BYTES("0\r\nA: b\r\n c\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "space before the trailer's colon", CHUNKED, 0, BYTES("0\r\nA : b\r\n\r\n"), STATUS_HTTP_CHUNK, NULL, 0 },
	{ "trailer over the limit", CHUNKED, 0, BYTES("0\r\nA:" A1000 A8 A8 "aaa\r\n\r\n"),
	  STATUS_HTTP_CHUNK, NULL, 0 },
	{ "no last chunk", CHUNKED, 0, BYTES("1\r\nh\r\n"), STATUS_MORE, NULL, 0 },
};

enum { CASE_COUNT = sizeof(cases) / sizeof(cases[0]) };

/* The guard page: the sanitizer sees an access behind the last byte. */
static uint8_t *copy_of(const void *bytes, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	return copy;
}

static enum status start(struct http_body *body, const struct body_case *c)
{
	return http_body_start(body, c->framing == CHUNKED, c->content_length, LIMIT);
}

/* What must hold whenever the reader was asked; last_size bytes were there. */
static void expect_body(const struct body_case *c, const struct http_body *body, const uint8_t *data,
			enum status status, size_t last_size)
{
	if (status != c->status)
		fail_msg("%s: %s in place of %s", c->name, status_name(status), status_name(c->status));
	assert_true(body->size <= LIMIT && body->size <= body->consumed && body->consumed <= last_size);
	if (status != STATUS_OK)
		return;
	if (body->size != strlen(c->body) || memcmp(data, c->body, body->size) != 0)
		fail_msg("%s: another body", c->name);
	if (c->size - body->consumed != c->rest)
		fail_msg("%s: %zu bytes are left", c->name, c->size - body->consumed);
	if (memcmp(data + body->consumed, c->wire + body->consumed, last_size - body->consumed) != 0)
		fail_msg("%s: what follows was touched", c->name);
}

static void test_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_COUNT; i++) {
		uint8_t *data = copy_of(cases[i].wire, cases[i].size);
		struct http_body body;

		assert_int_equal(start(&body, &cases[i]), STATUS_OK);
		expect_body(&cases[i], &body, data, http_body_read(&body, data, cases[i].size), cases[i].size);
		free(data);
	}
}

/* Each byte arrives in a call of its own, behind what the calls before have left. */
static void test_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_COUNT; i++) {
		uint8_t *data = copy_of("", 0);
		struct http_body body;
		enum status status;
		size_t size = 0;

		assert_int_equal(start(&body, &cases[i]), STATUS_OK);
		status = http_body_read(&body, data, 0);
		while (status == STATUS_MORE && size < cases[i].size) {
			uint8_t *more = malloc(size + 1);

			assert_non_null(more);
			assert_int_equal(body.consumed, size);
			memcpy(more, data, size);
			more[size] = (uint8_t)cases[i].wire[size];
			free(data);
			data = more;
			status = http_body_read(&body, data, ++size);
		}
		expect_body(&cases[i], &body, data, status, size);
		free(data);
	}
}

/* No part of a complete body from its start on is a complete body. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_COUNT; i++) {
		for (size_t size = 0; cases[i].status == STATUS_OK && size < cases[i].size - cases[i].rest; size++) {
			uint8_t *data = copy_of(cases[i].wire, size);
			struct http_body body;

			start(&body, &cases[i]);
			assert_int_equal(http_body_read(&body, data, size), STATUS_MORE);
			assert_int_equal(body.consumed, size);
			free(data);
		}
	}
}

/* A refusal is for good, and so is success. */
static void test_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_COUNT; i++) {
		uint8_t *data = copy_of(cases[i].wire, cases[i].size);
		struct http_body body;

		start(&body, &cases[i]);
		http_body_read(&body, data, cases[i].size);
		expect_body(&cases[i], &body, data, http_body_read(&body, data, cases[i].size), cases[i].size);
		free(data);
	}
}

static void test_length_over_the_limit(void **state)
{
	static const uint64_t lengths[] = { LIMIT + 1, UINT64_C(0x100000000), UINT64_C(0x100000005), UINT64_MAX };
	uint8_t data[LIMIT + 1] = { 0 };
	struct http_body body;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		assert_int_equal(http_body_start(&body, false, lengths[i], LIMIT), STATUS_HTTP_BODY_TOO_LARGE);
		assert_int_equal(http_body_read(&body, data, sizeof(data)), STATUS_HTTP_BODY_TOO_LARGE);
		assert_int_equal(body.size, 0);
	}
}

/* With any one byte changed, a body ends the same way at once and in two parts, and never over the limit. */
static void test_mutated(void **state)
{
	static const char wire[] = "3\r\nhel\r\n12\r\nlo, how are you all\r\n0\r\nA: b\r\n\r\nGET";

	(void)state;
	for (size_t at = 0; at < sizeof(wire) - 1; at++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			uint8_t *data = copy_of(wire, sizeof(wire) - 1), *cut_data = copy_of(wire, sizeof(wire) - 1);
			struct http_body body, cut_body;
			enum status status, cut_status;

			data[at] = cut_data[at] = (uint8_t)byte;
			http_body_start(&body, true, 0, LIMIT);
			http_body_start(&cut_body, true, 0, LIMIT);
			status = http_body_read(&body, data, sizeof(wire) - 1);
			cut_status = http_body_read(&cut_body, cut_data, at + 1);
			if (cut_status == STATUS_MORE)
				cut_status = http_body_read(&cut_body, cut_data, sizeof(wire) - 1);
			assert_int_equal(status, cut_status);
			assert_int_equal(body.consumed, cut_body.consumed);
			assert_int_equal(body.size, cut_body.size);
			assert_memory_equal(data, cut_data, body.size);
			assert_true(body.size <= LIMIT);
			free(data);
			free(cut_data);
		}
	}
}

/* A case by pieces of some bytes, where after each call the decoded bytes but the last keep ones are dropped: the window
 * never holds more than those and a piece. */
static void run_in_window(const struct body_case *c, size_t piece, size_t keep)
{
	uint8_t *window = malloc(piece + keep);
	uint8_t whole[LIMIT];
	struct http_body body;
	enum status status = STATUS_MORE;
	size_t arrived = 0, sent = 0, taken = 0;

	assert_non_null(window);
	start(&body, c);
	while (status == STATUS_MORE && sent < c->size) {
		size_t count = piece < c->size - sent ? piece : c->size - sent, gone;

		memcpy(window + arrived, c->wire + sent, count);
		arrived += count;
		sent += count;
		status = http_body_read(&body, window, arrived);
		gone = status == STATUS_MORE && body.size > keep ? body.size - keep : 0;
		if (status == STATUS_OK)
			gone = body.size;
		assert_true(taken + gone <= LIMIT);
		memcpy(whole + taken, window, gone);
		taken += gone;
		if (status == STATUS_OK || status == STATUS_MORE)
			http_body_drop(&body, window, &arrived, gone);
	}
	if (c->size == 0)
		status = http_body_read(&body, window, 0);
	if (status != c->status)
		fail_msg("%s: by %zu, %s in place of %s", c->name, piece, status_name(status), status_name(c->status));
	if (status == STATUS_OK && (taken != strlen(c->body) || memcmp(whole, c->body, taken) != 0))
		fail_msg("%s: by %zu, another body", c->name, piece);
	free(window);
}

static void test_in_a_window(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_COUNT; i++)
		for (size_t piece = 1; piece < 40; piece++)
			for (size_t keep = 0; keep < 4; keep++)
				run_in_window(&cases[i], piece, keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_length_over_the_limit),
		cmocka_unit_test(test_mutated),
		cmocka_unit_test(test_in_a_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
