/* api_handle(), the seam below which everything is pure: routes, statuses, access, lists. */
#include "core/api.h"

#include "base/date.h"
#include "base/encoding.h"
#include "base/kconfig.h"
#include "vectors.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOW = WORLD_NOW };

static const struct span nothing;
static struct world world;

static int start(void **state)
{
	(void)state;
	world_start(&world);
	return 0;
}

static int end(void **state)
{
	(void)state;
	world_end(&world);
	return 0;
}

/* Alice has one key: the Ed25519 one, for an hour. */
static int with_key(void **state)
{
	(void)state;
	world_clear(&world);
	return world_post(&world, "add", NOW) == 200 ? 0 : -1;
}

static int without_keys(void **state)
{
	(void)state;
	world_clear(&world);
	return 0;
}

static bool answered(const char *text)
{
	return span_equal(writer_written(&world.answer.body), span_of_string(text));
}

static size_t count_lines(struct span text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		count += text.data[i] == '\n';
	return count;
}

/* ---- routes ---- */

enum { METRICS_CODE = IS_ENABLED(CONFIG_METRICS) ? 200 : 405, EVENTS_CODE = IS_ENABLED(CONFIG_EVENTS) ? 403 : 405 };

static void test_routes(void **state)
{
	static const struct {
		const char *target;
		int codes[4]; /* of GET, HEAD, POST, DELETE; bodies are empty, and nobody is root */
		const char *allow;
	} cases[] = {
		{ "/api/v1/keys", { 200, 200, 400, 400 }, NULL },
		{ "/api/v1/user/alice/keys", { 200, 200, 405, 405 }, "GET, HEAD" },
		{ "/api/v1/user/nobody/keys", { 200, 200, 405, 405 }, "GET, HEAD" },
		{ "/api/v1/user/alice/authorized_keys", { 200, 200, 405, 405 }, "GET, HEAD" },
		{ "/api/v1/user/alice/key/00112233445566778899aabbccddeeff", { 404, 404, 405, 403 }, "GET, HEAD, DELETE" },
		{ "/api/v1/user/alice/key/x", { 400, 400, 405, 403 }, "GET, HEAD, DELETE" },
		{ "/api/v1/user/alice/key/%", { 400, 400, 400, 400 }, NULL },
		{ "/api/v1/user/%00/keys", { 400, 400, 400, 400 }, NULL },
		{ "/api/v1/user/%ff/keys", { 400, 400, 400, 400 }, NULL },
		{ "/api/v1/user/alice/key/", { 404, 404, 404, 404 }, NULL },
		{ "/api/v1/user//keys", { 404, 404, 404, 404 }, NULL },
		{ "/api/v1/user/alice/keys/", { 404, 404, 404, 404 }, NULL },
		{ "/api/v1/keys/", { 404, 404, 404, 404 }, NULL },
		{ "/api/v1/user/alice", { 404, 404, 404, 404 }, NULL },
		{ "/API/v1/keys", { 404, 404, 404, 404 }, NULL },
		{ "//api/v1/keys", { 404, 404, 404, 404 }, NULL },
		{ "/api/v1/../v1/keys", { 404, 404, 404, 404 }, NULL },
		{ "/", { 404, 404, 404, 404 }, NULL },
		{ "/healthz", { 200, 200, 405, 405 }, "GET, HEAD" },
		{ "/metrics", { METRICS_CODE, METRICS_CODE, 405, 405 }, "GET, HEAD" },
		{ "/api/v1/events", { EVENTS_CODE, EVENTS_CODE, 405, 405 }, "GET, HEAD" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (unsigned method = HTTP_GET; method <= HTTP_DELETE; method++) {
			int code = world_ask(&world, (enum http_method)method, cases[i].target, nothing, NOW);

			if (code != cases[i].codes[method])
				fail_msg("%s by %u: %d", cases[i].target, method, code);
			assert_int_equal(world.answer.allow != NULL, code == 405);
			if (code == 405)
				assert_string_equal(world.answer.allow, cases[i].allow);
			if (code >= 400)
				assert_true(world_answered(&world, "{\"code\":") && world_answered(&world, ",\"error\":\""));
			assert_int_equal(world.answer.retry_after, 0);
		}
	}
	assert_int_equal(table_measure(world.app.table).live, 1);
}

static void test_access(void **state)
{
	/* what a listener allows, and the answers to GET keys, GET healthz, GET metrics, POST keys */
	static const struct {
		enum config_access access;
		int codes[4];
	} cases[] = {
		{ ACCESS_READ, { 200, 200, METRICS_CODE, 403 } },
		{ ACCESS_WRITE, { 403, 200, IS_ENABLED(CONFIG_METRICS) ? 403 : 405, 200 } },
		{ ACCESS_ALL, { 200, 200, METRICS_CODE, 200 } },
	};
	static const struct {
		enum http_method method;
		struct span path;
	} requests[] = {
		{ HTTP_GET, SPAN_INITIALIZER("/api/v1/user/alice/authorized_keys") },
		{ HTTP_GET, SPAN_INITIALIZER("/healthz") },
		{ HTTP_GET, SPAN_INITIALIZER("/metrics") },
		{ HTTP_POST, SPAN_INITIALIZER("/api/v1/keys") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t at = 0; at < COUNT(requests); at++) {
			const struct api_request request = { .method = requests[at].method, .path = requests[at].path,
				                             .body = vector("message.add"), .access = cases[i].access };

			world_clear(&world);
			assert_int_equal(world_handle(&world, &request, NOW), cases[i].codes[at]);
			assert_int_equal(table_measure(world.app.table).live,
			                 requests[at].method == HTTP_POST && cases[i].codes[at] == 200);
		}
	}
}

/* Root on the host throws a key out, and it stays out. */
static void test_root(void **state)
{
	static const struct span paths[] = {
		SPAN_INITIALIZER("/api/v1/user/bob/key/00112233445566778899aabbccddeeff"),
		SPAN_INITIALIZER("/api/v1/user/alice/key/00112233445566778899aabbccddeeff"),
	};
	uint8_t room[128];
	struct writer path = writer_of(room, sizeof(room));
	struct api_request request = { .method = HTTP_DELETE, .access = ACCESS_READ, .is_local_root = true,
		                       .remote = SPAN("unix:uid:0") };

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		request.path = paths[i];
		assert_int_equal(world_handle(&world, &request, NOW + 5), 404);
	}
	writer_put(&path, SPAN("/api/v1/user/alice/key/"));
	for (size_t i = 0; i < vector("ssh.ed25519.md5").size; i++)
		if (i >= 4 && vector("ssh.ed25519.md5").data[i] != ':')
			writer_put_byte(&path, vector("ssh.ed25519.md5").data[i]);
	request.path = writer_written(&path);
	request.is_local_root = false;
	assert_int_equal(world_handle(&world, &request, NOW + 5), 403);
	assert_true(world_noted(&world, " user=alice remote=unix:uid:0 status=ROUTE_NOT_ROOT "));
	assert_int_equal(table_measure(world.app.table).live, 1);
	request.is_local_root = true;
	assert_int_equal(world_handle(&world, &request, NOW + 5), 200);
	assert_true(world_answered(&world, "[{\"user\":\"alice\",\"key\":\"ssh-ed25519 AAAA"));
	assert_true(world_noted(&world, "event=removed time="));
	assert_true(world_noted(&world, " user=alice fingerprint=SHA256:"));
	assert_true(world_noted(&world, " by=root remote=unix:uid:0\n"));
	assert_int_equal(table_measure(world.app.table).live, 0);
	assert_int_equal(world_handle(&world, &request, NOW + 5), 404);
	assert_int_equal(world_post(&world, "add", NOW + 5), 409);
	assert_int_equal(world_post(&world, "add.newer", NOW + 10), 200);
	/* and where the key was dated ahead, its own request does not bring it back */
	world_clear(&world);
	assert_int_equal(world_post(&world, "add.ahead", NOW), 200);
	assert_int_equal(world_handle(&world, &request, NOW + 5), 200);
	assert_int_equal(world_post(&world, "add.ahead", NOW + 6), 409);
	assert_int_equal(table_measure(world.app.table).live, 0);
}

