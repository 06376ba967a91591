/* The head of an HTTP/1.1 request (RFC 9112 sections 2 to 6), read strictly.
 *
 * Each byte is taken once: the caller hands in all bytes from the start of the request that have arrived so far, as
 * often as he likes, and only the new ones are looked at. Spans of the result point into the bytes of the last call, so
 * the caller must not move those until he is done with the request.
 *
 * Refused are all forms that two readers could take differently: bare CR, bare LF as a line end, obs-fold, white space
 * before the colon, control characters, both framings, two lengths, lists of lengths, a transfer coding other than one
 * "chunked". One empty line in front of a request is read over.
 */
#ifndef INKI_HTTP_HEAD_H
#define INKI_HTTP_HEAD_H

#include "http/message.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_DELETE };

struct http_head {
	enum http_method method;
	struct span path;       /* absolute path, percent-encoded; never empty, starts with a slash */
	struct span query;      /* without the question mark; may be empty */
	unsigned minor_version; /* 0 or 1 */
	bool keep_alive;        /* the client would send another request on this connection */
	bool expect_continue;   /* the client waits for 100 before it sends the body */
	bool chunked;
	uint64_t content_length; /* 0 if not chunked and no such field was there */
	size_t size;             /* bytes of the head, the empty line included */
	/* private */
	enum status status;
	struct http_message message;
	struct http_piece target;
	bool is_method_known;
};

/* Readies head for a new request. */
void http_head_start(struct http_head *head);

/* Reads on. limit is the most bytes a head may have; a target may have half of that. Returns
 *   STATUS_OK: the head is complete, head->size bytes of it;
 *   STATUS_MORE: all bytes were looked at and the head goes on;
 *   an HTTP_... status: the connection ends after its answer, since it is not known where the next request would begin.
 * Once it has returned anything but STATUS_MORE, it returns that again.
 *
 * A target is an absolute path with or without a query; http://authority may stand in front if the authority is that
 * of the Host field (else HTTP_HOST). Neither percent-escapes nor dot segments are resolved: see target.h. */
enum status http_head_read(struct http_head *head, struct span bytes, size_t limit);

#endif
