/* The key table: every live key with its end, and what must be remembered of those that are gone.
 *
 * A record belongs to a (user, key blob) pair, found by the fingerprint of the blob. It is live until its end or until
 * it is removed; then it stays as a tombstone, which holds no key any more but still the time of the newest
 * signature that touched it, until no request signed before that could be taken anyway (CONTRACT 1, order and replay).
 *
 * Memory is taken once: slots of a fixed size (fingerprints, times, links), and a heap for what varies in size (line,
 * reason, signers). A key is kept as the line that it is served as, so that serving it is copying. Adding, finding and
 * removing take constant time however full the table is.
 */
#ifndef INKI_CORE_TABLE_H
#define INKI_CORE_TABLE_H

#include "base/arena.h"
#include "base/kconfig.h"
#include "base/status.h"
#include "ssh/key.h"

enum {
	TABLE_REASON_MAX = 256, /* bytes */
	TABLE_SIGNERS_MAX = 16,
	TABLE_SIGNER_SIZE_MAX = 32, /* bytes in an OpenPGP fingerprint (20 for version 4) */
	TABLE_KEY_ID_SIZE = 8,
};

struct table_signer {
	uint8_t fingerprint[TABLE_SIGNER_SIZE_MAX]; /* of the certificate */
	uint8_t size;
	uint8_t key_id[TABLE_KEY_ID_SIZE]; /* which of its keys has signed */
};

/* A record as it goes in and comes out. What spans and signers of one that comes out point to lies in the table and
 * lasts until its next change. */
struct table_key {
	size_t user; /* index in the configuration, below CONFIG_USERS */
	struct ssh_fingerprint fingerprint;
	bool is_live;
	int64_t signed_at; /* of the newest signature that touched it */
	int64_t expire;
	int64_t deadline;    /* the table's uptime at which it ends at the latest, whatever the clock says; 0: none */
	struct span line;    /* of authorized_keys, as ssh_key_write() makes it of the key; of a tombstone: empty */
	struct span options; /* its begin, */
	struct span comment; /* and its end */
	struct span reason;  /* at most TABLE_REASON_MAX bytes */
	const struct table_signer *signers;
	size_t signer_count; /* at most TABLE_SIGNERS_MAX */
};

struct table;

/* How many bytes table_start() takes from its arena at most. */
size_t table_memory_size(void);

/* Makes an empty table in an arena over memory that is zero, without touching more of it than it needs now. NULL if it
 * does not fit. */
struct table *table_start(struct arena *arena);

/* Tells the seconds of a clock that nobody can set; they never go back. */
void table_tell_uptime(struct table *table, int64_t uptime);
int64_t table_uptime(const struct table *table);

/* Notes when a request was signed that has been taken. */
void table_note_signature(struct table *table, int64_t signed_at);

/* The time that the signatures tell: the latest one that was noted, counted on by uptime. It never goes back; 0 or a
 * little more if there was none. */
int64_t table_signed_clock(const struct table *table);

/* Finds a record; *key is it. By MD5 only live ones are found. False, and *key is cleared, if there is none. */
bool table_find(const struct table *table, size_t user, enum ssh_fingerprint_kind kind,
                const struct ssh_fingerprint *fingerprint, struct table_key *key);

/* Adds a live key, or puts it in the place of the record of the same user and SHA-256 fingerprint. The record is
 * remembered until keep_until at least. The spans of *key must not point into the table. TABLE_FULL changes nothing. */
enum status table_put(struct table *table, const struct table_key *key, int64_t keep_until);

/* Makes the record of that user and SHA-256 fingerprint a tombstone, or adds one, that says signed_at and is remembered
 * until keep_until. TABLE_FULL, only where there was no record, changes nothing. */
enum status table_bury(struct table *table, size_t user, const uint8_t sha256[static 32], int64_t signed_at,
                       int64_t keep_until);

/* Is a live key over, by the clock or by its deadline? */
bool table_key_has_ended(const struct table *table, const struct table_key *key, int64_t now);

/* The newest signature of the user's records that were forgotten; 0 if none was. Of a key that is not live, and of what
 * was signed until then, nobody knows any more whether something newer was taken. */
int64_t table_floor(const struct table *table, size_t user);

/* Keeps all records for so many seconds longer than was said. */
void table_keep_longer(struct table *table, int64_t longer);

/* The users have other indices from now on: user number i is number indices[i], no two the same, or none where that is
 * TABLE_NO_USER: then no key of his is live, and his records are forgotten. So that nobody who comes back later as a
 * new user is served an old request, the table's floor for new users rises to the newest signature among them. */
enum { TABLE_NO_USER = CONFIG_USERS };
void table_renumber(struct table *table, const uint32_t indices[static CONFIG_USERS]);

/* Takes a user whose live keys are others than when he was taken last: one has come, has got new terms, or has gone; or
 * the users have got other indices, which changes all of them. False if there is none. */
bool table_take_changed(struct table *table, size_t *user);

/* He counts as changed. */
void table_note_change(struct table *table, size_t user);

/* How many live keys has the user; and how many records, tombstones included? */
size_t table_count_user_keys(const struct table *table, size_t user);
size_t table_count_user_records(const struct table *table, size_t user);

/* One step of a sweep: from *position on (0 at first), finds the next live key whose end has come, makes it a tombstone
 * and hands it out in *expired; what need not be remembered any more is forgotten on the way. False at the end of
 * the sweep. There is nothing to sweep before table_next_end(). */
bool table_sweep(struct table *table, int64_t now, uint32_t *position, struct table_key *expired);

/* When the next record ends, or INT64_MAX; 0 where a deadline has come. It may be earlier than that, but never later.
 */
int64_t table_next_end(const struct table *table);

/* A walk over the live keys of a user, or of all users one after the other, in the order in which they were added. The
 * table may change between two steps: each key that stays is met exactly once. But it ends where the users are numbered
 * anew: whoever hands out what it meets must not call that complete. */
struct table_walk {
	bool is_over_all;
	uint32_t numbering; /* private: of the users, when it began */
	struct table_place {
		uint32_t user;
		uint32_t last;     /* the record met last, */
		uint64_t sequence; /* and its number; 0: none yet */
	} place;                   /* to go back to, too, while the table does not change */
};

struct table_walk table_walk_user(size_t user);
struct table_walk table_walk_all(void);
bool table_walk_next(const struct table *table, struct table_walk *walk, struct table_key *key);

/* What is served of a key: its line, whose first options_size bytes are the options that it brought. */
struct table_line {
	struct span line;
	size_t options_size;
	int64_t expire, deadline;
};

/* The same for who hands out lines, and of many keys: the next one that has not ended. */
bool table_walk_next_line(const struct table *table, struct table_walk *walk, int64_t now, struct table_line *line);

/* How full it is, for /metrics and the memory budget. */
struct table_usage {
	size_t live, remembered;     /* records */
	size_t heap_used, heap_size; /* bytes */
};

struct table_usage table_measure(const struct table *table);

#endif
