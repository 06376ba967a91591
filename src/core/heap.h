/* Entries of various sizes in one fixed run of memory, each known by the number of its owner.
 *
 * Entries are taken from the front on; dropping one leaves garbage. The live ones are moved together when the end is
 * reached, and when there is more garbage than of them, so that memory which was never needed is never touched. An
 * eighth of the memory is never filled, so that much is gained each time, and an entry costs constant time in the long
 * run.
 */
#ifndef INKI_CORE_HEAP_H
#define INKI_CORE_HEAP_H

#include "base/arena.h"

struct heap {
	uint8_t *data;
	size_t size, used, garbage; /* in bytes */
	uint32_t *entries;          /* by owner: where its entry begins; 0: it has none */
};

/* Takes size bytes for entries, and room to know owner_count owners by, from an arena over memory that is zero. The
 * memory is not touched before it is needed. False if it does not fit. */
bool heap_start(struct heap *heap, struct arena *arena, size_t size, size_t owner_count);

/* A new entry of size bytes for the owner in place of the one he has; NULL, and the old one stays, if there is no room.
 * Moves entries: pointers and spans into any of them are void afterwards. */
void *heap_put(struct heap *heap, uint32_t owner, size_t size);

/* The owner's entry, aligned for uint64_t, or NULL. */
static inline void *heap_get(const struct heap *heap, uint32_t owner)
{
	return heap->entries[owner] ? heap->data + heap->entries[owner] : NULL;
}

/* The owner's entry is garbage from now on; its bytes stay as they are until the next heap_put(). */
void heap_drop(struct heap *heap, uint32_t owner);

#endif
