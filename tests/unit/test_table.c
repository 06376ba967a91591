#include "core/table.h"

#include "base/kconfig.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LATE = 1000000 }; /* seconds: after everything here */

static struct arena arena;
static struct table *table;

static int start(void **state)
{
	size_t size = table_memory_size();

	(void)state;
	arena = arena_of(calloc(1, size), size);
	table = table_start(&arena);
	return table ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	free(arena.data);
	return 0;
}

/* Digests with few different starts, so that buckets are shared: number i of a test. */
static struct ssh_fingerprint fingerprint_of(uint32_t i)
{
	struct ssh_fingerprint fingerprint = { { (uint8_t)(i % 8) }, { (uint8_t)(i % 4) } };

	memcpy(fingerprint.sha256 + 28, &i, sizeof(i));
	memcpy(fingerprint.md5 + 12, &i, sizeof(i));
	return fingerprint;
}

static uint8_t filler[SSH_KEY_LINE_MAX];

static struct table_signer signers[256]; /* each another */

/* A key whose parts show which one it is. */
static struct table_key key_of(size_t user, uint32_t i, int64_t signed_at, int64_t expire)
{
	const struct span line = SPAN("restrict ssh-ed25519 AAAA comment");
	struct table_key key = {
		.user = user,
		.line = line,
		.options = span_first(line, 8),
		.comment = span_skip(line, line.size - 7),
		.fingerprint = fingerprint_of(i),
		.is_live = true,
		.signed_at = signed_at,
		.expire = expire,
		.reason = SPAN("reason"),
		.signers = &signers[i % 250],
		.signer_count = 1,
	};

	return key;
}

/* Is the same known of both? */
static void check_key(const struct table_key *actual, const struct table_key *expected)
{
	assert_int_equal(actual->user, expected->user);
	assert_memory_equal(&actual->fingerprint, &expected->fingerprint, sizeof(actual->fingerprint));
	assert_int_equal(actual->is_live, expected->is_live);
	assert_int_equal(actual->signed_at, expected->signed_at);
	assert_int_equal(actual->expire, expected->expire);
	assert_true(span_equal(actual->line, expected->line));
	assert_true(span_equal(actual->options, expected->options));
	assert_true(span_equal(actual->comment, expected->comment));
	assert_true(span_equal(actual->reason, expected->reason));
	assert_int_equal(actual->signer_count, expected->signer_count);
	assert_memory_equal(actual->signers, expected->signers, expected->signer_count * sizeof(actual->signers[0]));
}

static bool find(size_t user, uint32_t i, enum ssh_fingerprint_kind kind, struct table_key *found)
{
	struct ssh_fingerprint fingerprint = fingerprint_of(i);

	/* the other digest says nothing */
	if (kind == SSH_FINGERPRINT_SHA256)
		memset(fingerprint.md5, 0xff, sizeof(fingerprint.md5));
	else
		memset(fingerprint.sha256, 0xff, sizeof(fingerprint.sha256));
	return table_find(table, user, kind, &fingerprint, found);
}

static bool is_live(size_t user, uint32_t i)
{
	struct table_key found;
	bool by_sha256 = find(user, i, SSH_FINGERPRINT_SHA256, &found) && found.is_live;
	bool by_md5 = find(user, i, SSH_FINGERPRINT_MD5, &found);

	assert_int_equal(by_sha256, by_md5);
	assert_int_equal(by_md5, found.is_live);
	return by_sha256;
}

static enum status bury(size_t user, uint32_t i, int64_t signed_at, int64_t keep_until)
{
	return table_bury(table, user, fingerprint_of(i).sha256, signed_at, keep_until);
}

static size_t sweep(int64_t now)
{
	struct table_key expired;
	uint32_t position = 0;
	size_t count = 0;

	while (table_sweep(table, now, &position, &expired)) {
		assert_true(expired.is_live && expired.expire <= now);
		count++;
	}
	return count;
}

static size_t count_walk(struct table_walk walk)
{
	struct table_key key;
	size_t count = 0;

	while (table_walk_next(table, &walk, &key))
		count++;
	return count;
}

