#include "core/events.h"

#include "base/kconfig.h"
#include "core/event.h"

#include <string.h>

/* The lines of one kind, each behind its header. Places are counted from the beginning of time, so that one that was
 * remembered is known to be gone when it lies before the start; modulo the size they are places in memory. A record
 * never goes over the end of the memory: what is left there is padding, which has a header of size 0 if there is room
 * for one. */
struct ring {
	uint8_t *data;
	uint64_t start, end;
	uint64_t dropped;
};

struct header {
	uint64_t number;
	uint32_t size;
};

enum {
	RING_SIZE = CONFIG_EVENTS_KB * 1024 / EVENTS_KINDS,
	RECORD_MAX = sizeof(struct header) + EVENT_LINE_MAX,
	PER_SECOND = 1000000, /* see the first number */
};

_Static_assert(RING_SIZE >= 2 * RECORD_MAX, "at the end of the memory a record may have to leave room");

struct events {
	struct ring rings[EVENTS_KINDS];
	uint64_t last; /* number */
};

size_t events_memory_size(void)
{
	const size_t padding = (1 + EVENTS_KINDS) * 16; /* an arena aligns each of the pieces */

	return sizeof(struct events) + EVENTS_KINDS * (size_t)RING_SIZE + padding;
}

struct events *events_start(struct arena *arena, int64_t now)
{
	struct events *events = arena_take_zeroed(arena, 1, sizeof(*events));

	if (!events)
		return NULL;
	for (size_t i = 0; i < EVENTS_KINDS; i++) {
		events->rings[i].data = arena_take(arena, RING_SIZE);
		if (!events->rings[i].data)
			return NULL;
	}
	events->last = now > 0 ? (uint64_t)now * PER_SECOND : 0;
	return events;
}

/* ---- one ring ---- */

static size_t room_at(uint64_t place)
{
	return RING_SIZE - (size_t)(place % RING_SIZE);
}

static struct header read_header(const struct ring *ring, uint64_t place)
{
	struct header header;

	memcpy(&header, ring->data + place % RING_SIZE, sizeof(header));
	return header;
}

/* Finds the record at or behind *place, and moves it there; false at the end. */
static bool find_record(const struct ring *ring, uint64_t *place, struct header *header)
{
	if (*place < ring->start)
		*place = ring->start;
	if (*place == ring->end)
		return false;
	*header = (struct header){ 0 };
	if (room_at(*place) >= sizeof(*header))
		*header = read_header(ring, *place);
	if (header->size > 0)
		return true;
	*place += room_at(*place);
	if (*place == ring->end)
		return false;
	*header = read_header(ring, *place);
	return true;
}

/* Drops the oldest until the ring, with size more bytes, would fit into its memory. */
static void make_room(struct ring *ring, size_t size)
{
	struct header header;

	while (ring->end + size - ring->start > RING_SIZE) {
		if (!find_record(ring, &ring->start, &header))
			return; /* all that was left was padding */
		ring->start += sizeof(header) + header.size;
		ring->dropped++;
	}
}

static void put_record(struct ring *ring, uint64_t number, struct span line)
{
	const struct header padding = { 0 };
	const struct header header = { .number = number, .size = (uint32_t)line.size };
	const size_t size = sizeof(header) + line.size;
	const size_t left = room_at(ring->end);

	if (left < size) {
		make_room(ring, left);
		if (left >= sizeof(padding))
			memcpy(ring->data + ring->end % RING_SIZE, &padding, sizeof(padding));
		ring->end += left;
	}
	make_room(ring, size);
	memcpy(ring->data + ring->end % RING_SIZE, &header, sizeof(header));
	memcpy(ring->data + ring->end % RING_SIZE + sizeof(header), line.data, line.size);
	ring->end += size;
}

/* ---- all of them ---- */

void events_keep(struct events *events, enum events_kind kind, struct span line)
{
	uint8_t room[EVENT_LINE_MAX];
	struct writer kept = writer_of(room, sizeof(room));

	event_write_cut(&kept, line);
	put_record(&events->rings[kind], ++events->last, writer_written(&kept));
}

struct events_walk events_walk_after(const struct events *events, uint64_t after)
{
	return (struct events_walk){ .last = after > events->last ? 0 : after, .until = events->last };
}

bool events_walk_next(const struct events *events, struct events_walk *walk, struct event *event)
{
	bool found = false;

	for (size_t i = 0; i < EVENTS_KINDS; i++) {
		const struct ring *ring = &events->rings[i];
		struct header header;

		while (find_record(ring, &walk->at[i], &header) && header.number <= walk->last)
			walk->at[i] += sizeof(header) + header.size;
		if (walk->at[i] == ring->end || header.number > (found ? event->number : walk->until))
			continue;
		event->number = header.number;
		event->line = span_of(ring->data + walk->at[i] % RING_SIZE + sizeof(header), header.size);
		found = true;
	}
	if (found)
		walk->last = event->number;
	return found;
}

struct events_usage events_measure(const struct events *events)
{
	struct events_usage usage = { .size = EVENTS_KINDS * (uint64_t)RING_SIZE };

	for (size_t i = 0; i < EVENTS_KINDS; i++) {
		usage.used += events->rings[i].end - events->rings[i].start;
		usage.dropped += events->rings[i].dropped;
	}
	return usage;
}
