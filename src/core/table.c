#include "core/table.h"

#include "base/kconfig.h"
#include "core/heap.h"

#include <string.h>

/* Slots are named by their number plus one, so that fresh memory, which is zero, says "none" everywhere. */
enum { NONE = 0 };

/* A record. It is live if the heap has an entry for it: then it is in the list of its user and found by MD5, too. */
struct slot {
	struct ssh_fingerprint fingerprint;
	bool is_record; /* or free */
	uint32_t user;
	uint32_t next_by_sha256; /* in its bucket, or in the list of free slots */
	uint32_t next_by_md5;
	uint32_t previous, next; /* in the list of its user */
	uint64_t sequence;       /* grows along the list of its user */
	int64_t signed_at, expire, keep_until;
};

/* What the heap holds for a live record; signers, blob, comment and reason follow. */
struct entry {
	uint16_t blob_size, comment_size, reason_size, signer_count;
	uint32_t rsa_bits;
	uint32_t type;
};

struct list {
	uint32_t first, last;
	uint32_t count;
};

struct table {
	struct heap heap;
	struct slot *slots;
	uint32_t *by_sha256, *by_md5; /* buckets, CONFIG_KEYS of each */
	struct list users[CONFIG_USERS];
	uint32_t free;      /* slots that were given back */
	uint32_t untouched; /* slots from here on were never used */
	uint32_t live, records;
	uint64_t sequence;
	int64_t next_end;
	int64_t next_end_found; /* by the sweep under way */
};

_Static_assert(CONFIG_KEY_ARENA_KB <= UINT32_MAX / 1024, "positions in the heap are 32 bits wide");
_Static_assert(SSH_KEY_BLOB_MAX <= UINT16_MAX, "the size of a blob is 16 bits wide");

size_t table_memory_size(void)
{
	const size_t padding = 6 * 16; /* an arena aligns each of the pieces */

	return sizeof(struct table) + CONFIG_KEY_ARENA_KB * (size_t)1024 + padding +
	       CONFIG_KEYS * (sizeof(struct slot) + 4 * sizeof(uint32_t));
}

struct table *table_start(struct arena *arena)
{
	struct table *table = arena_take(arena, sizeof(*table));

	if (!table || !heap_start(&table->heap, arena, CONFIG_KEY_ARENA_KB * (size_t)1024, CONFIG_KEYS + 1))
		return NULL;
	table->slots = arena_take(arena, CONFIG_KEYS * sizeof(struct slot));
	table->by_sha256 = arena_take(arena, CONFIG_KEYS * sizeof(uint32_t));
	table->by_md5 = arena_take(arena, CONFIG_KEYS * sizeof(uint32_t));
	table->next_end = INT64_MAX;
	return table->slots && table->by_sha256 && table->by_md5 ? table : NULL;
}

static struct slot *slot_of(const struct table *table, uint32_t name)
{
	return &table->slots[name - 1];
}

/* ---- the two indices ---- */

static const uint8_t *digest_of(const struct ssh_fingerprint *fingerprint, enum ssh_fingerprint_kind kind)
{
	return kind == SSH_FINGERPRINT_SHA256 ? fingerprint->sha256 : fingerprint->md5;
}

static size_t digest_size_of(enum ssh_fingerprint_kind kind)
{
	return kind == SSH_FINGERPRINT_SHA256 ? 32 : 16;
}

static uint32_t *bucket_of(const struct table *table, size_t user, enum ssh_fingerprint_kind kind,
                           const struct ssh_fingerprint *fingerprint)
{
	uint32_t *buckets = kind == SSH_FINGERPRINT_SHA256 ? table->by_sha256 : table->by_md5;
	uint32_t hash;

	/* digests are as good as random already */
	memcpy(&hash, digest_of(fingerprint, kind), sizeof(hash));
	return &buckets[(hash ^ (uint32_t)user * 0x9e3779b1U) % CONFIG_KEYS];
}

static uint32_t *next_of(struct slot *slot, enum ssh_fingerprint_kind kind)
{
	return kind == SSH_FINGERPRINT_SHA256 ? &slot->next_by_sha256 : &slot->next_by_md5;
}

static uint32_t find(const struct table *table, size_t user, enum ssh_fingerprint_kind kind,
                     const struct ssh_fingerprint *fingerprint)
{
	uint32_t name = *bucket_of(table, user, kind, fingerprint);

	while (name != NONE) {
		struct slot *slot = slot_of(table, name);

		if (slot->user == user && memcmp(digest_of(&slot->fingerprint, kind), digest_of(fingerprint, kind),
		                                 digest_size_of(kind)) == 0)
			break;
		name = *next_of(slot, kind);
	}
	return name;
}

static void link_index(struct table *table, uint32_t name, enum ssh_fingerprint_kind kind)
{
	struct slot *slot = slot_of(table, name);
	uint32_t *bucket = bucket_of(table, slot->user, kind, &slot->fingerprint);

	*next_of(slot, kind) = *bucket;
	*bucket = name;
}

