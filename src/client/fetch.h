/* One HTTP exchange with a server: a connection, a request, the whole answer, by a deadline. */
#ifndef INKI_CLIENT_FETCH_H
#define INKI_CLIENT_FETCH_H

#include "base/writer.h"
#include "client/where.h"

struct fetch {
	struct where where;
	struct span target; /* path and query, percent-encoded */
	int64_t until;      /* a time of clock_monotonic() */
	uint8_t *room;      /* holds the answer, its head and the framing of chunks included */
	size_t size;
};

struct fetch_answer {
	int code;
	struct span content_type; /* may be empty */
	struct span body;         /* whole: its length was told, or its last chunk has come */
};

/* Asks for the target. Returns false, with a sentence in words, if the server cannot be reached, does not send a
 * whole and correct answer in time, or one that is larger than the room. */
bool fetch_get(const struct fetch *fetch, struct fetch_answer *answer, struct writer *words);

#endif