/* ---- reading ---- */

static void test_one_key(void **state)
{
	uint8_t room[512];
	struct writer target = writer_of(room, sizeof(room));
	struct span sha256 = vector("ssh.ed25519.sha256"), line = vector("ssh.ed25519");

	(void)state;
	writer_put(&target, SPAN("/api/v1/user/alice/key/"));
	for (size_t i = 0; i < sha256.size; i++) {
		if (sha256.data[i] == '/')
			writer_put(&target, SPAN("%2f"));
		else
			writer_put_byte(&target, sha256.data[i]);
	}
	writer_put_byte(&target, 0);
	assert_int_equal(world_ask(&world, HTTP_GET, (char *)room, nothing, NOW), 200);
	assert_true(world_answered(&world, "{\"user\":\"alice\",\"key\":\"ssh-ed25519 AAAA"));
	assert_true(world_answered(&world, "\",\"expire\":\"2023-11-14T23:13:20Z\",\"fingerprint\":\"SHA256:"));
	assert_true(world_answered(&world, "\"signed\":\"2023-11-14T22:13:20Z\",\"reason\":\"to look at \\\"it\\\"\"}\n"));
	assert_string_equal(world.answer.content_type, "application/json");
	assert_int_equal(world_ask(&world, HTTP_GET, (char *)room, nothing, NOW + 3600), 404);

	with_key(NULL);
	writer_rewind(&target, 0);
	writer_put(&target, SPAN("/api/v1/user/alice/authorized_keys?x=y&fingerprint="));
	writer_put(&target, sha256);
	writer_put_byte(&target, 0);
	assert_int_equal(world_ask(&world, HTTP_GET, (char *)room, nothing, NOW), 200);
	assert_true(span_equal(writer_written(&world.answer.body), line));
	assert_int_equal(world_ask(&world, HTTP_GET, (char *)room, nothing, NOW + 3600), 200);
	assert_true(answered(""));
}

