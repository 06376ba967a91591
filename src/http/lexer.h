/* The syntax of an HTTP/1.1 head (RFC 9112 sections 2 to 5): cuts a request's, an answer's or a trailer's into pieces.
 *
 * A state machine that takes each byte once: the caller hands in all bytes from the start that have arrived so far, as
 * often as he likes, and may move them in between; so a piece says where it stands, and not what it is.
 */
#ifndef INKI_HTTP_LEXER_H
#define INKI_HTTP_LEXER_H

#include "base/span.h"
#include "base/status.h"

enum http_piece_kind {
	HTTP_PIECE_NONE,
	HTTP_PIECE_METHOD,
	HTTP_PIECE_TARGET,
	HTTP_PIECE_VERSION,
	HTTP_PIECE_CODE, /* of an answer */
	HTTP_PIECE_NAME,
	HTTP_PIECE_VALUE,
	HTTP_PIECE_END, /* the empty line was read */
};

struct http_piece {
	enum http_piece_kind kind;
	size_t start, size;
};

struct http_lexer {
	size_t at; /* the next byte to look at: after HTTP_PIECE_END, the size of the head */
	/* private */
	size_t token; /* where the piece under way began */
	unsigned state;
};

enum http_start { HTTP_START_REQUEST, HTTP_START_ANSWER, HTTP_START_TRAILER };

/* Readies lexer for a head that begins at bytes.data[at]. */
void http_lexer_start(struct http_lexer *lexer, enum http_start start, size_t at);

/* Reads to the end of the next piece. limit is the most bytes there may be from bytes.data to the end of the head; a
 * request target may have half of that. Returns
 *   STATUS_OK: here is a piece;
 *   STATUS_MORE: all bytes were looked at and the head goes on;
 *   HTTP_SYNTAX, HTTP_TARGET, HTTP_TARGET_TOO_LONG, HTTP_FIELDS_TOO_LARGE: there is nothing to go on with. */
enum status http_lexer_next(struct http_lexer *lexer, struct span bytes, size_t limit, struct http_piece *piece);

/* The bytes of a piece, without the white space around a field's value. */
struct span http_piece_text(struct http_piece piece, struct span bytes);

#endif
