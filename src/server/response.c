#include "server/response.h"

#include <string.h>

enum { CHUNK_MAX = 65535 }; /* what http_write_chunk_head() can say */

_Static_assert(CONFIG_RESPONSE_SIZE >= API_BODY_MAX, "each single answer fits into a response");

struct writer response_room(struct response *response)
{
	const size_t size = CONFIG_RESPONSE_SIZE < CHUNK_MAX ? CONFIG_RESPONSE_SIZE : CHUNK_MAX;

	return writer_of(response->data + RESPONSE_BODY_AT, size);
}

/* Frames the body of size bytes at its place. */
static void frame(struct response *response, size_t size)
{
	struct writer tail = writer_of(response->data + RESPONSE_BODY_AT + size, RESPONSE_TAIL_SIZE);

	response->start = RESPONSE_BODY_AT;
	if (response->is_chunked && size > 0) {
		response->start -= HTTP_CHUNK_HEAD_SIZE;
		http_write_chunk_head(response->data + response->start, size);
		writer_put(&tail, SPAN("\r\n"));
	}
	if (response->is_chunked && response->list.ended)
		writer_put(&tail, http_last_chunk);
	response->end = RESPONSE_BODY_AT + size + tail.used;
}

static void put_head(struct response *response, const struct http_answer_head *head)
{
	uint8_t room[HTTP_ANSWER_HEAD_MAX];
	struct writer writer = writer_of(room, sizeof(room));

	http_write_answer_head(&writer, head);
	response->start -= writer.used;
	memcpy(response->data + response->start, room, writer.used);
}

void response_start(struct response *response, const struct app *app, struct api_answer *answer,
                    struct response_manner manner, int64_t now)
{
	struct http_answer_head head = { .minor_version = manner.minor_version, .date = now };

	response->list = answer->list;
	if (answer->list.kind == API_LIST_NONE)
		response->list.ended = true;
	else
		api_write_list(app, &response->list, now, &answer->body);
	if (answer->body.overflowed) { /* we are wrong; half an answer is none */
		answer->body = response_room(response);
		api_answer_error(answer, STATUS_INTERNAL);
		response->list.ended = true;
	}
	head.code = answer->http_code;
	head.content_type = answer->content_type;
	head.allow = answer->allow;
	head.retry_after = answer->retry_after;
	head.chunked = !response->list.ended;
	head.content_length = answer->body.used;
	/* HTTP/1.0 knows no chunks: what has no length ends with the connection */
	head.keep_alive = manner.keep_alive && (manner.minor_version > 0 || !head.chunked);
	response->keep_alive = head.keep_alive;
	response->is_chunked = head.chunked && manner.minor_version > 0;
	frame(response, answer->body.used);
	if (manner.without_body) {
		response->list.ended = true;
		response->start = response->end = RESPONSE_BODY_AT;
	}
	put_head(response, &head);
}

bool response_go_on(struct response *response, const struct app *app, int64_t now)
{
	struct writer body = response_room(response);

	if (response->list.ended)
		return false;
	api_write_list(app, &response->list, now, &body);
	if (body.used == 0 && !response->list.ended) { /* we are wrong; without its end the answer is seen to be cut */
		response->list.ended = true;
		response->keep_alive = false;
		return false;
	}
	frame(response, body.used);
	return true;
}

void response_interim(struct response *response, struct span bytes)
{
	memcpy(response->data, bytes.data, bytes.size);
	response->start = 0;
	response->end = bytes.size;
}

struct span response_output(const struct response *response)
{
	return span_of(response->data + response->start, response->end - response->start);
}

void response_sent(struct response *response, size_t size)
{
	response->start += size;
}
