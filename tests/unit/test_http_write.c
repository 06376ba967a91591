/* What is written: heads of answers and of requests, chunks. */
#include "http/answer.h"
#include "http/body.h"
#include "http/head.h"
#include "http/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DATE "Date: Sun, 22 Nov 2026 08:05:00 GMT\r\n"
#define ALWAYS "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
#define NOW INT64_C(1795334700)

static const struct {
	struct http_answer_head head;
	const char *text;
} cases[] = {
	{ { .code = 200, .minor_version = 1, .content_type = "text/plain",
	  .content_length = 3, .keep_alive = true, .date = NOW },
	  "HTTP/1.1 200 OK\r\n" DATE ALWAYS "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\n" },
	{ { .code = 200, .minor_version = 1, .chunked = true, .content_length = 3, .keep_alive = true, .date = NOW },
	  "HTTP/1.1 200 OK\r\n" DATE ALWAYS "Transfer-Encoding: chunked\r\n\r\n" },
	{ { .code = 200, .minor_version = 1, .chunked = true, .date = NOW },
	  "HTTP/1.1 200 OK\r\n" DATE ALWAYS "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" },
	{ { .code = 200, .minor_version = 0, .chunked = true, .keep_alive = true, .date = NOW },
	  "HTTP/1.1 200 OK\r\n" DATE ALWAYS "Connection: close\r\n\r\n" },
	{ { .code = 200, .minor_version = 0, .content_length = 3, .keep_alive = true, .date = NOW },
	  "HTTP/1.1 200 OK\r\n" DATE ALWAYS "Content-Length: 3\r\nConnection: keep-alive\r\n\r\n" },
	{ { .code = 200, .minor_version = 0, .content_length = 3, .date = NOW },
	  "HTTP/1.1 200 OK\r\n" DATE ALWAYS "Content-Length: 3\r\nConnection: close\r\n\r\n" },
	{ { .code = 405, .minor_version = 1, .allow = "GET, HEAD", .keep_alive = true, .date = NOW },
	  "HTTP/1.1 405 Method Not Allowed\r\n" DATE ALWAYS "Allow: GET, HEAD\r\nContent-Length: 0\r\n\r\n" },
	{ { .code = 429, .minor_version = 1, .retry_after = 7, .keep_alive = true, .date = NOW },
	  "HTTP/1.1 429 Too Many Requests\r\n" DATE ALWAYS "Retry-After: 7\r\nContent-Length: 0\r\n\r\n" },
	{ { .code = 401, .minor_version = 1, .keep_alive = true, .date = NOW },
	  "HTTP/1.1 401 Unauthorized\r\n" DATE ALWAYS "WWW-Authenticate: OpenPGP\r\nContent-Length: 0\r\n\r\n" },
};

static void test_answer_head(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char room[HTTP_ANSWER_HEAD_MAX + 1];
		struct writer writer = writer_of(room, HTTP_ANSWER_HEAD_MAX);

		http_write_answer_head(&writer, &cases[i].head);
		assert_false(writer.overflowed);
		room[writer.used] = '\0';
		assert_string_equal(room, cases[i].text);
	}
}

/* Our own reader understands what is written. */
static void test_answer_head_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct http_answer_head *head = &cases[i].head;
		struct http_answer answer;

		assert_int_equal(http_answer_read(span_of_string(cases[i].text), &answer), STATUS_OK);
		assert_int_equal(answer.code, head->code);
		assert_int_equal(answer.chunked, head->chunked && head->minor_version == 1);
		assert_int_equal(answer.until_close, head->chunked && head->minor_version == 0);
		assert_int_equal(answer.content_length, head->chunked ? 0 : head->content_length);
		assert_int_equal(answer.size, strlen(cases[i].text));
	}
}

