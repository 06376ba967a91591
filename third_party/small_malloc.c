/*
 * The heap of the C library, in place of its own, which is 7 kB. Nothing of ours asks for memory; what does is libyaml, while the
 * settings are read, and in the C library the resolver, opendir() and what posix_spawn() is told: little, one after the other, and all
 * of it is given back. So it is one run of pages, taken from the system with the first block, given out first fit, and given back with
 * the last. With no room left it says so, as any malloc() may. There is one thread.
 */
#include <errno.h>
#include <generated/autoconf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* What is not touched costs nothing. libyaml keeps a text twice while it grows, and what was before it. */
enum { ROOM_SIZE = (256 + 16 * CONFIG_SETTINGS_FILE_KB) * 1024 };

/* In front of each block; aligned for any object, as is what comes after it. */
struct block {
	_Alignas(16) size_t size; /* with this header */
	size_t is_free;
};

static unsigned char *room;
static size_t used;   /* up to the end of the last block */
static size_t blocks; /* that are given out */

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *data, size_t size);
void free(void *data);
void *__libc_malloc(size_t size);
void __libc_free(void *data);

static struct block *block_at(size_t offset)
{
	return (struct block *)(void *)(room + offset);
}

static size_t offset_of(const struct block *block)
{
	return (size_t)((const unsigned char *)block - room);
}

/* What was given out, or else the program ends. */
static struct block *block_of(void *data)
{
	const size_t offset = (size_t)((uintptr_t)data - (uintptr_t)room) - sizeof(struct block);

	if (!room || offset >= used || offset % sizeof(struct block) != 0 || block_at(offset)->is_free)
		__builtin_trap();
	return block_at(offset);
}

/* Makes one of a free block and the free ones behind it; at the end, they are not there any more. */
static void join(struct block *block)
{
	const size_t offset = offset_of(block);

	while (offset + block->size < used && block_at(offset + block->size)->is_free)
		block->size += block_at(offset + block->size)->size;
	if (offset + block->size == used)
		used = offset;
}

/* What is behind the first bytes of a block becomes a free one. */
static void split(struct block *block, size_t size)
{
	struct block *rest = block_at(offset_of(block) + size);

	if (block->size == size)
		return;
	*rest = (struct block){ .size = block->size - size, .is_free = 1 };
	block->size = size;
}

static struct block *find_free(size_t wanted)
{
	struct block *block;

	for (size_t offset = 0; offset < used; offset += block->size) {
		block = block_at(offset);
		if (!block->is_free)
			continue;
		join(block);
		if (offset < used && block->size >= wanted)
			return block;
	}
	return NULL;
}

static struct block *take_new(size_t wanted)
{
	struct block *block;

	if (wanted > ROOM_SIZE - used)
		return NULL;
	block = block_at(used);
	*block = (struct block){ .size = wanted };
	used += wanted;
	return block;
}

static int open_room(void)
{
	void *pages;

	if (room)
		return 1;
	pages = mmap(NULL, ROOM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pages != MAP_FAILED)
		room = pages;
	return pages != MAP_FAILED;
}

/* A block's bytes with its header; 0: there cannot be such a one. */
static size_t whole_size(size_t size)
{
	return size > ROOM_SIZE ? 0 : (size + 2 * sizeof(struct block) - 1) / sizeof(struct block) * sizeof(struct block);
}

void *malloc(size_t size)
{
	const size_t wanted = whole_size(size);
	struct block *block = NULL;

	if (wanted > 0 && open_room()) {
		block = find_free(wanted);
		if (block)
			split(block, wanted);
		else
			block = take_new(wanted);
	}
	if (!block) {
		errno = ENOMEM;
		return NULL;
	}
	block->is_free = 0;
	blocks++;
	return block + 1;
}

void free(void *data)
{
	if (!data)
		return;
	block_of(data)->is_free = 1;
	if (--blocks > 0)
		return;
	(void)munmap(room, ROOM_SIZE);
	room = NULL;
	used = 0;
}

void *calloc(size_t count, size_t size)
{
	void *data;

	if (size > 0 && count > ROOM_SIZE / size) {
		errno = ENOMEM;
		return NULL;
	}
	data = malloc(count * size);
	return data ? memset(data, 0, count * size) : NULL;
}

void *realloc(void *data, size_t size)
{
	const size_t has = data ? block_of(data)->size - sizeof(struct block) : 0;
	void *moved;

	if (data && size <= has)
		return data;
	moved = malloc(size);
	if (moved && data) {
		memcpy(moved, data, has);
		free(data);
	}
	return moved;
}

/* The names that the library has for its own use, where a program's malloc() could do what it likes. */
void *__libc_malloc(size_t size)
{
	return malloc(size);
}

void __libc_free(void *data)
{
	free(data);
}
