#include "core/record.h"

#include <string.h>

/* What the heap holds for a live record; signers, line and reason follow. */
struct entry {
	int64_t deadline;
	uint16_t signer_count;
	uint16_t line_size, reason_size;
	uint16_t options_size, comment_size; /* of the line */
};

_Static_assert(CONFIG_KEY_ARENA_KB <= UINT32_MAX / 1024, "positions in the heap are 32 bits wide");
_Static_assert(SSH_KEY_LINE_MAX <= UINT16_MAX, "the size of a line is 16 bits wide");

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

uint32_t record_find(const struct table *table, size_t user, enum ssh_fingerprint_kind kind,
                     const struct ssh_fingerprint *fingerprint)
{
	uint32_t name = *bucket_of(table, user, kind, fingerprint);

	while (name != RECORD_NONE) {
		struct slot *slot = record_slot(table, name);

		if (slot->user == user && memcmp(digest_of(&slot->fingerprint, kind), digest_of(fingerprint, kind),
		                                 digest_size_of(kind)) == 0)
			break;
		name = *next_of(slot, kind);
	}
	return name;
}

static void link_index(struct table *table, uint32_t name, enum ssh_fingerprint_kind kind)
{
	struct slot *slot = record_slot(table, name);
	uint32_t *bucket = bucket_of(table, slot->user, kind, &slot->fingerprint);

	*next_of(slot, kind) = *bucket;
	*bucket = name;
}

static void unlink_index(struct table *table, uint32_t name, enum ssh_fingerprint_kind kind)
{
	struct slot *slot = record_slot(table, name);
	uint32_t *link = bucket_of(table, slot->user, kind, &slot->fingerprint);

	while (*link != name)
		link = next_of(record_slot(table, *link), kind);
	*link = *next_of(slot, kind);
}

/* ---- the lists of the users ---- */

static void link_user(struct table *table, uint32_t name)
{
	struct slot *slot = record_slot(table, name);
	struct user_list *list = &table->users[slot->user];

	slot->previous = list->last;
	slot->next = RECORD_NONE;
	slot->sequence = ++table->sequence;
	if (list->last != RECORD_NONE)
		record_slot(table, list->last)->next = name;
	else
		list->first = name;
	list->last = name;
	list->count++;
	table->live++;
}

static void unlink_user(struct table *table, uint32_t name)
{
	struct slot *slot = record_slot(table, name);
	struct user_list *list = &table->users[slot->user];

	if (slot->previous != RECORD_NONE)
		record_slot(table, slot->previous)->next = slot->next;
	else
		list->first = slot->next;
	if (slot->next != RECORD_NONE)
		record_slot(table, slot->next)->previous = slot->previous;
	else
		list->last = slot->previous;
	slot->sequence = 0;
	list->count--;
	table->live--;
}

/* ---- slots ---- */

static uint32_t take_slot(struct table *table)
{
	uint32_t name = table->free;

	if (name != RECORD_NONE)
		table->free = record_slot(table, name)->next_by_sha256;
	else if (table->untouched < CONFIG_KEYS)
		name = ++table->untouched;
	return name;
}

static void give_back_slot(struct table *table, uint32_t name)
{
	record_slot(table, name)->is_record = false;
	record_slot(table, name)->next_by_sha256 = table->free;
	table->free = name;
	table->records--;
}

uint32_t record_add(struct table *table, size_t user, const uint8_t sha256[static 32])
{
	uint32_t name = take_slot(table);

	if (name == RECORD_NONE)
		return RECORD_NONE;
	*record_slot(table, name) = (struct slot){ .is_record = true, .user = (uint32_t)user };
	memcpy(record_slot(table, name)->fingerprint.sha256, sha256, 32);
	link_index(table, name, SSH_FINGERPRINT_SHA256);
	table->records++;
	table->users[user].records++;
	return name;
}

void record_forget(struct table *table, uint32_t name)
{
	unlink_index(table, name, SSH_FINGERPRINT_SHA256);
	table->users[record_slot(table, name)->user].records--;
	give_back_slot(table, name);
}

/* ---- other numbers for the users ---- */

static void unlink_all(struct table *table)
{
	for (uint32_t name = 1; name <= table->untouched; name++) {
		if (!record_slot(table, name)->is_record)
			continue;
		unlink_index(table, name, SSH_FINGERPRINT_SHA256);
		if (record_is_live(table, name))
			unlink_index(table, name, SSH_FINGERPRINT_MD5);
	}
}

