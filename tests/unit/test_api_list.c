/* Lists of keys as they go out in pieces, while keys come, go and end. */
#include "core/api.h"

#include "base/date.h"
#include "base/encoding.h"
#include "base/kconfig.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOW = WORLD_NOW };

static const struct span nothing;

static size_t count_lines(struct span text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		count += text.data[i] == '\n';
	return count;
}

enum { LIST_KEYS = 60, LIST_ROOM = 256 * 1024 };

static uint8_t filler[SSH_KEY_BLOB_MAX];

static void put_line(const struct ssh_key *parsed, struct table_key *key)
{
	static uint8_t room[SSH_KEY_LINE_MAX];
	struct writer line = writer_of(room, sizeof(room));

	ssh_key_write(&line, parsed);
	assert_false(line.overflowed);
	key->line = writer_written(&line);
	key->options = parsed->options;
	key->comment = parsed->comment;
}

/* The most that a key may be: each byte of the comment and the reason takes six in JSON. */
static void put_key(uint32_t i, bool is_largest, int64_t expire)
{
	static const struct table_signer signers[TABLE_SIGNERS_MAX] = {
		{ .size = 32 }, { .size = 32 }, { .size = 32 }, { .size = 32 }, { .size = 32 }, { .size = 32 },
		{ .size = 32 }, { .size = 32 }, { .size = 32 }, { .size = 32 }, { .size = 32 }, { .size = 32 },
		{ .size = 32 }, { .size = 32 }, { .size = 32 }, { .size = 32 },
	};
	struct ssh_key parsed = { .type = SSH_KEY_SK_ECDSA_P256, .blob = { filler, is_largest ? SSH_KEY_BLOB_MAX : 51 } };
	struct table_key key = {
		.user = i % 2 ? WORLD_ALICE : WORLD_CROWD,
		.is_live = true,
		.signed_at = NOW,
		.expire = expire,
		.signers = signers,
		.signer_count = is_largest ? TABLE_SIGNERS_MAX : i % 3,
	};
	static uint8_t marks[SSH_KEY_OPTIONS_MAX];

	memset(marks, '<', sizeof(marks));
	if (is_largest) {
		parsed.comment = span_of(marks, SSH_KEY_COMMENT_MAX);
		parsed.options = span_of(marks, SSH_KEY_OPTIONS_MAX);
		key.reason = span_of(marks, TABLE_REASON_MAX);
	}
	put_line(&parsed, &key);
	memcpy(key.fingerprint.sha256, &i, sizeof(i));
	memcpy(key.fingerprint.md5, &i, sizeof(i));
	assert_int_equal(table_put(world.app.table, &key, NOW), STATUS_OK);
}

/* Writes a whole list, which comes together in all, in pieces of at most size bytes; where nothing fits, in a larger
 * one. Returns how often that was. */
static size_t write_list(struct api_list list, size_t size, struct writer *all)
{
	uint8_t *room = malloc(size ? size : 1);
	size_t stops = 0;

	writer_rewind(all, 0);
	while (!list.ended) {
		struct writer out = writer_of(room, size);

		api_write_list(&world.app, &list, NOW, &out);
		assert_false(out.overflowed);
		writer_put(all, writer_written(&out));
		if (list.ended || out.used > 0)
			continue;
		stops++;
		out = writer_of(all->data + all->used, API_BODY_MAX);
		api_write_list(&world.app, &list, NOW, &out);
		assert_true(out.used > 0 || list.ended);
		all->used += out.used;
	}
	free(room);
	return stops;
}

/* In buffers of every size a list is the same. */
static void test_list_in_pieces(void **state)
{
	static const enum api_list_kind kinds[] = { API_LIST_JSON, API_LIST_AUTHORIZED_KEYS };
	static uint8_t whole_room[LIST_ROOM], pieces_room[LIST_ROOM];
	struct writer whole = writer_of(whole_room, LIST_ROOM), pieces = writer_of(pieces_room, LIST_ROOM);

	(void)state;
	for (size_t count = 0; count <= 4; count++) {
		world_clear(NULL);
		for (uint32_t i = 0; i < count; i++) {
			put_key(i, false, NOW + 1);
			put_key(100 + i, false, NOW); /* over: never in a list */
		}
		for (size_t i = 0; i < COUNT(kinds); i++) {
			const struct api_list list = { .kind = kinds[i], .walk = table_walk_all() };

			assert_int_equal(write_list(list, LIST_ROOM, &whole), 0);
			for (size_t size = 0; size < 900; size++) {
				write_list(list, size, &pieces);
				if (!span_equal(writer_written(&whole), writer_written(&pieces)))
					fail_msg("%zu keys in %zu bytes: %.*s", count, size, (int)pieces.used, pieces.data);
			}
		}
	}
}