static void test_memory(void **state)
{
	size_t size = table_memory_size();
	uint8_t *memory = calloc(1, size);
	struct arena small = arena_of(memory, size / 2);

	(void)state;
	assert_null(table_start(&small));
	small = arena_of(memory, size);
	assert_non_null(table_start(&small));
	assert_true(size - small.used < 256);
	free(memory);
}

static void test_put_and_find(void **state)
{
	struct table_key key = key_of(0, 1, 100, 200), found;

	(void)state;
	assert_false(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	assert_int_equal(found.line.size, 0);
	assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	assert_true(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	check_key(&found, &key);
	assert_true(find(0, 1, SSH_FINGERPRINT_MD5, &found));
	check_key(&found, &key);
	assert_false(find(1, 1, SSH_FINGERPRINT_SHA256, &found)); /* another user's */
	assert_false(find(1, 1, SSH_FINGERPRINT_MD5, &found));
	assert_false(find(0, 2, SSH_FINGERPRINT_SHA256, &found));
	/* the same key of another user is another record */
	key = key_of(1, 1, 101, 201);
	assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	assert_int_equal(table_measure(table).live, 2);
	assert_int_equal(table_count_user_keys(table, 0), 1);
	assert_int_equal(bury(1, 1, 102, 300), STATUS_OK);
	assert_true(is_live(0, 1));
	assert_false(is_live(1, 1));
}

static void test_renew(void **state)
{
	struct table_key key = key_of(0, 1, 100, 200), other = key_of(0, 2, 100, 200), found;
	struct table_walk walk;

	(void)state;
	assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	assert_int_equal(table_put(table, &other, 300), STATUS_OK);
	key.signed_at = 150;
	key.expire = 400;
	key.line = SPAN("ssh-rsa AAAA a longer comment than before");
	key.options.size = 0;
	key.comment = span_skip(key.line, 13);
	key.reason = (struct span){ 0 };
	assert_int_equal(table_put(table, &key, 500), STATUS_OK);
	assert_true(find(0, 1, SSH_FINGERPRINT_MD5, &found));
	check_key(&found, &key);
	assert_int_equal(table_count_user_keys(table, 0), 2);
	assert_int_equal(table_measure(table).live, 2);
	/* it keeps its place */
	walk = table_walk_user(0);
	assert_true(table_walk_next(table, &walk, &found));
	check_key(&found, &key);
}

static void test_tombstone(void **state)
{
	struct table_key key = key_of(0, 1, 100, 200), found;

	(void)state;
	assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	assert_int_equal(bury(0, 1, 150, 400), STATUS_OK);
	assert_false(is_live(0, 1));
	assert_true(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	assert_int_equal(found.signed_at, 150);
	assert_int_equal(found.line.size, 0);
	assert_int_equal(found.signer_count, 0);
	assert_int_equal(table_count_user_keys(table, 0), 0);
	assert_int_equal(table_measure(table).remembered, 1);
	assert_int_equal(table_measure(table).heap_used, 0);
	assert_int_equal(bury(0, 1, 160, 410), STATUS_OK); /* again, later */
	assert_true(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	assert_int_equal(found.signed_at, 160);
	assert_int_equal(table_next_end(table), 200); /* early is allowed */
	assert_int_equal(sweep(409), 0);
	assert_true(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	assert_int_equal(table_next_end(table), 410);
	assert_int_equal(sweep(410), 0);
	assert_false(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	assert_int_equal(table_next_end(table), INT64_MAX);
	/* one of a key that was never there, and then the key */
	assert_int_equal(bury(0, 1, 500, 600), STATUS_OK);
	assert_false(is_live(0, 1));
	key.signed_at = 501;
	assert_int_equal(table_put(table, &key, 700), STATUS_OK);
	assert_true(is_live(0, 1));
	assert_int_equal(table_measure(table).remembered, 0);
}

/* What ends is handed out once, with all that it was; then it is remembered, then forgotten. */
static void test_sweep(void **state)
{
	struct table_key key = key_of(0, 1, 100, 200), long_lived = key_of(0, 2, 100, 5000), expired, found;
	uint32_t position = 0;

	(void)state;
	assert_int_equal(table_next_end(table), INT64_MAX);
	assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	assert_int_equal(table_put(table, &long_lived, 300), STATUS_OK);
	assert_int_equal(table_next_end(table), 200);
	assert_int_equal(sweep(199), 0);
	assert_true(table_sweep(table, 200, &position, &expired));
	check_key(&expired, &key);
	assert_false(table_sweep(table, 200, &position, &expired));
	assert_false(is_live(0, 1));
	assert_true(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	assert_int_equal(found.signed_at, 100);
	assert_int_equal(table_next_end(table), 300);
	assert_int_equal(sweep(300), 0);
	assert_false(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	assert_true(is_live(0, 2)); /* lives on, long after its requests are too old */
	assert_int_equal(table_next_end(table), 5000);
	assert_int_equal(sweep(LATE), 1); /* at once ended and forgotten */
	assert_int_equal(table_measure(table).live + table_measure(table).remembered, 0);
}

/* What comes in between two steps of a sweep is not overlooked by the next one. */
static void test_sweep_while_changing(void **state)
{
	struct table_key keys[] = { key_of(0, 1, 0, 100), key_of(0, 2, 0, 100), key_of(0, 3, 0, 100) }, expired, late;
	uint32_t position = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(table_put(table, &keys[i], 50), STATUS_OK);
	assert_true(table_sweep(table, 100, &position, &expired)); /* its slot is free again, and behind the sweep */
	late = key_of(0, 4, 0, 150);
	assert_int_equal(table_put(table, &late, 50), STATUS_OK);
	while (table_sweep(table, 100, &position, &expired))
		;
	assert_true(table_next_end(table) <= 150);
	assert_int_equal(sweep(150), 1);
	/* a sweep that is given up is begun again */
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(table_put(table, &keys[i], 50), STATUS_OK);
	position = 0;
	assert_true(table_sweep(table, 200, &position, &expired));
	assert_true(table_next_end(table) <= 200);
	assert_int_equal(sweep(200), 2);
}

/* Each slot is filled, the next one is refused and nothing is lost; then all of them end. */
static void test_full_of_slots(void **state)
{
	struct table_key one_more = key_of(0, CONFIG_KEYS, 100, 200), found;
	struct table_usage before, after;

	(void)state;
	if ((size_t)CONFIG_KEYS * 160 > (size_t)CONFIG_KEY_ARENA_KB * 1024 / 8 * 7)
		skip();
	for (uint32_t i = 0; i < CONFIG_KEYS; i++) {
		struct table_key key = key_of(i % CONFIG_USERS, i, 100, 200 + i % 7);

		memcpy(key.fingerprint.sha256, &i, sizeof(i)); /* well spread, as real ones are */
		memcpy(key.fingerprint.md5, &i, sizeof(i));
		assert_int_equal(table_put(table, &key, 150), STATUS_OK);
	}
	before = table_measure(table);
	assert_int_equal(before.live, CONFIG_KEYS);
	assert_int_equal(table_put(table, &one_more, 150), STATUS_TABLE_FULL);
	assert_int_equal(bury(0, CONFIG_KEYS, 100, 150), STATUS_TABLE_FULL);
	after = table_measure(table);
	assert_memory_equal(&before, &after, sizeof(before));
	for (uint32_t i = 0; i < CONFIG_KEYS; i++) {
		struct table_key expected = key_of(i % CONFIG_USERS, i, 100, 200 + i % 7);

		memcpy(expected.fingerprint.sha256, &i, sizeof(i));
		memcpy(expected.fingerprint.md5, &i, sizeof(i));
		assert_true(table_find(table, expected.user, SSH_FINGERPRINT_SHA256, &expected.fingerprint, &found));
		check_key(&found, &expected);
		assert_true(table_find(table, expected.user, SSH_FINGERPRINT_MD5, &expected.fingerprint, &found));
		check_key(&found, &expected);
	}
	assert_int_equal(count_walk(table_walk_all()), CONFIG_KEYS);
	for (int64_t now = 200; now < 207; now++) {
		size_t expected = 0;

		for (uint32_t i = 0; i < CONFIG_KEYS; i++)
			expected += 200 + i % 7 == now;
		assert_int_equal(table_next_end(table), now);
		assert_int_equal(sweep(now), expected);
	}
	assert_int_equal(table_measure(table).live + table_measure(table).remembered, 0);
	assert_int_equal(table_put(table, &one_more, 150), STATUS_OK);
}

/* Keys of the largest size fill the heap long before the slots. */
static void test_full_of_bytes(void **state)
{
	struct table_key key = key_of(0, 0, 100, 200), found;
	uint32_t count = 0;

	(void)state;
	key.line = span_of(filler, SSH_KEY_LINE_MAX);
	key.comment = span_of(filler, SSH_KEY_COMMENT_MAX);
	key.reason = span_of(filler, TABLE_REASON_MAX);
	key.signer_count = TABLE_SIGNERS_MAX;
	for (;; count++) {
		key.fingerprint = fingerprint_of(count);
		if (table_put(table, &key, 300) != STATUS_OK)
			break;
	}
	assert_true(count > 1 && count < CONFIG_KEYS);
	assert_true((size_t)count * 4600 > (size_t)CONFIG_KEY_ARENA_KB * 1024 / 8 * 7 - 9200);
	assert_int_equal(table_measure(table).live, count);
	assert_int_equal(table_measure(table).remembered, 0); /* no half of a record is left */
	for (uint32_t i = 0; i < count; i++)
		assert_true(is_live(0, i));
	/* to renew one is refused, too, and changes nothing */
	key.fingerprint = fingerprint_of(1);
	key.signed_at = 101;
	assert_int_equal(table_put(table, &key, 400), STATUS_TABLE_FULL);
	assert_true(find(0, 1, SSH_FINGERPRINT_SHA256, &found));
	assert_int_equal(found.signed_at, 100);
	/* a removal always has room */
	assert_int_equal(bury(0, 1, 102, 400), STATUS_OK);
	assert_int_equal(table_put(table, &key, 400), STATUS_OK);
	assert_true(is_live(0, 1));
}

/* The smallest table holds so many records. */
static void skip_if_small(unsigned records)
{
	if (CONFIG_KEYS < records)
		skip();
}

static void test_walks(void **state)
{
	struct table_key key, found;
	struct table_walk walk = table_walk_user(2);

	(void)state;
	skip_if_small(30);
	assert_int_equal(count_walk(table_walk_all()), 0);
	for (uint32_t i = 0; i < 30; i++) {
		key = key_of(i % 3, i, 100 + i, 1000);
		assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	}
	assert_int_equal(count_walk(table_walk_user(0)), 10);
	assert_int_equal(count_walk(table_walk_user(CONFIG_USERS - 1)), CONFIG_USERS > 3 ? 0 : 10);
	assert_int_equal(count_walk(table_walk_all()), 30);
	for (uint32_t i = 2; table_walk_next(table, &walk, &found); i += 3) {
		assert_int_equal(found.user, 2);
		assert_int_equal(found.signed_at, 100 + i); /* in order */
		assert_int_equal(bury(2, i, 200, LATE), STATUS_OK); /* the one just met goes away */
		if (i == 2) /* and the next one, too */
			assert_int_equal(bury(2, 5, 200, LATE), STATUS_OK);
		if (i == 2)
			i = 5;
	}
	assert_int_equal(table_count_user_keys(table, 2), 0);
	assert_false(table_walk_next(table, &walk, &found)); /* the end stays the end */
}

/* A walk that stands on a record whose slot another user's key has got meanwhile. */
static void test_walk_on_reused_slot(void **state)
{
	struct table_key first = key_of(0, 1, 0, 100), second = key_of(0, 2, 0, 1000), found;
	struct table_walk walk = table_walk_user(0);

	(void)state;
	assert_int_equal(table_put(table, &first, 50), STATUS_OK);
	assert_int_equal(table_put(table, &second, 50), STATUS_OK);
	assert_true(table_walk_next(table, &walk, &found));
	assert_int_equal(sweep(100), 1); /* the first is gone, and forgotten */
	first = key_of(1, 3, 0, 1000);
	assert_int_equal(table_put(table, &first, 50), STATUS_OK); /* in its slot */
	assert_true(table_walk_next(table, &walk, &found));
	check_key(&found, &second);
	assert_false(table_walk_next(table, &walk, &found));
}

/* ---- against a naive model ---- */

enum { MODEL_USERS = 3, MODEL_KEYS = 150, MODEL_SIZE = MODEL_USERS * MODEL_KEYS, STEPS = 150000 };

enum model_state { MODEL_NONE, MODEL_TOMBSTONE, MODEL_LIVE };

static struct model {
	enum model_state state;
	struct table_key key;
	int64_t keep_until;
	uint64_t born; /* step in which it came to life */
	unsigned met;  /* by the walk under way */
} model[MODEL_SIZE];

static struct model *model_of(size_t user, uint32_t i)
{
	return &model[user * MODEL_KEYS + i];
}

static void model_check_record(size_t user, uint32_t i)
{
	const struct model *record = model_of(user, i);
	struct table_key found;
	bool is_known = find(user, i, SSH_FINGERPRINT_SHA256, &found);

	assert_int_equal(is_known, record->state != MODEL_NONE);
	if (record->state == MODEL_LIVE)
		check_key(&found, &record->key);
	if (record->state == MODEL_TOMBSTONE) {
		assert_false(found.is_live);
		assert_int_equal(found.signed_at, record->key.signed_at);
	}
	assert_int_equal(is_live(user, i), record->state == MODEL_LIVE);
}

static void model_put(struct random *random, size_t user, uint32_t i, int64_t now, uint64_t step)
{
	struct model *record = model_of(user, i);
	struct table_key key = key_of(user, i, now, now + 1 + random_below(random, 300));
	int64_t keep_until = now + random_below(random, 200);
	bool is_large = random_below(random, 9) == 0;

	key.line = span_of(filler + random_below(random, 100), 20 + random_below(random, is_large ? 2900 : 300));
	key.options = span_first(key.line, random_below(random, 21));
	key.comment = span_skip(key.line, key.line.size - 1 - random_below(random, 20));
	key.reason = span_of(filler + 7, random_below(random, TABLE_REASON_MAX + 1));
	key.signer_count = random_below(random, 3);
	key.signers = &signers[step % 250];
	if (table_put(table, &key, keep_until) == STATUS_TABLE_FULL) {
		struct table_usage usage = table_measure(table);

		assert_true(usage.heap_used + 4096 > usage.heap_size / 8 * 7);
		return;
	}
	if (record->state != MODEL_LIVE) {
		record->born = step;
		record->met = 0;
	}
	record->state = MODEL_LIVE;
	record->key = key;
	record->keep_until = keep_until;
}

static void model_bury(struct random *random, size_t user, uint32_t i, int64_t now)
{
	struct model *record = model_of(user, i);

	record->state = MODEL_TOMBSTONE;
	record->key.signed_at = now;
	record->keep_until = now + random_below(random, 200);
	assert_int_equal(bury(user, i, now, record->keep_until), STATUS_OK);
}

static void model_sweep(int64_t now)
{
	struct table_key expired;
	uint32_t position = 0, i;
	bool must_sweep = false;

	for (size_t at = 0; at < MODEL_SIZE; at++)
		must_sweep = must_sweep || (model[at].state == MODEL_LIVE && model[at].key.expire <= now) ||
		             (model[at].state == MODEL_TOMBSTONE && model[at].keep_until <= now);
	assert_true(!must_sweep || table_next_end(table) <= now);
	if (table_next_end(table) > now)
		return;
	while (table_sweep(table, now, &position, &expired)) {
		memcpy(&i, expired.fingerprint.sha256 + 28, sizeof(i));
		check_key(&expired, &model_of(expired.user, i)->key);
		assert_int_equal(model_of(expired.user, i)->state, MODEL_LIVE);
		model_of(expired.user, i)->state = MODEL_TOMBSTONE;
	}
	for (size_t at = 0; at < MODEL_SIZE; at++) {
		assert_true(model[at].state != MODEL_LIVE || model[at].key.expire > now);
		if (model[at].state == MODEL_TOMBSTONE && model[at].keep_until <= now)
			model[at].state = MODEL_NONE;
	}
}

/* One step of a walk over all that goes on while everything changes. At its end each key that lived all the time was
 * met once. */
static void model_walk(struct table_walk *walk, uint64_t *walk_start, uint64_t step)
{
	struct table_key key;
	uint32_t i;

	if (table_walk_next(table, walk, &key)) {
		memcpy(&i, key.fingerprint.sha256 + 28, sizeof(i));
		check_key(&key, &model_of(key.user, i)->key);
		assert_int_equal(++model_of(key.user, i)->met, 1);
		return;
	}
	for (size_t at = 0; at < MODEL_SIZE; at++) {
		if (model[at].state == MODEL_LIVE && model[at].born < *walk_start)
			assert_int_equal(model[at].met, 1);
		model[at].met = 0;
	}
	*walk = table_walk_all();
	*walk_start = step;
}

static void model_check_all(void)
{
	struct table_usage usage = table_measure(table);
	size_t live[MODEL_USERS] = { 0 }, remembered = 0;

	for (size_t user = 0; user < MODEL_USERS; user++) {
		for (uint32_t i = 0; i < MODEL_KEYS; i++) {
			model_check_record(user, i);
			live[user] += model_of(user, i)->state == MODEL_LIVE;
			remembered += model_of(user, i)->state == MODEL_TOMBSTONE;
		}
		assert_int_equal(table_count_user_keys(table, user), live[user]);
		assert_int_equal(count_walk(table_walk_user(user)), live[user]);
	}
	assert_int_equal(usage.live, live[0] + live[1] + live[2]);
	assert_int_equal(usage.remembered, remembered);
}

static void test_model(void **state)
{
	struct random random = { 42 };
	struct table_walk walk = table_walk_all();
	uint64_t walk_start = 0;
	int64_t now = 1000;

	(void)state;
	skip_if_small(450);
	memset(model, 0, sizeof(model));
	for (uint64_t step = 1; step <= STEPS; step++) {
		size_t user = random_below(&random, MODEL_USERS);
		uint32_t i = random_below(&random, MODEL_KEYS);

		switch (random_below(&random, 8)) {
		case 0:
		case 1:
		case 2:
			model_put(&random, user, i, now, step);
			break;
		case 3:
			model_bury(&random, user, i, now);
			break;
		case 4:
			now += random_below(&random, 4);
			model_sweep(now);
			break;
		case 5:
		case 6:
			model_walk(&walk, &walk_start, step);
			break;
		default:
			model_check_record(user, i);
		}
		if (step % 500 == 0)
			model_check_all();
	}
	assert_true(walk_start > 0);
	model_sweep(now + LATE);
	model_check_all();
	assert_int_equal(table_measure(table).live + table_measure(table).remembered, 0);
}

/* Users 0 to 4 become 3, 4, 0, nobody, 1; whoever is number 2 then is new. Each has a live key and a tombstone. */
static void test_renumber(void **state)
{
	static const uint32_t becomes[] = { 3, 4, 0, TABLE_NO_USER, 1 };
	struct table_walk walk = table_walk_user(0), all = table_walk_all();
	uint32_t indices[CONFIG_USERS];
	struct table_key key;

	(void)state;
	skip_if_small(20);
	table_note_signature(table, 1000);
	for (uint32_t user = 0; user < CONFIG_USERS; user++)
		indices[user] = user < 5 ? becomes[user] : TABLE_NO_USER;
	for (uint32_t user = 0; user < 5; user++) {
		for (uint32_t i = 0; i < 3; i++) {
			key = key_of(user, 10 * user + i, 100 + user, 200 + i);
			assert_int_equal(table_put(table, &key, 300), STATUS_OK);
		}
		assert_int_equal(bury(user, 10 * user, 150 + user, 300), STATUS_OK);
	}
	assert_true(table_walk_next(table, &walk, &key) && table_walk_next(table, &all, &key));
	assert_int_equal(bury(3, 31, 140, 300), STATUS_OK);
	assert_int_equal(bury(3, 32, 141, 300), STATUS_OK);
	table_renumber(table, indices);
	/* a walk that began before never meets the keys of others */
	assert_false(table_walk_next(table, &walk, &key) || table_walk_next(table, &all, &key));
	assert_int_equal(table_measure(table).live, 8);
	assert_int_equal(table_measure(table).remembered, 4);
	for (uint32_t user = 0; user < 5; user++) {
		const uint32_t now = becomes[user];

		if (now == TABLE_NO_USER)
			continue;
		assert_int_equal(table_count_user_keys(table, now), 2);
		assert_int_equal(table_count_user_records(table, now), 3);
		assert_true(is_live(now, 10 * user + 1) && is_live(now, 10 * user + 2));
		assert_true(find(now, 10 * user, SSH_FINGERPRINT_SHA256, &key) && !key.is_live);
		assert_int_equal(key.signed_at, 150 + user);
		walk = table_walk_user(now);
		assert_true(table_walk_next(table, &walk, &key));
		assert_int_equal(key.user, now);
		assert_int_equal(key.expire, 201); /* in the order in which they came */
		assert_int_equal(table_floor(table, now), 0);
	}
	assert_false(find(3, 31, SSH_FINGERPRINT_SHA256, &key) || is_live(3, 32));
	assert_int_equal(table_count_user_records(table, 2), 0);
	assert_int_equal(table_floor(table, 2), 153); /* the newest signature of him who is gone */
	assert_int_equal(sweep(LATE), 8);
	assert_int_equal(table_measure(table).remembered, 0);
}

static void test_kept_longer(void **state)
{
	struct table_key key = key_of(0, 1, 100, 200), found;

	(void)state;
	assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	assert_int_equal(bury(0, 2, 100, 300), STATUS_OK);
	table_keep_longer(table, 1000);
	assert_int_equal(sweep(1299), 1);
	assert_true(find(0, 1, SSH_FINGERPRINT_SHA256, &found) && find(0, 2, SSH_FINGERPRINT_SHA256, &found));
	assert_int_equal(sweep(1300), 0);
	assert_false(find(0, 1, SSH_FINGERPRINT_SHA256, &found) || find(0, 2, SSH_FINGERPRINT_SHA256, &found));
}

/* What is forgotten leaves the time of its signature behind, but none that is newer than all that was taken. */
static void test_floor(void **state)
{
	(void)state;
	table_note_signature(table, 120);
	table_note_signature(table, 110);
	assert_int_equal(bury(0, 1, 100, 300), STATUS_OK);
	assert_int_equal(bury(0, 2, 90, 300), STATUS_OK);
	assert_int_equal(bury(1, 2, 5000, 400), STATUS_OK);
	sweep(299);
	assert_int_equal(table_floor(table, 0), 0);
	sweep(300);
	assert_int_equal(table_floor(table, 0), 100);
	assert_int_equal(table_floor(table, 1), 0);
	sweep(400);
	assert_int_equal(table_floor(table, 0), 100);
	assert_int_equal(table_floor(table, 1), 120);
}

/* A deadline ends a key by the table's uptime, whatever the clock says. */
static void test_deadline(void **state)
{
	uint32_t position = 0;
	struct table_key expired, first = key_of(0, 1, 100, 200), second = key_of(0, 2, 100, 200);

	(void)state;
	first.deadline = 50;
	second.deadline = 60;
	assert_int_equal(table_put(table, &second, 300), STATUS_OK);
	assert_int_equal(table_put(table, &first, 300), STATUS_OK);
	table_tell_uptime(table, 49);
	assert_int_equal(table_next_end(table), 200);
	assert_false(table_sweep(table, 10, &position, &expired));
	table_tell_uptime(table, 50);
	assert_int_equal(table_next_end(table), 0);
	position = 0;
	assert_true(table_sweep(table, 10, &position, &expired));
	assert_false(table_sweep(table, 10, &position, &expired));
	assert_int_equal(table_next_end(table), 200);
	table_tell_uptime(table, 60);
	assert_int_equal(table_next_end(table), 0);
	position = 0;
	assert_true(table_sweep(table, 10, &position, &expired));
	assert_false(table_sweep(table, 10, &position, &expired));
	assert_int_equal(table_next_end(table), 300);
}

/* Takes all users that have changed: a bit for each. */
static uint64_t take_changed(void)
{
	uint64_t changed = 0;
	size_t user;

	while (table_take_changed(table, &user))
		changed |= UINT64_C(1) << user;
	return changed;
}

static void test_changed(void **state)
{
	static const uint32_t becomes[] = { 1, 0 };
	uint32_t indices[CONFIG_USERS];
	struct table_key key = key_of(1, 1, 100, 200);

	(void)state;
	assert_int_equal(take_changed(), 0);
	assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	assert_int_equal(take_changed(), 2);
	assert_int_equal(take_changed(), 0);
	assert_int_equal(table_put(table, &key, 300), STATUS_OK); /* on new terms */
	key = key_of(3, 1, 100, 250);
	assert_int_equal(table_put(table, &key, 300), STATUS_OK);
	assert_int_equal(take_changed(), 10);
	assert_int_equal(bury(0, 7, 100, 300), STATUS_OK); /* of a key that was not there */
	assert_int_equal(sweep(199), 0);
	assert_int_equal(take_changed(), 0);
	assert_int_equal(sweep(200), 1);
	assert_int_equal(take_changed(), 2);
	assert_int_equal(bury(3, 1, 150, 300), STATUS_OK);
	assert_int_equal(take_changed(), 8);
	assert_int_equal(sweep(300), 0); /* what is only remembered goes */
	assert_int_equal(take_changed(), 0);
	table_note_change(table, 2);
	assert_int_equal(take_changed(), 4);
	for (uint32_t user = 0; user < CONFIG_USERS; user++)
		indices[user] = user < 2 ? becomes[user] : TABLE_NO_USER;
	table_renumber(table, indices);
	assert_int_equal(take_changed(), UINT64_MAX >> (64 - CONFIG_USERS));
	assert_int_equal(take_changed(), 0);
}

/* Who changes all the time lets the others have their turn. */
static void test_changed_in_turn(void **state)
{
	size_t user;

	(void)state;
	table_note_change(table, 0);
	table_note_change(table, 2);
	for (size_t i = 0; i < 3; i++) {
		assert_true(table_take_changed(table, &user));
		assert_int_equal(user, i == 1 ? 2 : 0);
		table_note_change(table, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test_setup_teardown(test_put_and_find, start, end),
		cmocka_unit_test_setup_teardown(test_renew, start, end),
		cmocka_unit_test_setup_teardown(test_tombstone, start, end),
		cmocka_unit_test_setup_teardown(test_sweep, start, end),
		cmocka_unit_test_setup_teardown(test_sweep_while_changing, start, end),
		cmocka_unit_test_setup_teardown(test_full_of_slots, start, end),
		cmocka_unit_test_setup_teardown(test_full_of_bytes, start, end),
		cmocka_unit_test_setup_teardown(test_walks, start, end),
		cmocka_unit_test_setup_teardown(test_walk_on_reused_slot, start, end),
		cmocka_unit_test_setup_teardown(test_renumber, start, end),
		cmocka_unit_test_setup_teardown(test_kept_longer, start, end),
		cmocka_unit_test_setup_teardown(test_floor, start, end),
		cmocka_unit_test_setup_teardown(test_deadline, start, end),
		cmocka_unit_test_setup_teardown(test_changed, start, end),
		cmocka_unit_test_setup_teardown(test_changed_in_turn, start, end),
		cmocka_unit_test_setup_teardown(test_model, start, end),
	};

	for (size_t i = 0; i < sizeof(filler); i++)
		filler[i] = (uint8_t)(i * 37);
	for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++)
		signers[i] = (struct table_signer){ .fingerprint = { (uint8_t)i }, .size = i % 2 ? 20 : 32 };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