static void unlink_index(struct table *table, uint32_t name, enum ssh_fingerprint_kind kind)
{
	struct slot *slot = slot_of(table, name);
	uint32_t *link = bucket_of(table, slot->user, kind, &slot->fingerprint);

	while (*link != name)
		link = next_of(slot_of(table, *link), kind);
	*link = *next_of(slot, kind);
}

/* ---- the lists of the users ---- */

static void link_user(struct table *table, uint32_t name)
{
	struct slot *slot = slot_of(table, name);
	struct list *list = &table->users[slot->user];

	slot->previous = list->last;
	slot->next = NONE;
	slot->sequence = ++table->sequence;
	if (list->last != NONE)
		slot_of(table, list->last)->next = name;
	else
		list->first = name;
	list->last = name;
	list->count++;
	table->live++;
}

static void unlink_user(struct table *table, uint32_t name)
{
	struct slot *slot = slot_of(table, name);
	struct list *list = &table->users[slot->user];

	if (slot->previous != NONE)
		slot_of(table, slot->previous)->next = slot->next;
	else
		list->first = slot->next;
	if (slot->next != NONE)
		slot_of(table, slot->next)->previous = slot->previous;
	else
		list->last = slot->previous;
	list->count--;
	table->live--;
}

size_t table_count_user_keys(const struct table *table, size_t user)
{
	return table->users[user].count;
}

/* ---- records ---- */

static uint32_t take_slot(struct table *table)
{
	uint32_t name = table->free;

	if (name != NONE)
		table->free = slot_of(table, name)->next_by_sha256;
	else if (table->untouched < CONFIG_KEYS)
		name = ++table->untouched;
	return name;
}

/* A new record, found by its SHA-256 fingerprint, with nothing in the heap; NONE if all slots are taken. */
static uint32_t add_record(struct table *table, size_t user, const uint8_t sha256[static 32])
{
	uint32_t name = take_slot(table);

	if (name == NONE)
		return NONE;
	*slot_of(table, name) = (struct slot){ .is_record = true, .user = (uint32_t)user };
	memcpy(slot_of(table, name)->fingerprint.sha256, sha256, 32);
	link_index(table, name, SSH_FINGERPRINT_SHA256);
	table->records++;
	return name;
}

static void forget_record(struct table *table, uint32_t name)
{
	unlink_index(table, name, SSH_FINGERPRINT_SHA256);
	slot_of(table, name)->is_record = false;
	slot_of(table, name)->next_by_sha256 = table->free;
	table->free = name;
	table->records--;
}

static bool is_live(const struct table *table, uint32_t name)
{
	return heap_get(&table->heap, name) != NULL;
}

/* What was live is a tombstone from now on. */
static void end_life(struct table *table, uint32_t name)
{
	unlink_user(table, name);
	unlink_index(table, name, SSH_FINGERPRINT_MD5);
	heap_drop(&table->heap, name);
}

static int64_t end_of(const struct table *table, uint32_t name)
{
	const struct slot *slot = slot_of(table, name);

	return is_live(table, name) ? slot->expire : slot->keep_until;
}

static void note_end(struct table *table, uint32_t name)
{
	if (end_of(table, name) < table->next_end)
		table->next_end = end_of(table, name);
}

/* Copies bytes and says where the next ones go. */
static uint8_t *append(uint8_t *to, struct span bytes)
{
	if (bytes.size > 0)
		memcpy(to, bytes.data, bytes.size);
	return to + bytes.size;
}

static bool write_entry(struct table *table, uint32_t name, const struct table_key *key)
{
	const size_t signers_size = key->signer_count * sizeof(key->signers[0]);
	struct entry *entry = heap_put(&table->heap, name, sizeof(*entry) + signers_size + key->key.blob.size +
	                                                           key->key.comment.size + key->reason.size);
	uint8_t *to;

	if (!entry)
		return false;
	entry->blob_size = (uint16_t)key->key.blob.size;
	entry->comment_size = (uint16_t)key->key.comment.size;
	entry->reason_size = (uint16_t)key->reason.size;
	entry->signer_count = (uint16_t)key->signer_count;
	entry->rsa_bits = key->key.rsa_bits;
	entry->type = key->key.type;
	to = append((uint8_t *)(entry + 1), span_of(key->signers, signers_size));
	to = append(to, key->key.blob);
	to = append(to, key->key.comment);
	append(to, key->reason);
	return true;
}

static void read_entry(const struct entry *entry, struct table_key *key)
{
	const uint8_t *from = (const uint8_t *)(entry + 1);

	key->is_live = true;
	key->signer_count = entry->signer_count;
	memcpy(key->signers, from, entry->signer_count * sizeof(key->signers[0]));
	from += entry->signer_count * sizeof(key->signers[0]);
	key->key.type = (enum ssh_key_type)entry->type;
	key->key.rsa_bits = entry->rsa_bits;
	key->key.blob = span_of(from, entry->blob_size);
	key->key.comment = span_of(from + entry->blob_size, entry->comment_size);
	key->reason = span_of(from + entry->blob_size + entry->comment_size, entry->reason_size);
}

