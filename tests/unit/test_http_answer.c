/* A server's answer as the client reads it. */
#include "http/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal) literal, sizeof(literal) - 1
#define OK "HTTP/1.1 200 OK\r\n"

struct accepted {
	const char *name, *input;
	size_t size;
	int code;
	bool chunked, until_close;
	uint64_t content_length;
	const char *content_type;
};

static const struct accepted accepted[] = {
	{ "length", BYTES(OK "Content-Length: 5\r\n\r\n"), 200, false, false, 5, "" },
	{ "length of 0", BYTES(OK "Content-Length: 0\r\n\r\n"), 200, false, false, 0, "" },
	{ "chunked", BYTES(OK "Transfer-Encoding: Chunked\r\n\r\n"), 200, true, false, 0, "" },
	{ "until close", BYTES(OK "\r\n"), 200, false, true, 0, "" },
	{ "HTTP/1.0", BYTES("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"), 200, false, true, 0, "text/plain" },
	{ "HTTP/1.7", BYTES("HTTP/1.7 200 OK\r\nContent-Length: 1\r\n\r\n"), 200, false, false, 1, "" },
	{ "type",
	  BYTES("HTTP/1.1 404 Not Found\r\nContent-Type: \tapplication/json \r\nContent-Length: 7\r\n\r\n"), 404, false,
	  false, 7, "application/json" },
	{ "no reason", BYTES("HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n"), 200, false, false, 5, "" },
	{ "any reason", BYTES("HTTP/1.1 503 \tDon't: \"panic\" \xff\r\nContent-Length: 5\r\n\r\n"),
	  503, false, false, 5, "" },
	{ "continue", BYTES("HTTP/1.1 100 Continue\r\n\r\n"), 100, false, false, 0, "" },
	{ "no content", BYTES("HTTP/1.1 204 No Content\r\n\r\n"), 204, false, false, 0, "" },
	{ "not modified", BYTES("HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n"), 304, false, false,
	  0, "" },
	{ "unknown code", BYTES("HTTP/1.1 599 x\r\nContent-Length: 5\r\n\r\n"), 599, false, false, 5, "" },
};

static const struct {
	const char *name, *input;
	size_t size;
	enum status status;
} refused[] = {
	{ "a request", BYTES("GET / HTTP/1.1\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "SSH", BYTES("SSH-2.0-dropbear\r\n"), STATUS_HTTP_SYNTAX },
	{ "TLS alert", BYTES("\x15\x03\x01\x00\x02\x02\x16"), STATUS_HTTP_SYNTAX },
	{ "empty line in front", BYTES("\r\n" OK "\r\n"), STATUS_HTTP_SYNTAX },
	{ "HTTP/2", BYTES("HTTP/2 200 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "HTTP/2.0", BYTES("HTTP/2.0 200 OK\r\n\r\n"), STATUS_HTTP_VERSION },
	{ "ICY", BYTES("ICY 200 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "lower case", BYTES("http/1.1 200 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "two spaces", BYTES("HTTP/1.1  200 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "no space after the code", BYTES("HTTP/1.1 200\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "two digits", BYTES("HTTP/1.1 20 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "four digits", BYTES("HTTP/1.1 2000 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "no digits", BYTES("HTTP/1.1 2oo OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "byte before the digits", BYTES("HTTP/1.1 3.0 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "negative", BYTES("HTTP/1.1 -20 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "code below 100", BYTES("HTTP/1.1 099 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "code over 599", BYTES("HTTP/1.1 600 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "control in the reason", BYTES("HTTP/1.1 200 O\x1bK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "LF ends a line", BYTES("HTTP/1.1 200 OK\nContent-Length: 5\n\n"), STATUS_HTTP_SYNTAX },
	{ "obs-fold", BYTES(OK "X: a\r\n b\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "space before the colon", BYTES(OK "Content-Length : 5\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "two types", BYTES(OK "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "both framings", BYTES(OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "two lengths", BYTES(OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "bad length", BYTES(OK "Content-Length: 5x\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "chunked in HTTP/1.0", BYTES("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "gzip, chunked", BYTES(OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "gzip", BYTES(OK "Content-Encoding: gzip\r\n\r\n"), STATUS_HTTP_CONTENT_CODING },
};

/* Reads a copy of size bytes, at whose end the sanitizer stands. */
static enum status read_copy(const char *input, size_t size, struct http_answer *answer, uint8_t **copy)
{
	*copy = malloc(size > 0 ? size : 1);
	assert_non_null(*copy);
	memcpy(*copy, input, size);
	return http_answer_read(span_of(*copy, size), answer);
}

static void expect_status(const char *name, enum status status, enum status expected)
{
	if (status != expected)
		fail_msg("%s: %s in place of %s", name, status_name(status), status_name(expected));
}

static void expect_answer(const struct accepted *c, const struct http_answer *answer)
{
	if (answer->code != c->code || answer->chunked != c->chunked || answer->until_close != c->until_close ||
	    answer->content_length != c->content_length || answer->size != c->size ||
	    !span_equal(answer->content_type, span_of_string(c->content_type)))
		fail_msg("%s: read as something else", c->name);
}

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		const struct accepted *c = &accepted[i];
		struct http_answer answer;
		uint8_t *copy;
		char longer[256];

		expect_status(c->name, read_copy(c->input, c->size, &answer, &copy), STATUS_OK);
		expect_answer(c, &answer);
		free(copy);
		memcpy(longer, c->input, c->size);
		longer[c->size] = '\0'; /* what follows is not looked at */
		expect_status(c->name, read_copy(longer, c->size + 1, &answer, &copy), STATUS_OK);
		expect_answer(c, &answer);
		free(copy);
	}
}

static void test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		for (size_t size = 0; size < accepted[i].size; size++) {
			struct http_answer answer;
			uint8_t *copy;

			expect_status(accepted[i].name, read_copy(accepted[i].input, size, &answer, &copy),
				      STATUS_MORE);
			free(copy);
		}
	}
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		enum status status = STATUS_MORE;

		for (size_t size = 0; size <= refused[i].size && status == STATUS_MORE; size++) {
			struct http_answer answer;
			uint8_t *copy;

			status = read_copy(refused[i].input, size, &answer, &copy);
			free(copy);
		}
		expect_status(refused[i].name, status, refused[i].status);
		expect_status(refused[i].name,
			      http_answer_read(span_of(refused[i].input, refused[i].size), &(struct http_answer){ 0 }),
			      refused[i].status);
	}
}

/* A reason may be anything but a control character. */
static void test_each_byte_of_reason(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		char text[] = "HTTP/1.1 200 O*K\r\n\r\n";
		bool is_allowed = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
		struct http_answer answer;

		text[14] = (char)byte;
		assert_int_equal(http_answer_read(span_of(text, sizeof(text) - 1), &answer),
				 is_allowed ? STATUS_OK : STATUS_HTTP_SYNTAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_each_byte_of_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