static void test_authorized_keys(void **state)
{
	static const struct {
		const char *target;
		int code;
		bool has_key;
	} cases[] = {
		{ "/api/v1/user/alice/authorized_keys", 200, true },
		{ "/api/v1/user/%61lice/authorized_keys", 200, true },
		{ "/api/v1/user/alice/authorized_keys?other=x", 200, true },
		{ "/api/v1/user/bob/authorized_keys", 200, false },
		{ "/api/v1/user/Alice/authorized_keys", 200, false },
		{ "/api/v1/user/alice%20/authorized_keys", 200, false },
		{ "/api/v1/user/alice%2f/authorized_keys", 200, false },
		{ "/api/v1/user/nobody/authorized_keys", 200, false },
		{ "/api/v1/user/nobody/authorized_keys?fingerprint=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 200, false },
		{ "/api/v1/user/alice/authorized_keys?fingerprint=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 200, false },
		{ "/api/v1/user/alice/authorized_keys?fingerprint=", 400, false },
		{ "/api/v1/user/alice/authorized_keys?fingerprint", 400, false },
		{ "/api/v1/user/alice/authorized_keys?fingerprint=SHA256:x", 400, false },
		{ "/api/v1/user/alice/authorized_keys?fingerprint=%zz", 400, false },
	};
	struct span line = vector("ssh.ed25519");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int code = world_ask(&world, HTTP_GET, cases[i].target, nothing, NOW);

		if (code != cases[i].code)
			fail_msg("%s: %d", cases[i].target, code);
		if (code != 200)
			continue;
		assert_string_equal(world.answer.content_type, "text/plain; charset=utf-8");
		if (!span_equal(writer_written(&world.answer.body), cases[i].has_key ? line : nothing))
			fail_msg("%s: %.*s", cases[i].target, (int)world.answer.body.used, world.answer.body.data);
	}
}

/* Whoever asks for a user that is unknown gets what he gets for one without keys. */
static void test_unknown_user(void **state)
{
	static const char *const forms[][2] = {
		{ "/api/v1/user/bob/keys", "/api/v1/user/nobody/keys" },
		{ "/api/v1/user/bob/authorized_keys", "/api/v1/user/nobody/authorized_keys" },
		{ "/api/v1/user/bob/key/00112233445566778899aabbccddeeff", "/api/v1/user/nobody/key/00112233445566778899aabbccddeeff" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		int code = world_ask(&world, HTTP_GET, forms[i][0], nothing, NOW);
		uint8_t room[1024];
		struct writer known = writer_of(room, sizeof(room));

		writer_put(&known, writer_written(&world.answer.body));
		assert_int_equal(world_ask(&world, HTTP_GET, forms[i][1], nothing, NOW), code);
		assert_true(span_equal(writer_written(&world.answer.body), writer_written(&known)));
	}
}

static void test_metrics(void **state)
{
	(void)state;
	if (!IS_ENABLED(CONFIG_METRICS))
		skip();
	world.app.counters = (struct api_counters){ 0 };
	world_ask(&world, HTTP_GET, "/none", nothing, NOW);
	world_ask(&world, HTTP_GET, "/api/v1/user/alice/authorized_keys", nothing, NOW);
	assert_int_equal(world_ask(&world, HTTP_GET, "/metrics", nothing, NOW), 200);
	assert_true(world_answered(&world, "\ninki_keys 1\n"));
	assert_true(world_answered(&world, "\ninki_requests_total 3\n"));
	assert_true(world_answered(&world, "\ninki_requests_refused_total 1\n"));
	assert_true(world_answered(&world, "\ninki_lists_served_total 1\n"));
	assert_false(world_answered(&world, "alice")); /* who has an account is for those only who may see events */
	assert_true(world_answered(&world, "\ninki_refusals_total{reason=\"ROUTE_UNKNOWN\"} 1\n"));
	assert_int_equal(world_ask(&world, HTTP_GET, "/healthz", nothing, NOW), 200);
	assert_true(answered("ok\n"));
}

/* Who reads the names of users in the metrics? */
static void test_metrics_of_users(void **state)
{
	static const struct {
		bool may_see_events, is_local_root, shows;
	} cases[] = { { false, false, false }, { true, false, true }, { false, true, true } };

	(void)state;
	if (!IS_ENABLED(CONFIG_METRICS))
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct api_request request = {
			.method = HTTP_GET,
			.path = SPAN("/metrics"),
			.access = ACCESS_READ,
			.may_see_events = cases[i].may_see_events,
			.is_local_root = cases[i].is_local_root,
		};

		world_handle(&world, &request, NOW);
		assert_int_equal(world_answered(&world, "\ninki_user_keys{user=\"alice\"} 1\n"), cases[i].shows);
		assert_int_equal(world_answered(&world, "\ninki_user_signers{user=\"alice\"} "), cases[i].shows);
		assert_int_equal(world_answered(&world, "alice"), cases[i].shows);
		assert_true(world_answered(&world, "\ninki_keys 1\n"));
	}
}

/* ---- lists ---- */

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
		world_clear(&world);
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

/* So are the others. */
static void test_other_lists_in_pieces(void **state)
{
	static uint8_t whole_room[LIST_ROOM], pieces_room[LIST_ROOM];
	struct writer whole = writer_of(whole_room, LIST_ROOM), pieces = writer_of(pieces_room, LIST_ROOM);

	(void)state;
	assert_int_equal(world_post(&world, "add", NOW), 200);
	assert_int_equal(world_post(&world, "remove", NOW + 1), 200);
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
		assert_int_equal(world_ask(&world, HTTP_GET, "/api/v1/user/alice/authorized_keys", nothing, NOW), 200);
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
	assert_int_equal(world_post(&world, "add.bob", NOW), 200);
	assert_true(world_noted(&world, " user=bob"));
	lines = count_lines(writer_written(&world.journal)) - 1;
	for (size_t turns = 0; table_next_end(world.app.table) <= NOW; turns++) {
		assert_true(turns < MANY);
		assert_int_equal(world_ask(&world, HTTP_GET, "/api/v1/user/crowd/keys", nothing, NOW), 200);
		assert_true(answered("[]\n"));
		lines += count_lines(writer_written(&world.journal));
		assert_int_equal(world_ask(&world, HTTP_GET, target, nothing, NOW), 404);
		lines += count_lines(writer_written(&world.journal));
	}
	assert_int_equal(lines, MANY);
	assert_int_equal(world.app.counters.expired, MANY);
	assert_int_equal(table_measure(world.app.table).live, 1);
}

static void test_error(void **state)
{
	(void)state;
	world.answer.body = writer_of(world.body, sizeof(world.body));
	writer_put(&world.answer.body, SPAN("half an answer"));
	world.answer.allow = "GET";
	world.answer.list.kind = API_LIST_JSON;
	api_answer_error(&world.answer, STATUS_HTTP_BUSY);
	assert_int_equal(world.answer.http_code, 503);
	assert_true(world.answer.retry_after > 0);
	assert_null(world.answer.allow);
	assert_int_equal(world.answer.list.kind, API_LIST_NONE);
	assert_true(answered("{\"code\":503,\"error\":\"Service Unavailable\","
	                     "\"message\":\"all connections are taken; try again in a moment\"}\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_routes, with_key),
		cmocka_unit_test_setup(test_access, without_keys),
		cmocka_unit_test_setup(test_root, with_key),
		cmocka_unit_test_setup(test_one_key, with_key),
		cmocka_unit_test_setup(test_authorized_keys, with_key),
		cmocka_unit_test_setup(test_unknown_user, with_key),
		cmocka_unit_test_setup(test_metrics, with_key),
		cmocka_unit_test_setup(test_metrics_of_users, with_key),
		cmocka_unit_test_setup(test_list_in_pieces, without_keys),
		cmocka_unit_test_setup(test_other_lists_in_pieces, without_keys),
		cmocka_unit_test_setup(test_options_served, without_keys),
		cmocka_unit_test_setup(test_largest_keys, without_keys),
		cmocka_unit_test_setup(test_list_while_changing, without_keys),
		cmocka_unit_test_setup(test_many_expire_at_once, without_keys),
		cmocka_unit_test_setup(test_error, without_keys),
	};

	return cmocka_run_group_tests(tests, start, end);
}
