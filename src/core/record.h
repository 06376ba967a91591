/* The inside of the key table, for table.c alone: its slots, the two indices, the list of each user, and what lies in
 * the heap. */
#ifndef INKI_CORE_RECORD_H
#define INKI_CORE_RECORD_H

#include "base/kconfig.h"
#include "core/heap.h"
#include "core/table.h"

/* Records are named by the number of their slot plus one, so that fresh memory, which is zero, says "none" everywhere.
 */
enum { RECORD_NONE = 0 };

/* A record. It is live if the heap has an entry for it: then it is in the list of its user and found by MD5, too. */
struct slot {
	struct ssh_fingerprint fingerprint;
	bool is_record; /* or free */
	uint32_t user;
	uint32_t next_by_sha256; /* in its bucket, or in the list of free slots */
	uint32_t next_by_md5;
	uint32_t previous, next; /* in the list of its user */
	uint64_t sequence;       /* grows along the list of its user; 0: it is in none */
	int64_t signed_at, expire, keep_until;
};

struct user_list {
	uint32_t first, last;
	uint32_t count;   /* live ones: those in the list */
	uint32_t records; /* and all */
	int64_t floor;    /* the newest signature of his records that were forgotten */
	bool is_changed;  /* his live keys are, since table_take_changed() last said so */
};

struct table {
	struct heap heap;
	struct slot *slots;
	uint32_t *by_sha256, *by_md5; /* buckets, CONFIG_KEYS of each */
	struct user_list users[CONFIG_USERS];
	struct user_list before[CONFIG_USERS]; /* while the users get other numbers */
	uint32_t free;                         /* slots that were given back */
	uint32_t untouched;                    /* slots from here on were never used */
	uint32_t live, records;
	uint64_t sequence;
	bool has_changes;    /* of any user */
	size_t next_changed; /* the user after the one who was taken last, so that nobody waits for another for ever */
	uint32_t numbering;  /* how often the users got other numbers */
	int64_t new_user_floor; /* the newest signature of those who are gone */
	int64_t next_end, next_deadline;
	int64_t next_end_found, next_deadline_found; /* by the sweep under way */
	int64_t uptime;
	int64_t newest_signature;
	int64_t signed_clock; /* less the uptime */
};

static inline struct slot *record_slot(const struct table *table, uint32_t name)
{
	return &table->slots[name - 1];
}

static inline bool record_is_live(const struct table *table, uint32_t name)
{
	return heap_get(&table->heap, name) != NULL;
}

/* The user's record of that digest, or RECORD_NONE. By MD5 only live ones are found. */
uint32_t record_find(const struct table *table, size_t user, enum ssh_fingerprint_kind kind,
                     const struct ssh_fingerprint *fingerprint);

/* A new record that is not live; RECORD_NONE if all slots are taken. */
uint32_t record_add(struct table *table, size_t user, const uint8_t sha256[static 32]);

/* A record that is not live is none any more. */
void record_forget(struct table *table, uint32_t name);

/* See table_note_change(). */
void record_note_change(struct table *table, size_t user);

/* Writes key into the record of its fingerprint, which is live from then on. False, and nothing has changed, if it does
 * not fit. */
bool record_write(struct table *table, uint32_t name, const struct table_key *key);

/* Makes a live record a tombstone. What was read of it stays as it is until the next record_write(). */
void record_end_life(struct table *table, uint32_t name);

/* When a live record ends at the latest, by the table's uptime; 0: it has no deadline. */
int64_t record_deadline(const struct table *table, uint32_t name);

/* Up to when nothing is sure any more once this record is forgotten: the time of its newest signature. What seems to be
 * signed later than all requests that were taken, as a removal by root under a clock that was ahead, counts as old as
 * the newest of those: else it would keep others out when the clock is right again. */
int64_t record_forgotten_at(const struct table *table, uint32_t name);

/* Takes all records out of the indices; each goes back in under the new number of its user, or is forgotten where that
 * is TABLE_NO_USER. The lists of the users are the caller's to move. */
void record_renumber_all(struct table *table, const uint32_t indices[static CONFIG_USERS]);

/* Reads what is served of a live record; the line lies in the heap. */
void record_read_line(const struct table *table, uint32_t name, struct table_line *line);

/* Reads all of a record; the spans of *key point into the heap. */
void record_read(const struct table *table, uint32_t name, struct table_key *key);

#endif
