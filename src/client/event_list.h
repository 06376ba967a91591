/* The events of a server (GET /api/v1/events), read one after the other as they arrive. */
#ifndef INKI_CLIENT_EVENT_LIST_H
#define INKI_CLIENT_EVENT_LIST_H

#include "client/reach.h"
#include "json/read.h"

struct listed_event {
	uint64_t number;
	struct json_object fields; /* all of them, the number included; no value holds a control character */
	struct span object;        /* the JSON that it was read from */
};

/* A field's value, or the first of several; empty if there is none. */
struct span listed_event_find(const struct listed_event *event, struct span name);

struct event_list {
	const struct reach *reach;
	/* Called with each event, which lasts until it returns. False ends the reading. */
	bool (*take)(void *context, const struct listed_event *event);
	void *context;
	/* private */
	uint8_t *window;
	struct arena arena;
};

/* Takes memory; false if there is none. */
bool event_list_start(struct event_list *list);

enum event_list_end {
	EVENT_LIST_READ,
	EVENT_LIST_UNREACHED, /* or the answer broke off: for the reason in words */
	EVENT_LIST_REFUSED,   /* the server says why: it was told */
	EVENT_LIST_WRONG,     /* this is no list of events: the reason is in words */
};

/* Reads the events with numbers above after. Where it ends early, some may have been taken already. */
enum event_list_end event_list_read(struct event_list *list, uint64_t after, struct writer *words);

#endif
