/* One HTTP exchange with a server: a connection, a request, its answer, by a deadline and in bounded memory.
 *
 * The answer's body is read as a whole, or piece by piece as it comes, whatever its length; its bytes may be hostile,
 * and so may their number and their pace.
 */
#ifndef INKI_CLIENT_FETCH_H
#define INKI_CLIENT_FETCH_H

#include "base/writer.h"
#include "client/stream.h"
#include "http/body.h"

struct fetch {
	/* to be filled in before: */
	struct where where;
	struct span target;           /* path and query, percent-encoded */
	struct span post;             /* what is posted; empty: it is a GET, */
	bool is_delete;               /* or a DELETE */
	int64_t connect_until, until; /* times of clock_monotonic() */
	uint8_t *room;  /* holds the head of the answer and so much of its body, with the framing of its chunks, as is
	                   read at */
	size_t size;    /* a time */
	bool in_pieces; /* the body may be larger than the room */
	/* of the answer: */
	int code;
	struct span content_type; /* may be empty */
	struct span body;         /* what has come of it and was not dropped */
	bool ended;               /* nothing more follows: it is complete */
	/* private */
	struct stream stream;
	struct http_body framing;
	size_t start, used; /* of the room: where the body begins, and how much of it is taken up */
};

/* Connects, sends the request and reads the head of the answer. Returns false, with a sentence in words and nothing to
 * end, if the server cannot be reached or does not send one in time. */
bool fetch_start(struct fetch *fetch, struct writer *words);

/* Drops the first dropped bytes of the body (none unless .in_pieces) and waits for more; sets .body and .ended. Returns
 * false, with a sentence in words, if the answer breaks off, is wrong, is too slow, or if the room is full and nothing
 * was dropped. */
bool fetch_continue(struct fetch *fetch, size_t dropped, struct writer *words);

/* To be called once after fetch_start() has returned true. */
void fetch_end(struct fetch *fetch);

/* All of that at once: .body is the whole body, no larger than the room. */
bool fetch_whole(struct fetch *fetch, struct writer *words);

#endif