/* A key that was not swept yet, and has ended by either clock, is in none. */
static void test_lists_of_ended_keys(void **state)
{
	static const struct {
		int64_t expire, deadline;
		bool is_listed;
	} cases[] = {
		{ NOW + 1, 0, true },   { NOW, 0, false },  { NOW + 1, 51, true },
		{ NOW + 1, 50, false }, { NOW, 51, false },
	};
	struct table_key key = { .user = WORLD_ALICE, .is_live = true };
	uint8_t room[2][1024];

	(void)state;
	world_clear(NULL);
	table_tell_uptime(world.app.table, 50);
	put_line(&(struct ssh_key){ .blob = { filler, 51 } }, &key);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct api_list json = { .kind = API_LIST_JSON, .walk = table_walk_all() };
		struct api_list lines = { .kind = API_LIST_AUTHORIZED_KEYS, .walk = table_walk_user(WORLD_ALICE) };
		struct writer out[] = { writer_of(room[0], sizeof(room[0])), writer_of(room[1], sizeof(room[1])) };

		key.expire = cases[i].expire;
		key.deadline = cases[i].deadline;
		assert_int_equal(table_put(world.app.table, &key, NOW), STATUS_OK);
		api_write_list(&world.app, &json, NOW, &out[0]);
		api_write_list(&world.app, &lines, NOW, &out[1]);
		assert_true(json.ended && lines.ended);
		assert_int_equal(out[0].used > 3, cases[i].is_listed); /* more than [] */
		assert_int_equal(out[1].used > 0, cases[i].is_listed);
	}
	world_clear(NULL);
}

/* The others are the same in buffers of every size, too. */
static void test_other_lists_in_pieces(void **state)
{
	static uint8_t whole_room[LIST_ROOM], pieces_room[LIST_ROOM];
	struct writer whole = writer_of(whole_room, LIST_ROOM), pieces = writer_of(pieces_room, LIST_ROOM);

	(void)state;
	assert_int_equal(world_post("add", NOW), 200);
	assert_int_equal(world_post("remove", NOW + 1), 200);
	for (size_t size = 0; size < 2000; size += 3) {
		const struct api_list metrics = { .kind = API_LIST_METRICS, .metrics = { .shows_users = true } };
		struct api_list events = { .kind = API_LIST_EVENTS };

		if (IS_ENABLED(CONFIG_METRICS)) {
			write_list(metrics, LIST_ROOM, &whole);
			write_list(metrics, size, &pieces);
			assert_true(span_equal(writer_written(&whole), writer_written(&pieces)));
		}
		if (!IS_ENABLED(CONFIG_EVENTS))
			continue;
		events.events = events_walk_after(world.app.events, 0);
		write_list(events, LIST_ROOM, &whole);
		write_list(events, size, &pieces);
		assert_true(whole.used > 100 && span_equal(writer_written(&whole), writer_written(&pieces)));
	}
}

/* A key is served behind the host's options of now, or, where its own do not go with them any more, not at all. */
static void test_options_served(void **state)
{
	static const struct {
		const char *own;
		uint32_t allowed;
		const char *served; /* in front of the key */
	} cases[] = {
		{ "", 1U << SSH_OPTION_COMMAND, "command=\"a\" ssh-" },
		{ "restrict,pty", 1U << SSH_OPTION_COMMAND | 1U << SSH_OPTION_FROM, "restrict,pty,command=\"a\" ssh-" },
		{ "restrict,command=\"b\"", 1U << SSH_OPTION_COMMAND, NULL },
		{ "restrict", 0, NULL },
	};
	struct config_policy *policy = &world.users[WORLD_ALICE].policy;
	struct table_key key = { .user = WORLD_ALICE, .is_live = true, .expire = NOW + 1 };

	(void)state;
	put_line(&(struct ssh_key){ .blob = { filler, 51 }, .options = SPAN("command=\"a\"") }, &key);
	assert_int_equal(table_put(world.app.table, &key, NOW), STATUS_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		policy->options = span_of_string(cases[i].own);
		policy->allow_options = cases[i].allowed;
		assert_int_equal(world_ask(HTTP_GET, "/api/v1/user/alice/authorized_keys", nothing, NOW), 200);
		if (cases[i].served)
			assert_true(span_starts_with(writer_written(&world.answer.body), span_of_string(cases[i].served)));
		else
			assert_int_equal(world.answer.body.used, 0);
		assert_int_equal(count_lines(writer_written(&world.answer.body)), cases[i].served != NULL);
	}
	policy->options = (struct span){ 0 };
	policy->allow_options = 0;
}

