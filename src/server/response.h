/* One answer on its way out of a connection's output buffer: head, body, and the framing of lists that are longer
 * than the buffer.
 *
 *   | room for the head | chunk head | the body, or the next part of a list | CR LF, last chunk |
 *
 * The body is rendered first, at its fixed place; then its size is known, and the head is put right in front of it.
 */
#ifndef INKI_SERVER_RESPONSE_H
#define INKI_SERVER_RESPONSE_H

#include "core/api.h"
#include "http/write.h"

enum {
	RESPONSE_BODY_AT = HTTP_ANSWER_HEAD_MAX + HTTP_CHUNK_HEAD_SIZE,
	RESPONSE_TAIL_SIZE = HTTP_CHUNK_TAIL_SIZE + 5, /* the last chunk is 0 CR LF CR LF */
	RESPONSE_BUFFER_SIZE = RESPONSE_BODY_AT + CONFIG_RESPONSE_SIZE + RESPONSE_TAIL_SIZE,
};

struct response {
	uint8_t *data;     /* RESPONSE_BUFFER_SIZE bytes of the owner's */
	size_t start, end; /* what is still to be sent of them */
	bool keep_alive;   /* another request may follow on the connection */
	/* private */
	bool is_chunked;
	struct api_list list; /* .ended, or what is to be rendered when the buffer is empty */
};

/* What an answer has to know of its request. */
struct response_manner {
	bool without_body; /* HEAD: all fields, no body */
	unsigned minor_version;
	bool keep_alive; /* what the request allows */
};

/* Where the next api_answer renders its body. Nothing may be left to send. */
struct writer response_room(struct response *response);

/* Readies the head and the body, or the first part of the list, to be sent. */
void response_start(struct response *response, const struct app *app, struct api_answer *answer,
                    struct response_manner manner, int64_t now);

/* When all is sent: readies the next part of a list. False if there is none, and the answer complete. */
bool response_go_on(struct response *response, const struct app *app, int64_t now);

/* Readies an interim answer; a body's room is not touched by it. */
void response_interim(struct response *response, struct span bytes);

/* What is to be sent next, and: size bytes of it are gone. */
struct span response_output(const struct response *response);
void response_sent(struct response *response, size_t size);

#endif