int64_t record_forgotten_at(const struct table *table, uint32_t name)
{
	int64_t signed_at = record_slot(table, name)->signed_at;

	return signed_at < table->newest_signature ? signed_at : table->newest_signature;
}

static void note_newer(int64_t *last, int64_t time)
{
	if (time > *last)
		*last = time;
}

void record_renumber_all(struct table *table, const uint32_t indices[static CONFIG_USERS])
{
	unlink_all(table);
	for (uint32_t name = 1; name <= table->untouched; name++) {
		struct slot *slot = record_slot(table, name);

		if (!slot->is_record)
			continue;
		slot->user = indices[slot->user];
		if (slot->user == TABLE_NO_USER) {
			note_newer(&table->new_user_floor, record_forgotten_at(table, name));
			give_back_slot(table, name);
			continue;
		}
		link_index(table, name, SSH_FINGERPRINT_SHA256);
		if (record_is_live(table, name))
			link_index(table, name, SSH_FINGERPRINT_MD5);
	}
}

/* ---- what is in the heap ---- */

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
	struct entry *entry = heap_put(&table->heap, name,
	                               sizeof(*entry) + signers_size + key->line.size + key->reason.size);
	uint8_t *to;

	if (!entry)
		return false;
	entry->deadline = key->deadline;
	entry->signer_count = (uint16_t)key->signer_count;
	entry->line_size = (uint16_t)key->line.size;
	entry->reason_size = (uint16_t)key->reason.size;
	entry->options_size = (uint16_t)key->options.size;
	entry->comment_size = (uint16_t)key->comment.size;
	to = append((uint8_t *)(entry + 1), span_of(key->signers, signers_size));
	to = append(to, key->line);
	append(to, key->reason);
	return true;
}

static const struct table_signer *signers_of(const struct entry *entry)
{
	return (const struct table_signer *)(entry + 1);
}

static const void *line_of(const struct entry *entry)
{
	return signers_of(entry) + entry->signer_count;
}

static void read_entry(const struct entry *entry, struct table_key *key)
{
	const uint8_t *end;

	key->line = span_of(line_of(entry), entry->line_size);
	key->options = span_of(line_of(entry), entry->options_size);
	end = key->line.data + key->line.size;
	key->is_live = true;
	key->deadline = entry->deadline;
	key->signers = signers_of(entry);
	key->signer_count = entry->signer_count;
	key->comment = span_of(end - entry->comment_size, entry->comment_size);
	key->reason = span_of(end, entry->reason_size);
}

void record_note_change(struct table *table, size_t user)
{
	table->users[user].is_changed = table->has_changes = true;
}

bool record_write(struct table *table, uint32_t name, const struct table_key *key)
{
	bool was_live = record_is_live(table, name);
	struct slot *slot = record_slot(table, name);

	if (!write_entry(table, name, key))
		return false;
	slot->signed_at = key->signed_at;
	slot->expire = key->expire;
	record_note_change(table, record_slot(table, name)->user);
	if (was_live)
		return true;
	memcpy(slot->fingerprint.md5, key->fingerprint.md5, sizeof(slot->fingerprint.md5));
	link_user(table, name);
	link_index(table, name, SSH_FINGERPRINT_MD5);
	return true;
}

void record_end_life(struct table *table, uint32_t name)
{
	record_note_change(table, record_slot(table, name)->user);
	unlink_user(table, name);
	unlink_index(table, name, SSH_FINGERPRINT_MD5);
	heap_drop(&table->heap, name);
}

int64_t record_deadline(const struct table *table, uint32_t name)
{
	const struct entry *entry = heap_get(&table->heap, name);

	return entry ? entry->deadline : 0;
}

void record_read_line(const struct table *table, uint32_t name, struct table_line *line)
{
	const struct entry *entry = heap_get(&table->heap, name);

	line->line = span_of(line_of(entry), entry->line_size);
	line->options_size = entry->options_size;
	line->expire = record_slot(table, name)->expire;
	line->deadline = entry->deadline;
}

void record_read(const struct table *table, uint32_t name, struct table_key *key)
{
	const struct slot *slot = record_slot(table, name);
	const struct entry *entry = heap_get(&table->heap, name);

	if (!entry)
		*key = (struct table_key){ 0 };
	key->user = slot->user;
	key->fingerprint = slot->fingerprint;
	key->signed_at = slot->signed_at;
	key->expire = slot->expire;
	if (entry)
		read_entry(entry, key);
}
