#include "http/write.h"

#include "base/date.h"
#include "base/encoding.h"

const char *http_reason_phrase(int code)
{
	static const struct {
		int code;
		const char *phrase;
	} phrases[] = {
		{ 200, "OK" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].code == code)
			return phrases[i].phrase;
	return "Unknown";
}

static void put_field(struct writer *writer, const char *name, const char *value)
{
	if (!value)
		return;
	writer_put_string(writer, name);
	writer_put(writer, SPAN(": "));
	writer_put_string(writer, value);
	writer_put(writer, SPAN("\r\n"));
}

static void put_number_field(struct writer *writer, const char *name, uint64_t value)
{
	writer_put_string(writer, name);
	writer_put(writer, SPAN(": "));
	writer_put_padded_number(writer, value, 1);
	writer_put(writer, SPAN("\r\n"));
}

/* How long the body is, and whether the connection goes on after it (RFC 9112 sections 6 and 9). */
static void put_framing(struct writer *writer, const struct http_answer_head *head)
{
	bool is_old = head->minor_version == 0;
	bool ends_with_connection = head->chunked && is_old;

	if (!head->chunked)
		put_number_field(writer, "Content-Length", head->content_length);
	else if (!is_old)
		put_field(writer, "Transfer-Encoding", "chunked");
	if (!head->keep_alive || ends_with_connection)
		put_field(writer, "Connection", "close");
	else if (is_old)
		put_field(writer, "Connection", "keep-alive");
}

void http_write_answer_head(struct writer *writer, const struct http_answer_head *head)
{
	writer_put(writer, SPAN("HTTP/1.1 "));
	writer_put_number(writer, head->code);
	writer_put_byte(writer, ' ');
	writer_put_string(writer, http_reason_phrase(head->code));
	writer_put(writer, SPAN("\r\nDate: "));
	date_write_http(writer, head->date);
	writer_put(writer, SPAN("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"));
	put_field(writer, "Content-Type", head->content_type);
	put_field(writer, "Allow", head->allow);
	if (head->code == 401) /* which must say how to do better (RFC 9110 section 11.6.1) */
		put_field(writer, "WWW-Authenticate", "OpenPGP");
	if (head->retry_after > 0)
		put_number_field(writer, "Retry-After", head->retry_after);
	put_framing(writer, head);
	writer_put(writer, SPAN("\r\n"));
}

void http_write_chunk_head(uint8_t head[static HTTP_CHUNK_HEAD_SIZE], size_t size)
{
	struct writer writer = writer_of(head, HTTP_CHUNK_HEAD_SIZE);
	uint8_t bytes[] = { (uint8_t)(size >> 8), (uint8_t)size };

	hex_write(&writer, span_of(bytes, sizeof(bytes)));
	writer_put(&writer, SPAN("\r\n"));
}

#define CONSTANT_SPAN(literal) \
	{ \
		(const uint8_t *)("" literal), sizeof(literal) - 1 \
	}

const struct span http_last_chunk = CONSTANT_SPAN("0\r\n\r\n");
const struct span http_continue = CONSTANT_SPAN("HTTP/1.1 100 Continue\r\n\r\n");

void http_write_request(struct writer *writer, const char *method, struct span host, struct span target,
                        size_t body_size)
{
	writer_put_string(writer, method);
	writer_put_byte(writer, ' ');
	writer_put(writer, target);
	writer_put(writer, SPAN(" HTTP/1.1\r\nHost: "));
	writer_put(writer, host);
	writer_put(writer, SPAN("\r\nConnection: close\r\n"));
	if (body_size > 0)
		put_number_field(writer, "Content-Length", body_size);
	writer_put(writer, SPAN("\r\n"));
}
