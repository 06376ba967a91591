/* How many failed requests each source of the network may still make: a token bucket for each, in a table of fixed
 * size.
 *
 * A bucket is one number, the time at which it is full again. A failure takes a token, that is, moves the time on by
 * what one token takes to come back; until all of them would have to come back, there is one left. A source with a full
 * bucket takes up no room.
 *
 * Where the table is full, the fullest bucket gives way to a new source. So nobody gets his own back by spreading his
 * requests over many sources: he would have to empty all the others first. All places are looked at each time, so that
 * there is no place that anybody could aim at; that is a few microseconds, beside a signature's milliseconds.
 */
#ifndef INKI_CORE_FAILURES_H
#define INKI_CORE_FAILURES_H

#include "core/config.h"

struct failures_source {
	uint64_t source; /* see base/address.h */
	int64_t full_at; /* monotonic milliseconds; what has passed makes the place free */
	bool is_told;    /* it has run out since its bucket was full */
};

/* All zero: nobody has failed yet. */
struct failures {
	struct failures_source sources[CONFIG_FAILURE_SOURCES];
};

/* Milliseconds until the source may make a request that could fail; 0: it may now. */
int64_t failures_time_to_wait(const struct failures *failures, const struct config_failures *limit, uint64_t source,
                              int64_t now);

/* A request of the source has failed. Returns true if that was the last one that it may make for now, and the first
 * such since its bucket was full: once for all that a flood of requests brings. */
bool failures_note(struct failures *failures, const struct config_failures *limit, uint64_t source, int64_t now);

#endif