/* The largest key fits into API_BODY_MAX bytes, as the first, as the next one, and as a single answer. */
static void test_largest_keys(void **state)
{
	static uint8_t whole_room[LIST_ROOM], pieces_room[LIST_ROOM];
	struct writer whole = writer_of(whole_room, LIST_ROOM), pieces = writer_of(pieces_room, LIST_ROOM);
	const struct api_list list = { .kind = API_LIST_JSON, .walk = table_walk_all() };
	static uint8_t name[USER_NAME_SIZE_MAX];

	(void)state;
	if (CONFIG_KEY_ARENA_KB < 128)
		skip();
	memset(name, '<', sizeof(name));
	world.users[WORLD_ALICE].name = world.users[WORLD_CROWD].name = span_of(name, sizeof(name));
	for (uint32_t i = 0; i < 10; i++)
		put_key(i, true, DATE_MAX);
	assert_int_equal(write_list(list, LIST_ROOM, &whole), 0);
	assert_int_equal(write_list(list, API_BODY_MAX, &pieces), 0);
	assert_true(span_equal(writer_written(&whole), writer_written(&pieces)));
	assert_int_equal(count_lines(writer_written(&whole)), 10);
	assert_true(whole.used / 10 > API_BODY_MAX - 700); /* it could hardly be smaller */
	world.users[WORLD_ALICE].name = SPAN("alice");
	world.users[WORLD_CROWD].name = SPAN("crowd");
}

/* While a list goes out keys come and go; what is written is a list all the time, and has each key that stayed. */
static void test_list_while_changing(void **state)
{
	struct api_list list = { .kind = API_LIST_AUTHORIZED_KEYS, .walk = table_walk_all() };
	size_t lines = 0;
	uint8_t room[220]; /* two lines at a time */

	(void)state;
	if (CONFIG_KEYS < LIST_KEYS)
		skip();
	for (uint32_t i = 0; i < LIST_KEYS; i++)
		put_key(i, false, NOW + 1);
	for (uint32_t i = 0; !list.ended; i++) {
		struct writer out = writer_of(room, sizeof(room));
		uint8_t sha256[32] = { 0 };
		uint32_t gone = i / 2 * 4; /* every fourth */

		api_write_list(&world.app, &list, NOW, &out);
		lines += count_lines(writer_written(&out));
		memcpy(sha256, &gone, sizeof(gone));
		if (gone < LIST_KEYS)
			assert_int_equal(table_bury(world.app.table, WORLD_CROWD, sha256, NOW, NOW), STATUS_OK);
	}
	assert_true(lines >= LIST_KEYS * 3 / 4 && lines <= LIST_KEYS);
}

/* ---- time ---- */

/* Many keys end in the same second: each gets its line, over several turns, and none is served meanwhile; and what is
 * done in this second is noted, too. */
static void test_many_expire_at_once(void **state)
{
	enum { MANY = CONFIG_KEYS / 4 < 2000 ? CONFIG_KEYS / 4 : 2000 };
	char target[] = "/api/v1/user/alice/key/________000000000000000000000000"; /* of the last one to be dropped */
	const uint32_t last = MANY - 1;
	struct writer digits = writer_of(strchr(target, '_'), 8);
	size_t lines;

	(void)state;
	hex_write(&digits, span_of(&last, sizeof(last)));
	world.app.counters = (struct api_counters){ 0 };
	for (uint32_t i = 0; i < MANY; i++)
		put_key(i, false, NOW);
	assert_int_equal(world_post("add.bob", NOW), 200);
	assert_true(world_noted(" user=bob"));
	lines = count_lines(writer_written(&world.journal)) - 1;
	for (size_t turns = 0; table_next_end(world.app.table) <= NOW; turns++) {
		assert_true(turns < MANY);
		assert_int_equal(world_ask(HTTP_GET, "/api/v1/user/crowd/keys", nothing, NOW), 200);
		assert_true(world_answer_is("[]\n"));
		lines += count_lines(writer_written(&world.journal));
		assert_int_equal(world_ask(HTTP_GET, target, nothing, NOW), 404);
		lines += count_lines(writer_written(&world.journal));
	}
	assert_int_equal(lines, MANY);
	assert_int_equal(world.app.counters.expired, MANY);
	assert_int_equal(table_measure(world.app.table).live, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_list_in_pieces, world_clear),
		cmocka_unit_test_setup(test_lists_of_ended_keys, world_clear),
		cmocka_unit_test_setup(test_other_lists_in_pieces, world_clear),
		cmocka_unit_test_setup(test_options_served, world_clear),
		cmocka_unit_test_setup(test_largest_keys, world_clear),
		cmocka_unit_test_setup(test_list_while_changing, world_clear),
		cmocka_unit_test_setup(test_many_expire_at_once, world_clear),
	};

	return cmocka_run_group_tests(tests, world_start, world_end);
}
