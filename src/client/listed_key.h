/* A key as the server's JSON tells of it, and as people read it. */
#ifndef INKI_CLIENT_LISTED_KEY_H
#define INKI_CLIENT_LISTED_KEY_H

#include "base/arena.h"
#include "base/writer.h"

struct listed_key {
	struct span user, fingerprint, md5;
	int64_t expire; /* seconds since 1970 */
};

enum {
	LISTED_KEY_ARENA_SIZE = 65536,
	LISTED_KEY_TEXT_MAX = 1024,
};

/* Reads one object; what the key points to is placed in arena. False if it is no such key. */
bool listed_key_read(struct span object, struct arena *arena, struct listed_key *key);

/* Writes four lines, the first of them with a dash, as a terminal can show them. */
void listed_key_write(struct writer *writer, const struct listed_key *key);

#endif
