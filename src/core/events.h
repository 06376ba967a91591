/* The last events, as audit lines in a fixed piece of memory: the oldest go when there is no room.
 *
 * There are two rings of half of the memory each, so that what anybody can cause (requests that are refused, keys that
 * are asked for) never pushes out what has happened to keys. Events have consecutive numbers over both; a gap in what
 * is read says how many are gone. The first number is the server's start in seconds since 1970, times a million, plus
 * one: so numbers grow over a restart, too.
 */
#ifndef INKI_CORE_EVENTS_H
#define INKI_CORE_EVENTS_H

#include "base/arena.h"
#include "base/writer.h"

enum {
	EVENT_LINE_MAX = 1024, /* bytes of a line that are kept: as many whole fields as fit, with cut=yes at the end */
};

enum events_kind { EVENTS_OF_CHANGE, EVENTS_OF_REQUEST, EVENTS_KINDS };

struct events;

/* How many bytes events_start() takes from its arena at most. */
size_t events_memory_size(void);

/* No events yet, of a server that starts now; NULL if they do not fit. */
struct events *events_start(struct arena *arena, int64_t now);

/* Keeps a line that journal.h has written, without its end. */
void events_keep(struct events *events, enum events_kind kind, struct span line);

struct event {
	uint64_t number;
	struct span line; /* as long as no event is added */
};

/* A walk over all events up to now with numbers above after, in their order; above none, if there is no such number yet
 * (it is another server's). Events may come in between two steps; those that go before they were met are left out. */
struct events_walk {
	uint64_t last, until;      /* private: the number met last, and the one to be met last, */
	uint64_t at[EVENTS_KINDS]; /* and where to look for the next of each kind */
};

struct events_walk events_walk_after(const struct events *events, uint64_t after);
bool events_walk_next(const struct events *events, struct events_walk *walk, struct event *event);

/* For /metrics. */
struct events_usage {
	uint64_t dropped;    /* events that had to go */
	uint64_t used, size; /* bytes */
};

struct events_usage events_measure(const struct events *events);

/* Writes an event as a JSON object: the fields of its line under their names, as strings; signer and uid, which there
 * may be several of, as arrays; and the number. In a string \x22 and \x3d are the characters that they stand for (" and
 * =), and everything else that was escaped stays so: no string holds a control character. */
enum { EVENT_JSON_MAX = 6 * EVENT_LINE_MAX + 512 }; /* bytes */
void event_write_json(struct writer *writer, const struct event *event);

#endif
