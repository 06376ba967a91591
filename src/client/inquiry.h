/* What a server's events tell about one key. */
#ifndef INKI_CLIENT_INQUIRY_H
#define INKI_CLIENT_INQUIRY_H

#include "client/event_list.h"
#include "ssh/key.h"

enum { INQUIRY_WORDS_MAX = 2048, INQUIRY_OUT_SIZE = 16384 };

struct inquiry {
	/* to be filled in before: */
	struct span user;
	struct ssh_fingerprint wanted; /* a digest that is not known is zero; events may tell it */
	struct writer out; /* of INQUIRY_OUT_SIZE; a line for each event goes here, and to standard output */
	/* what came of it: */
	uint64_t met;       /* events of this key */
	uint64_t nameless;  /* refused requests that do not tell of which key they were */
	bool is_complete;   /* not one event is missing since the server's start */
	int64_t since;      /* the time of the first event */
	int64_t fate_time;  /* when the key was let in or thrown out last, or if neither, a request for it refused; */
	struct writer fate; /* of INQUIRY_WORDS_MAX: and how that came */
	bool is_unprinted;  /* standard output has failed, and that was told */
	/* private */
	uint64_t last;
	bool is_fate_certain;
};

/* For struct event_list: looks only for the other digest of the key; and: tells its story. context is the inquiry. */
bool inquiry_learn(void *inquiry, const struct listed_event *event);
bool inquiry_take(void *inquiry, const struct listed_event *event);

/* Prints what is not printed yet. */
void inquiry_flush(struct inquiry *inquiry);

#endif
