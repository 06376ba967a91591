/* Reads a server's answer, for the client: as strict as the request reader. */
#ifndef INKI_HTTP_ANSWER_H
#define INKI_HTTP_ANSWER_H

#include "base/span.h"
#include "base/status.h"

struct http_answer {
	int code;
	bool chunked;
	bool until_close; /* neither chunked nor with a length: the body ends with the connection */
	uint64_t content_length;
	struct span content_type; /* may be empty */
	size_t size;              /* bytes of the head */
};

/* Reads a complete head at the start of bytes, into which spans point. Interim (1xx) answers are the caller's to
 * skip; that an answer to HEAD has no body, whatever its head says, is his to know. Returns
 *   STATUS_OK; STATUS_MORE if the empty line has not come yet;
 *   HTTP_SYNTAX, HTTP_VERSION, HTTP_FRAMING, HTTP_TRANSFER_CODING, HTTP_CONTENT_CODING for what is wrong. */
enum status http_answer_read(struct span bytes, struct http_answer *answer);

#endif
