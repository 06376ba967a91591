#include "core/table.h"

#include "core/record.h"

#include <string.h>

size_t table_memory_size(void)
{
	const size_t padding = 6 * 16; /* an arena aligns each of the pieces */

	return sizeof(struct table) + CONFIG_KEY_ARENA_KB * (size_t)1024 + sizeof(uint32_t) + padding +
	       CONFIG_KEYS * (sizeof(struct slot) + 3 * sizeof(uint32_t));
}

struct table *table_start(struct arena *arena)
{
	struct table *table = arena_take(arena, sizeof(*table));

	if (!table || !heap_start(&table->heap, arena, CONFIG_KEY_ARENA_KB * (size_t)1024, CONFIG_KEYS + 1))
		return NULL;
	table->slots = arena_take(arena, CONFIG_KEYS * sizeof(struct slot));
	table->by_sha256 = arena_take(arena, CONFIG_KEYS * sizeof(uint32_t));
	table->by_md5 = arena_take(arena, CONFIG_KEYS * sizeof(uint32_t));
	table->next_end = table->next_deadline = INT64_MAX;
	return table->slots && table->by_sha256 && table->by_md5 ? table : NULL;
}

void table_tell_uptime(struct table *table, int64_t uptime)
{
	table->uptime = uptime;
}

int64_t table_uptime(const struct table *table)
{
	return table->uptime;
}

void table_note_signature(struct table *table, int64_t signed_at)
{
	if (signed_at > table->newest_signature)
		table->newest_signature = signed_at;
	if (signed_at > table_signed_clock(table))
		table->signed_clock = signed_at - table->uptime;
}

int64_t table_signed_clock(const struct table *table)
{
	return table->signed_clock + table->uptime;
}

size_t table_count_user_keys(const struct table *table, size_t user)
{
	return table->users[user].count;
}

size_t table_count_user_records(const struct table *table, size_t user)
{
	return table->users[user].records;
}

bool table_find(const struct table *table, size_t user, enum ssh_fingerprint_kind kind,
                const struct ssh_fingerprint *fingerprint, struct table_key *key)
{
	uint32_t name = record_find(table, user, kind, fingerprint);

	memset(key, 0, sizeof(*key));
	if (name == RECORD_NONE)
		return false;
	record_read(table, name, key);
	return true;
}

/* ---- changes ---- */

static void note_earlier(int64_t *first, int64_t time)
{
	if (time < *first)
		*first = time;
}

/* Sets how long the record is remembered. The next sweep must not come later than its end; a sweep under way may be
 * past it. */
static void set_keep_until(struct table *table, uint32_t name, int64_t keep_until)
{
	struct slot *slot = record_slot(table, name);
	int64_t end = record_is_live(table, name) ? slot->expire : keep_until;
	int64_t deadline = record_deadline(table, name);

	slot->keep_until = keep_until;
	note_earlier(&table->next_end, end);
	note_earlier(&table->next_end_found, end);
	if (deadline == 0)
		return;
	note_earlier(&table->next_deadline, deadline);
	note_earlier(&table->next_deadline_found, deadline);
}

enum status table_put(struct table *table, const struct table_key *key, int64_t keep_until)
{
	uint32_t name = record_find(table, key->user, SSH_FINGERPRINT_SHA256, &key->fingerprint);
	bool is_new = name == RECORD_NONE;

	if (is_new)
		name = record_add(table, key->user, key->fingerprint.sha256);
	if (name == RECORD_NONE)
		return STATUS_TABLE_FULL;
	if (!record_write(table, name, key)) {
		if (is_new)
			record_forget(table, name);
		return STATUS_TABLE_FULL;
	}
	set_keep_until(table, name, keep_until);
	return STATUS_OK;
}

enum status table_bury(struct table *table, size_t user, const uint8_t sha256[static 32], int64_t signed_at,
                       int64_t keep_until)
{
	struct ssh_fingerprint fingerprint = { 0 };
	uint32_t name;

	memcpy(fingerprint.sha256, sha256, sizeof(fingerprint.sha256));
	name = record_find(table, user, SSH_FINGERPRINT_SHA256, &fingerprint);
	if (name == RECORD_NONE)
		name = record_add(table, user, sha256);
	if (name == RECORD_NONE)
		return STATUS_TABLE_FULL;
	if (record_is_live(table, name))
		record_end_life(table, name);
	record_slot(table, name)->signed_at = signed_at;
	set_keep_until(table, name, keep_until);
	return STATUS_OK;
}

/* ---- time ---- */

int64_t table_next_end(const struct table *table)
{
	return table->uptime >= table->next_deadline ? 0 : table->next_end;
}

static bool is_over(const struct table *table, int64_t expire, int64_t deadline, int64_t now)
{
	return expire <= now || (deadline != 0 && deadline <= table->uptime);
}

bool table_key_has_ended(const struct table *table, const struct table_key *key, int64_t now)
{
	return is_over(table, key->expire, key->deadline, now);
}

static void forget(struct table *table, uint32_t name)
{
	struct user_list *list = &table->users[record_slot(table, name)->user];
	int64_t forgotten_at = record_forgotten_at(table, name);

	if (forgotten_at > list->floor)
		list->floor = forgotten_at;
	record_forget(table, name);
}