static void test_largest_answer_head(void **state)
{
	const struct http_answer_head head = {
		.code = 431,
		.minor_version = 0,
		.content_type = "text/plain; version=0.0.4; charset=utf-8",
		.allow = "GET, HEAD, POST, DELETE",
		.retry_after = UINT32_MAX,
		.content_length = UINT64_MAX,
		.keep_alive = true,
		.date = INT64_MAX,
	};
	uint8_t room[HTTP_ANSWER_HEAD_MAX];
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	http_write_answer_head(&writer, &head);
	assert_false(writer.overflowed);
	assert_true(writer.used + sizeof("WWW-Authenticate: OpenPGP\r\n") < sizeof(room));
}

/* Every status that a client may be told has a name. */
static void test_reason_phrases(void **state)
{
	(void)state;
#define NAMED(name, http, reader, words) assert_string_not_equal(http_reason_phrase(http), "Unknown");
	STATUS_LIST(NAMED)
#undef NAMED
	assert_string_equal(http_reason_phrase(404), "Not Found");
	assert_string_equal(http_reason_phrase(999), "Unknown");
}

static void test_chunk_head(void **state)
{
	static const struct {
		size_t size;
		const char *head;
	} sizes[] = { { 1, "0001\r\n" }, { 255, "00ff\r\n" }, { 4096, "1000\r\n" }, { 65535, "ffff\r\n" } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t head[HTTP_CHUNK_HEAD_SIZE];

		http_write_chunk_head(head, sizes[i].size);
		assert_memory_equal(head, sizes[i].head, sizeof(head));
	}
}

/* Chunks as they are written come back through the reader. */
static void test_chunks_are_read(void **state)
{
	uint8_t data[64];
	struct writer writer = writer_of(data, sizeof(data));
	struct http_body body;

	(void)state;
	for (size_t size = 1; size <= 3; size++) {
		uint8_t *head = writer_reserve(&writer, HTTP_CHUNK_HEAD_SIZE);

		assert_non_null(head);
		http_write_chunk_head(head, size);
		writer_put(&writer, span_first(SPAN("abc"), size));
		writer_put(&writer, SPAN("\r\n"));
	}
	writer_put(&writer, http_last_chunk);
	assert_false(writer.overflowed);
	assert_int_equal(http_body_start(&body, true, 0, sizeof(data)), STATUS_OK);
	assert_int_equal(http_body_read(&body, data, writer.used), STATUS_OK);
	assert_int_equal(body.consumed, writer.used);
	assert_true(span_equal(span_of(data, body.size), SPAN("aababc")));
}

static void test_continue(void **state)
{
	struct http_answer answer;

	(void)state;
	assert_int_equal(http_answer_read(http_continue, &answer), STATUS_OK);
	assert_int_equal(answer.code, 100);
	assert_int_equal(answer.size, http_continue.size);
}

static void test_request(void **state)
{
	static const struct {
		const char *method;
		size_t body_size;
		const char *head;
	} requests[] = {
		{ "GET", 0, "GET /k?a=b HTTP/1.1\r\nHost: inki:3000\r\nConnection: close\r\n\r\n" },
		{ "POST", 12, "POST /k?a=b HTTP/1.1\r\nHost: inki:3000\r\nConnection: close\r\nContent-Length: 12\r\n\r\n" },
		{ "DELETE", 0, "DELETE /k?a=b HTTP/1.1\r\nHost: inki:3000\r\nConnection: close\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t room[128];
		struct writer writer = writer_of(room, sizeof(room));
		struct http_head head;

		http_write_request(&writer, requests[i].method, SPAN("inki:3000"), SPAN("/k?a=b"),
		                   requests[i].body_size);
		assert_true(span_equal(writer_written(&writer), span_of_string(requests[i].head)));
		http_head_start(&head);
		assert_int_equal(http_head_read(&head, writer_written(&writer), sizeof(room)), STATUS_OK);
		assert_false(head.keep_alive);
		assert_int_equal(head.content_length, requests[i].body_size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer_head),
		cmocka_unit_test(test_answer_head_is_read),
		cmocka_unit_test(test_largest_answer_head),
		cmocka_unit_test(test_reason_phrases),
		cmocka_unit_test(test_chunk_head),
		cmocka_unit_test(test_chunks_are_read),
		cmocka_unit_test(test_continue),
		cmocka_unit_test(test_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
