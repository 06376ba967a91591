/* A fixed run of memory that is handed out from front to back and given back all at once.
 *
 * The owner provides the bytes; an arena never grows. A caller that gets NULL says "too large" to its own caller.
 */
#ifndef INKI_BASE_ARENA_H
#define INKI_BASE_ARENA_H

#include "base/span.h"

struct arena {
	uint8_t *data;
	size_t size;
	size_t used;
	size_t peak; /* the most that was ever used, in bytes: for the memory budget */
};

/* An empty arena over size bytes at data, which outlive it. */
struct arena arena_of(void *data, size_t size);

/* size bytes, aligned for any object and not cleared; NULL if they do not fit. */
void *arena_take(struct arena *arena, size_t size);

/* count zeroed objects of size bytes; NULL if they do not fit. */
void *arena_take_zeroed(struct arena *arena, size_t count, size_t size);

/* Makes *copy a copy of the bytes that lives in the arena; false (and *copy empty) if it does not fit. */
bool arena_copy(struct arena *arena, struct span bytes, struct span *copy);

/* Everything taken since used was read from arena->used is given back and wiped. */
void arena_release(struct arena *arena, size_t used);

/* Splits size bytes off the end, as an arena of their own for passing needs; false if there are not so many. */
bool arena_split_end(struct arena *arena, size_t size, struct arena *end);

/* Gives back, wiped, what was split off last. */
void arena_join_end(struct arena *arena, struct arena *end);

#endif
