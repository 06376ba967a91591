#include "client/fetch.h"

#include "http/answer.h"
#include "http/write.h"

enum {
	REQUEST_HEAD_MAX = 2048,
	HEADS_MAX = 16384, /* bytes of all heads of an answer, interim ones included */
};

static const char too_large[] = "its answer is too large";

static bool refuse(const char **why_not, const char *words)
{
	*why_not = words;
	return false;
}

static void write_host(struct writer *writer, const struct where *where)
{
	bool is_ipv6 = span_find_byte(where->host, ':') < where->host.size;

	if (where->socket.size > 0) {
		writer_put_string(writer, "localhost");
		return;
	}
	writer_put_string(writer, is_ipv6 ? "[" : "");
	writer_put(writer, where->host);
	writer_put_string(writer, is_ipv6 ? "]:" : ":");
	writer_put_number(writer, where->port);
}

/* "the server at HOST: why" */
static bool fail(const struct fetch *fetch, struct writer *words, const char *why_not)
{
	writer_put_string(words, "the server at ");
	if (fetch->where.socket.size > 0)
		writer_put(words, fetch->where.socket);
	else
		write_host(words, &fetch->where);
	writer_put_string(words, ": ");
	writer_put_string(words, why_not);
	return false;
}

/* A server may answer and close before it has read all: so a connection that breaks here is still read from. */
static bool send_request(struct fetch *fetch, const char **why_not)
{
	uint8_t room[REQUEST_HEAD_MAX], host_room[300];
	struct writer head = writer_of(room, sizeof(room)), host = writer_of(host_room, sizeof(host_room));
	const char *method = fetch->is_delete ? "DELETE" : fetch->post.size > 0 ? "POST" : "GET";

	write_host(&host, &fetch->where);
	http_write_request(&head, method, writer_written(&host), fetch->target, fetch->post.size);
	if (head.overflowed || host.overflowed)
		return refuse(why_not, "the request for it is too long");
	(void)(stream_send(&fetch->stream, writer_written(&head), why_not) &&
	       stream_send(&fetch->stream, fetch->post, why_not));
	return true;
}

static bool read_more(struct fetch *fetch, const char **why_not)
{
	size_t moved;

	if (fetch->used == fetch->size)
		return refuse(why_not, too_large);
	if (!stream_receive(&fetch->stream, fetch->room + fetch->used, fetch->size - fetch->used, &moved, why_not))
		return false;
	fetch->used += moved;
	return moved > 0 || refuse(why_not, "its answer ends too early");
}

/* What is wrong with an answer, in words. */
static bool refuse_answer(enum status status, const char **why_not)
{
	if (status == STATUS_HTTP_BODY_TOO_LARGE || status == STATUS_HTTP_FIELDS_TOO_LARGE)
		return refuse(why_not, too_large);
	return refuse(why_not, "its answer is not correct HTTP with a known length");
}

/* Reads the heads of interim answers, and the one behind them. An answer without a length ends with the connection:
 * nobody could tell a whole one from half of one. */
static bool read_head(struct fetch *fetch, const char **why_not)
{
	struct http_answer head = { 0 };
	enum status status;
	size_t limit;

	while (head.code < 200) {
		status = http_answer_read(span_of(fetch->room + fetch->start, fetch->used - fetch->start), &head);
		if (status == STATUS_MORE && fetch->used > HEADS_MAX)
			return refuse_answer(STATUS_HTTP_FIELDS_TOO_LARGE, why_not);
		if (status == STATUS_MORE && !read_more(fetch, why_not))
			return false;
		if (status != STATUS_OK && status != STATUS_MORE)
			return refuse_answer(status, why_not);
		if (status == STATUS_OK)
			fetch->start += head.size;
		else
			head.code = 0;
	}
	fetch->code = head.code;
	fetch->content_type = head.content_type;
	limit = fetch->in_pieces ? SIZE_MAX : fetch->size - fetch->start;
	status = head.until_close ? STATUS_HTTP_FRAMING
	                          : http_body_start(&fetch->framing, head.chunked, head.content_length, limit);
	return status == STATUS_OK || refuse_answer(status, why_not);
}

static bool fail_to_connect(const struct fetch *fetch, struct writer *words, const char *why_not)
{
	fail(fetch, words, why_not);
	writer_put_string(words, fetch->where.is_tls ? "" : "; is inki running there?");
	return false;
}

bool fetch_start(struct fetch *fetch, struct writer *words)
{
	const char *why_not;

	fetch->start = 0;
	fetch->used = 0;
	fetch->body = (struct span){ 0 };
	fetch->ended = false;
	if (!stream_open(&fetch->stream, &fetch->where, fetch->connect_until, fetch->until, &why_not))
		return fail_to_connect(fetch, words, why_not);
	if (send_request(fetch, &why_not) && read_head(fetch, &why_not))
		return true;
	stream_close(&fetch->stream);
	return fail(fetch, words, why_not);
}

/* Waits until the body has grown or is complete. */
static bool read_body(struct fetch *fetch, const char **why_not)
{
	uint8_t *data = fetch->room + fetch->start;
	const size_t before = fetch->framing.size;
	enum status status;

	while ((status = http_body_read(&fetch->framing, data, fetch->used - fetch->start)) == STATUS_MORE &&
	       fetch->framing.size == before)
		if (!read_more(fetch, why_not))
			return false;
	fetch->body = span_of(data, fetch->framing.size);
	fetch->ended = status == STATUS_OK;
	if (status != STATUS_OK && status != STATUS_MORE)
		return refuse_answer(status, why_not);
	if (fetch->ended && fetch->start + fetch->framing.consumed != fetch->used)
		return refuse(why_not, "something follows its answer");
	return true;
}

bool fetch_continue(struct fetch *fetch, size_t dropped, struct writer *words)
{
	size_t arrived = fetch->used - fetch->start;
	const char *why_not;

	http_body_drop(&fetch->framing, fetch->room + fetch->start, &arrived, dropped);
	fetch->used = fetch->start + arrived;
	return read_body(fetch, &why_not) || fail(fetch, words, why_not);
}

void fetch_end(struct fetch *fetch)
{
	stream_close(&fetch->stream);
}

bool fetch_whole(struct fetch *fetch, struct writer *words)
{
	bool works = fetch_start(fetch, words);

	if (!works)
		return false;
	while (works && !fetch->ended)
		works = fetch_continue(fetch, 0, words);
	fetch_end(fetch);
	return works;
}
