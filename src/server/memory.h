/* All memory of the server, taken from the system at start, cut up by one list; nothing is taken later. */
#ifndef INKI_SERVER_MEMORY_H
#define INKI_SERVER_MEMORY_H

#include "base/arena.h"
#include "base/writer.h"

enum memory_part {
	MEMORY_SLOTS,
	MEMORY_INPUTS,
	MEMORY_OUTPUTS, /* one more than connections: in it a connection is refused */
	MEMORY_TLS,
	MEMORY_TLS_SESSIONS,
	MEMORY_TABLE,
	MEMORY_FAILURES,
	MEMORY_SETTINGS, /* two arenas, shared with the process that reads them: one in force, one for the next */
	MEMORY_REQUEST,
	MEMORY_CRYPTO,
	MEMORY_JOURNAL,
	MEMORY_EVENTS,
	MEMORY_QUESTION,
	MEMORY_PART_COUNT
};

enum { MEMORY_SETTINGS_COUNT = 2 };

struct memory {
	void *parts[MEMORY_PART_COUNT]; /* but the settings, which are pages of their own: */
	size_t sizes[MEMORY_PART_COUNT];
	void *settings[MEMORY_SETTINGS_COUNT];
	int descriptors[MEMORY_SETTINGS_COUNT]; /* of the settings, until one of the next two was called */
};

/* The settings' arena of that number, empty. */
struct arena memory_settings(const struct memory *memory, unsigned number);

/* In the server: from now on the settings can only be read; false if the system refuses. And in the helper. */
bool memory_protect_settings(const struct memory *memory);
void memory_keep_settings(const struct memory *memory);

/* Takes it, zeroed; false if the system has not so much. Pages take up room only once they are written to. */
bool memory_take(struct memory *memory);

/* Writes the list, line by line with its total; settings_used bytes of the settings' part are taken up. */
void memory_write_budget(struct writer *writer, size_t settings_used);

#endif
