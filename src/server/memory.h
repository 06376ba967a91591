/* All memory of the server: one piece, taken from the system at start, cut up by one list; nothing is taken later. */
#ifndef INKI_SERVER_MEMORY_H
#define INKI_SERVER_MEMORY_H

#include "base/writer.h"

enum memory_part {
	MEMORY_SLOTS,
	MEMORY_INPUTS,
	MEMORY_OUTPUTS, /* one more than connections: in it a connection is refused */
	MEMORY_TLS,
	MEMORY_TLS_SESSIONS,
	MEMORY_TABLE,
	MEMORY_FAILURES,
	MEMORY_SETTINGS,
	MEMORY_REQUEST,
	MEMORY_CRYPTO,
	MEMORY_JOURNAL,
	MEMORY_EVENTS,
	MEMORY_PART_COUNT
};

struct memory {
	void *parts[MEMORY_PART_COUNT];
	size_t sizes[MEMORY_PART_COUNT];
};

/* Takes it, zeroed; false if the system has not so much. Pages take up room only once they are written to. */
bool memory_take(struct memory *memory);

/* Writes the list, line by line with its total; settings_used bytes of the settings' part are taken up. */
void memory_write_budget(struct writer *writer, size_t settings_used);

#endif
