/* What the heads of requests and answers have in common: the version and the fields that inki knows (RFC 9110,
 * 9112). */
#ifndef INKI_HTTP_MESSAGE_H
#define INKI_HTTP_MESSAGE_H

#include "http/lexer.h"

enum http_field {
	HTTP_FIELD_CONNECTION,
	HTTP_FIELD_CONTENT_ENCODING,
	HTTP_FIELD_CONTENT_LENGTH,
	HTTP_FIELD_CONTENT_TYPE,
	HTTP_FIELD_EXPECT,
	HTTP_FIELD_HOST,
	HTTP_FIELD_TRANSFER_ENCODING,
	HTTP_FIELD_UNKNOWN,
};

struct http_message {
	unsigned minor_version; /* 0 or 1 */
	bool connection_close, connection_keep_alive;
	bool expect_continue;
	bool chunked;
	uint64_t content_length;
	struct http_piece values[HTTP_FIELD_UNKNOWN]; /* the last of each; .kind is HTTP_PIECE_NONE if there was none */
	/* private */
	struct http_lexer lexer;
	enum http_field field; /* whose value is under way */
};

/* Readies message for a request or an answer. */
void http_message_start(struct http_message *message, enum http_start start);

/* Reads to the end of the next piece (see lexer.h for bytes, limit and the statuses), and takes it up if it is the
 * version or a field. At HTTP_PIECE_END the length of the body is certain. Besides the statuses of the lexer there are
 *   HTTP_VERSION: another major version than 1;
 *   HTTP_FRAMING: a length that is not one number; a field of the length twice; both fields; chunks in HTTP/1.0;
 *   HTTP_HOST, HTTP_TRANSFER_CODING, HTTP_CONTENT_CODING, HTTP_EXPECTATION: a value that is refused;
 *   HTTP_SYNTAX: Content-Type twice. */
enum status http_message_next(struct http_message *message, struct span bytes, size_t limit, struct http_piece *piece);

/* Was there such a field? */
bool http_message_has(const struct http_message *message, enum http_field field);

/* Its value, without white space around it; empty if there was none. */
struct span http_message_value(const struct http_message *message, enum http_field field, struct span bytes);

#endif
