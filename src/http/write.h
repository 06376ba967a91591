/* Writes heads of HTTP/1.1 answers and requests, and the framing of chunks. */
#ifndef INKI_HTTP_WRITE_H
#define INKI_HTTP_WRITE_H

#include "base/writer.h"

/* The reason phrase of a status code (RFC 9110 section 15), e.g. "Not Found"; "Unknown" for one inki never uses. */
const char *http_reason_phrase(int code);

struct http_answer_head {
	int code;
	unsigned minor_version;   /* of the request: no chunked coding for HTTP/1.0 */
	const char *content_type; /* NULL: no such field */
	const char *allow;        /* NULL: no such field */
	unsigned retry_after;     /* seconds; 0: no such field */
	bool chunked;             /* the length is not known: chunked; for HTTP/1.0 the body ends with the connection */
	uint64_t content_length;  /* unless chunked */
	bool keep_alive;          /* false: Connection: close; taken as false where the body ends with the connection */
	int64_t date;
};

enum { HTTP_ANSWER_HEAD_MAX = 512, HTTP_CHUNK_HEAD_SIZE = 6, HTTP_CHUNK_TAIL_SIZE = 2 };

/* Writes status line and fields (Date, Content-Type, Content-Length or Transfer-Encoding, Cache-Control: no-store,
 * X-Content-Type-Options: nosniff, ...) with the empty line; at most HTTP_ANSWER_HEAD_MAX bytes. */
void http_write_answer_head(struct writer *writer, const struct http_answer_head *head);

/* Writes the line in front of a chunk of size bytes (1 to 65535), always HTTP_CHUNK_HEAD_SIZE bytes, so that room for
 * it can be left before the chunk is rendered. The chunk is followed by CR LF, the last one by http_last_chunk. */
void http_write_chunk_head(uint8_t head[static HTTP_CHUNK_HEAD_SIZE], size_t size);
extern const struct span http_last_chunk;

/* The interim answer to Expect: 100-continue. */
extern const struct span http_continue;

/* Writes the head of a client's request that asks the server to close the connection after its answer; method is its
 * name, and body_size bytes are to follow. The caller has made sure that host and target hold nothing but bytes that
 * may stand there (http_target_encode). */
void http_write_request(struct writer *writer, const char *method, struct span host, struct span target,
                        size_t body_size);

#endif
