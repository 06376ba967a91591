/* The body of an HTTP/1.1 message (RFC 9112 sections 6 and 7): by length, or chunked. */
#ifndef INKI_HTTP_BODY_H
#define INKI_HTTP_BODY_H

#include "http/lexer.h"

struct http_body {
	size_t size;     /* decoded bytes so far; they stand at the start of the caller's data */
	size_t consumed; /* bytes of the data that were taken; the rest belongs to the next message in the end */
	/* private */
	enum status status;
	bool chunked;
	unsigned state;
	size_t limit;
	uint64_t left;   /* bytes until the end of the body, or of the chunk */
	unsigned digits; /* of the chunk size so far */
	struct http_lexer trailer;
	size_t trailer_end; /* how far the trailer may reach */
};

/* Readies body for a message; limit is the most decoded bytes it may have. Returns STATUS_OK, or
 * HTTP_BODY_TOO_LARGE if a content length alone is over the limit. */
enum status http_body_start(struct http_body *body, bool chunked, uint64_t content_length, size_t limit);

/* Reads on in data, which holds all bytes since the start of the body: size of them have arrived. Decodes in
 * place, so that afterwards the first body->size bytes are the body without its framing. (Bytes from body->consumed
 * on are never touched.) Returns
 *   STATUS_OK: the body is complete; STATUS_MORE: it goes on;
 *   HTTP_CHUNK, HTTP_BODY_TOO_LARGE: the connection ends after the answer.
 * Once it has returned anything but STATUS_MORE, it returns that again.
 * Chunk extensions are refused, trailer fields are read over (1 KiB of them at most). */
enum status http_body_read(struct http_body *body, uint8_t *data, size_t size);

/* Takes away the first count decoded bytes (at most body->size), and all framing that was read: moves what is left of
 * the *size bytes that have arrived to the start of data, and makes *size smaller by as much. So a body larger than the
 * room for it is read piece by piece; its limit counts all of them. */
void http_body_drop(struct http_body *body, uint8_t *data, size_t *size, size_t count);

#endif
