#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>
#include <string.h>

struct arena arena_of(void *data, size_t size)
{
	return (struct arena){ .data = data, .size = size };
}

void *arena_take(struct arena *arena, size_t size)
{
	const size_t alignment = alignof(max_align_t);
	size_t padding = (alignment - ((uintptr_t)arena->data + arena->used) % alignment) % alignment;
	size_t left = arena->size - arena->used;
	void *taken;

	if (padding > left || size > left - padding)
		return NULL;
	taken = arena->data + arena->used + padding;
	arena->used += padding + size;
	if (arena->used > arena->peak)
		arena->peak = arena->used;
	return taken;
}

void *arena_take_zeroed(struct arena *arena, size_t count, size_t size)
{
	void *taken;

	if (size > 0 && count > SIZE_MAX / size)
		return NULL;
	taken = arena_take(arena, count * size);
	if (taken)
		memset(taken, 0, count * size);
	return taken;
}

bool arena_copy(struct arena *arena, struct span bytes, struct span *copy)
{
	uint8_t *taken;

	*copy = (struct span){ 0 };
	if (bytes.size == 0)
		return true;
	taken = arena_take(arena, bytes.size);
	if (!taken)
		return false;
	memcpy(taken, bytes.data, bytes.size);
	*copy = span_of(taken, bytes.size);
	return true;
}

void arena_release(struct arena *arena, size_t used)
{
	if (used >= arena->used)
		return;
	memory_wipe(arena->data + used, arena->used - used);
	arena->used = used;
}

bool arena_split_end(struct arena *arena, size_t size, struct arena *end)
{
	*end = (struct arena){ 0 };
	if (size > arena->size - arena->used)
		return false;
	arena->size -= size;
	*end = arena_of(arena->data + arena->size, size);
	return true;
}

void arena_join_end(struct arena *arena, struct arena *end)
{
	memory_wipe(end->data, end->used);
	arena->size += end->size;
	*end = (struct arena){ 0 };
}