static void read_record(const struct table *table, uint32_t name, struct table_key *key)
{
	const struct slot *slot = slot_of(table, name);
	const struct entry *entry = heap_get(&table->heap, name);

	memset(key, 0, sizeof(*key));
	key->user = slot->user;
	key->fingerprint = slot->fingerprint;
	key->signed_at = slot->signed_at;
	key->expire = slot->expire;
	if (entry)
		read_entry(entry, key);
}

bool table_find(const struct table *table, size_t user, enum ssh_fingerprint_kind kind,
                const struct ssh_fingerprint *fingerprint, struct table_key *key)
{
	uint32_t name = find(table, user, kind, fingerprint);

	memset(key, 0, sizeof(*key));
	if (name == NONE)
		return false;
	read_record(table, name, key);
	return true;
}

enum status table_put(struct table *table, const struct table_key *key, int64_t keep_until)
{
	uint32_t name = find(table, key->user, SSH_FINGERPRINT_SHA256, &key->fingerprint);
	bool is_new = name == NONE;
	bool was_live = !is_new && is_live(table, name);
	struct slot *slot;

	if (is_new)
		name = add_record(table, key->user, key->fingerprint.sha256);
	if (name == NONE)
		return STATUS_TABLE_FULL;
	if (!write_entry(table, name, key)) {
		if (is_new)
			forget_record(table, name);
		return STATUS_TABLE_FULL;
	}
	slot = slot_of(table, name);
	slot->fingerprint = key->fingerprint;
	slot->signed_at = key->signed_at;
	slot->expire = key->expire;
	slot->keep_until = keep_until;
	if (!was_live) {
		link_user(table, name);
		link_index(table, name, SSH_FINGERPRINT_MD5);
	}
	note_end(table, name);
	return STATUS_OK;
}

enum status table_bury(struct table *table, size_t user, const uint8_t sha256[static 32], int64_t signed_at,
                       int64_t keep_until)
{
	struct ssh_fingerprint fingerprint = { 0 };
	uint32_t name;

	memcpy(fingerprint.sha256, sha256, sizeof(fingerprint.sha256));
	name = find(table, user, SSH_FINGERPRINT_SHA256, &fingerprint);
	if (name == NONE)
		name = add_record(table, user, sha256);
	if (name == NONE)
		return STATUS_TABLE_FULL;
	if (is_live(table, name))
		end_life(table, name);
	slot_of(table, name)->signed_at = signed_at;
	slot_of(table, name)->keep_until = keep_until;
	note_end(table, name);
	return STATUS_OK;
}

/* ---- time ---- */

int64_t table_next_end(const struct table *table)
{
	return table->next_end;
}

/* Deals with one slot of a sweep; true if a live key has ended. */
static bool sweep_slot(struct table *table, uint32_t name, int64_t now, struct table_key *expired)
{
	bool was_live = is_live(table, name);

	if (was_live && slot_of(table, name)->expire <= now) {
		read_record(table, name, expired);
		end_life(table, name);
	} else {
		was_live = false;
	}
	if (!is_live(table, name) && slot_of(table, name)->keep_until <= now)
		forget_record(table, name);
	else if (end_of(table, name) < table->next_end_found)
		table->next_end_found = end_of(table, name);
	return was_live;
}

bool table_sweep(struct table *table, int64_t now, uint32_t *position, struct table_key *expired)
{
	if (*position == 0)
		table->next_end_found = INT64_MAX;
	while (*position < table->untouched) {
		uint32_t name = ++*position;

		if (slot_of(table, name)->is_record && sweep_slot(table, name, now, expired))
			return true;
	}
	table->next_end = table->next_end_found;
	return false;
}

/* ---- walks ---- */

struct table_walk table_walk_user(size_t user)
{
	return (struct table_walk){ .user = user };
}

struct table_walk table_walk_all(void)
{
	return (struct table_walk){ .is_over_all = true };
}

/* The record of the user that follows the one met last, even if that one is gone or was added anew since. */
static uint32_t next_of_user(const struct table *table, const struct table_walk *walk)
{
	uint32_t name = table->users[walk->user].first;

	if (walk->sequence == 0)
		return name;
	if (slot_of(table, walk->last)->sequence == walk->sequence && is_live(table, walk->last))
		return slot_of(table, walk->last)->next;
	while (name != NONE && slot_of(table, name)->sequence <= walk->sequence)
		name = slot_of(table, name)->next;
	return name;
}

bool table_walk_next(const struct table *table, struct table_walk *walk, struct table_key *key)
{
	uint32_t name = next_of_user(table, walk);

	while (name == NONE && walk->is_over_all && walk->user + 1 < CONFIG_USERS) {
		walk->user++;
		walk->sequence = 0;
		name = next_of_user(table, walk);
	}
	if (name == NONE)
		return false;
	walk->last = name;
	walk->sequence = slot_of(table, name)->sequence;
	read_record(table, name, key);
	return true;
}

struct table_usage table_measure(const struct table *table)
{
	return (struct table_usage){
		.live = table->live,
		.remembered = table->records - table->live,
		.heap_used = table->heap.used - table->heap.garbage,
		.heap_size = table->heap.size,
	};
}