/* Deals with one record of a sweep; true if a live key has ended. */
static bool sweep_record(struct table *table, uint32_t name, int64_t now, struct table_key *expired)
{
	const struct slot *slot = record_slot(table, name);
	bool is_live = record_is_live(table, name), has_ended = false;
	int64_t end;

	if (is_live) {
		record_read(table, name, expired);
		has_ended = table_key_has_ended(table, expired, now);
	}
	if (has_ended)
		record_end_life(table, name);
	else if (is_live && expired->deadline != 0)
		note_earlier(&table->next_deadline_found, expired->deadline);
	end = is_live && !has_ended ? slot->expire : slot->keep_until;
	if (end <= now)
		forget(table, name);
	else
		note_earlier(&table->next_end_found, end);
	return has_ended;
}

bool table_sweep(struct table *table, int64_t now, uint32_t *position, struct table_key *expired)
{
	if (*position == 0)
		table->next_end_found = table->next_deadline_found = INT64_MAX;
	while (*position < table->untouched) {
		uint32_t name = ++*position;

		if (record_slot(table, name)->is_record && sweep_record(table, name, now, expired))
			return true;
	}
	table->next_end = table->next_end_found;
	table->next_deadline = table->next_deadline_found;
	return false;
}

/* ---- what has changed ---- */

bool table_take_changed(struct table *table, size_t *user)
{
	for (size_t i = 0; table->has_changes && i < CONFIG_USERS; i++) {
		*user = table->next_changed;
		table->next_changed = (*user + 1) % CONFIG_USERS;
		if (!table->users[*user].is_changed)
			continue;
		table->users[*user].is_changed = false;
		return true;
	}
	table->has_changes = false;
	return false;
}

void table_note_change(struct table *table, size_t user)
{
	record_note_change(table, user);
}

/* ---- a new configuration ---- */

int64_t table_floor(const struct table *table, size_t user)
{
	return table->users[user].floor;
}

void table_keep_longer(struct table *table, int64_t longer)
{
	for (uint32_t name = 1; name <= table->untouched; name++)
		record_slot(table, name)->keep_until += longer;
}

/* Did anybody have this number before? */
static bool is_new_user(const uint32_t indices[static CONFIG_USERS], size_t index)
{
	for (size_t user = 0; user < CONFIG_USERS; user++)
		if (indices[user] == index)
			return false;
	return true;
}

void table_renumber(struct table *table, const uint32_t indices[static CONFIG_USERS])
{
	memcpy(table->before, table->users, sizeof(table->users));
	memset(table->users, 0, sizeof(table->users));
	table->numbering++;
	record_renumber_all(table, indices);
	for (size_t user = 0; user < CONFIG_USERS; user++)
		if (indices[user] == TABLE_NO_USER && table->before[user].floor > table->new_user_floor)
			table->new_user_floor = table->before[user].floor;
	for (size_t user = 0; user < CONFIG_USERS; user++) {
		if (indices[user] != TABLE_NO_USER)
			table->users[indices[user]] = table->before[user];
		if (is_new_user(indices, user))
			table->users[user].floor = table->new_user_floor;
	}
	for (size_t user = 0; user < CONFIG_USERS; user++)
		table_note_change(table, user);
}

/* ---- walks ---- */

struct table_walk table_walk_user(size_t user)
{
	return (struct table_walk){ .place.user = (uint32_t)user };
}

struct table_walk table_walk_all(void)
{
	return (struct table_walk){ .is_over_all = true };
}

/* The record of the user that follows the one met last, even if that one is gone or was added anew since. */
static uint32_t next_of_user(const struct table *table, const struct table_place *place)
{
	uint32_t name = table->users[place->user].first;

	if (place->sequence == 0)
		return name;
	if (record_slot(table, place->last)->sequence == place->sequence)
		return record_slot(table, place->last)->next;
	while (name != RECORD_NONE && record_slot(table, name)->sequence <= place->sequence)
		name = record_slot(table, name)->next;
	return name;
}

/* Goes on to the next record, or RECORD_NONE. */
static uint32_t walk_on(const struct table *table, struct table_walk *walk)
{
	struct table_place *place = &walk->place;
	uint32_t name;

	if (place->sequence == 0 && place->last == RECORD_NONE)
		walk->numbering = table->numbering;
	if (walk->numbering != table->numbering)
		return RECORD_NONE;
	name = next_of_user(table, place);
	while (name == RECORD_NONE && walk->is_over_all && place->user + 1 < CONFIG_USERS) {
		place->user++;
		place->sequence = 0;
		name = next_of_user(table, place);
	}
	if (name == RECORD_NONE)
		return RECORD_NONE;
	place->last = name;
	place->sequence = record_slot(table, name)->sequence;
	return name;
}

bool table_walk_next(const struct table *table, struct table_walk *walk, struct table_key *key)
{
	const uint32_t name = walk_on(table, walk);

	if (name == RECORD_NONE)
		return false;
	record_read(table, name, key);
	return true;
}

bool table_walk_next_line(const struct table *table, struct table_walk *walk, int64_t now, struct table_line *line)
{
	uint32_t name;

	do {
		name = walk_on(table, walk);
		if (name == RECORD_NONE)
			return false;
		record_read_line(table, name, line);
	} while (is_over(table, line->expire, line->deadline, now));
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
