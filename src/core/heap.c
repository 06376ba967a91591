#include "core/heap.h"

#include <string.h>

enum { GARBAGE_MIN = 4096 }; /* bytes that are not worth the while */

/* In front of each entry, which so never begins at 0. */
struct head {
	uint32_t size; /* of the entry with its head, a multiple of the head's size */
	uint32_t owner;
};

bool heap_start(struct heap *heap, struct arena *arena, size_t size, size_t owner_count)
{
	*heap = (struct heap){ .size = size };
	heap->data = arena_take(arena, size);
	heap->entries = arena_take(arena, owner_count * sizeof(*heap->entries));
	return heap->data && heap->entries;
}

static struct head *head_at(const struct heap *heap, size_t position)
{
	return (struct head *)(void *)(heap->data + position);
}

static bool is_live(const struct heap *heap, size_t position)
{
	return heap->entries[head_at(heap, position)->owner] == position + sizeof(struct head);
}

static void compact(struct heap *heap)
{
	size_t to = 0;

	for (size_t from = 0; from < heap->used;) {
		size_t size = head_at(heap, from)->size;

		if (is_live(heap, from)) {
			uint32_t owner = head_at(heap, from)->owner;

			memmove(heap->data + to, heap->data + from, size);
			heap->entries[owner] = (uint32_t)(to + sizeof(struct head));
			to += size;
		}
		from += size;
	}
	heap->used = to;
	heap->garbage = 0;
}

void *heap_put(struct heap *heap, uint32_t owner, size_t size)
{
	const size_t whole = (size + 2 * sizeof(struct head) - 1) / sizeof(struct head) * sizeof(struct head);
	const size_t capacity = heap->size - heap->size / 8;
	size_t live = heap->used - heap->garbage;
	struct head *head;

	if (whole > capacity || live > capacity - whole)
		return NULL;
	if (whole > heap->size - heap->used || heap->garbage > live + GARBAGE_MIN)
		compact(heap);
	heap_drop(heap, owner);
	head = head_at(heap, heap->used);
	*head = (struct head){ .size = (uint32_t)whole, .owner = owner };
	heap->entries[owner] = (uint32_t)(heap->used + sizeof(*head));
	heap->used += whole;
	return head + 1;
}

void heap_drop(struct heap *heap, uint32_t owner)
{
	if (!heap->entries[owner])
		return;
	heap->garbage += head_at(heap, heap->entries[owner] - sizeof(struct head))->size;
	heap->entries[owner] = 0;
}
