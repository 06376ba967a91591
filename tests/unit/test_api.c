/* api_handle(), the seam below which everything is pure: routes, statuses, access, what one key and all counters look like. */
#include "core/api.h"

#include "base/kconfig.h"
#include "vectors.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOW = WORLD_NOW };

static const struct span nothing;

/* Alice has one key: the Ed25519 one, for an hour. */
static int with_key(void **state)
{
	world_clear(state);
	return world_post("add", NOW) == 200 ? 0 : -1;
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
			int code = world_ask((enum http_method)method, cases[i].target, nothing, NOW);

			if (code != cases[i].codes[method])
				fail_msg("%s by %u: %d", cases[i].target, method, code);
			assert_int_equal(world.answer.allow != NULL, code == 405);
			if (code == 405)
				assert_string_equal(world.answer.allow, cases[i].allow);
			if (code >= 400)
				assert_true(world_answered("{\"code\":") && world_answered(",\"error\":\""));
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

			world_clear(NULL);
			assert_int_equal(world_handle(&request, NOW), cases[i].codes[at]);
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
		assert_int_equal(world_handle(&request, NOW + 5), 404);
	}
	writer_put(&path, SPAN("/api/v1/user/alice/key/"));
	for (size_t i = 0; i < vector("ssh.ed25519.md5").size; i++)
		if (i >= 4 && vector("ssh.ed25519.md5").data[i] != ':')
			writer_put_byte(&path, vector("ssh.ed25519.md5").data[i]);
	request.path = writer_written(&path);
	request.is_local_root = false;
	assert_int_equal(world_handle(&request, NOW + 5), 403);
	assert_true(world_noted(" user=alice remote=unix:uid:0 status=ROUTE_NOT_ROOT "));
	assert_int_equal(table_measure(world.app.table).live, 1);
	request.is_local_root = true;
	assert_int_equal(world_handle(&request, NOW + 5), 200);
	assert_true(world_answered("[{\"user\":\"alice\",\"key\":\"ssh-ed25519 AAAA"));
	assert_true(world_noted("event=removed time="));
	assert_true(world_noted(" user=alice fingerprint=SHA256:"));
	assert_true(world_noted(" by=root remote=unix:uid:0\n"));
	assert_int_equal(table_measure(world.app.table).live, 0);
	assert_int_equal(world_handle(&request, NOW + 5), 404);
	assert_int_equal(world_post("add", NOW + 5), 409);
	assert_int_equal(world_post("add.newer", NOW + 10), 200);
	/* and where the key was dated ahead, its own request does not bring it back */
	world_clear(NULL);
	assert_int_equal(world_post("add.ahead", NOW), 200);
	assert_int_equal(world_handle(&request, NOW + 5), 200);
	assert_int_equal(world_post("add.ahead", NOW + 6), 409);
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
	assert_int_equal(world_ask(HTTP_GET, (char *)room, nothing, NOW), 200);
	assert_true(world_answered("{\"user\":\"alice\",\"key\":\"ssh-ed25519 AAAA"));
	assert_true(world_answered("\",\"expire\":\"2023-11-14T23:13:20Z\",\"fingerprint\":\"SHA256:"));
	assert_true(world_answered("\"signed\":\"2023-11-14T22:13:20Z\",\"reason\":\"to look at \\\"it\\\"\"}\n"));
	assert_string_equal(world.answer.content_type, "application/json");
	assert_int_equal(world_ask(HTTP_GET, (char *)room, nothing, NOW + 3600), 404);

	with_key(NULL);
	writer_rewind(&target, 0);
	writer_put(&target, SPAN("/api/v1/user/alice/authorized_keys?x=y&fingerprint="));
	writer_put(&target, sha256);
	writer_put_byte(&target, 0);
	assert_int_equal(world_ask(HTTP_GET, (char *)room, nothing, NOW), 200);
	assert_true(span_equal(writer_written(&world.answer.body), line));
	assert_int_equal(world_ask(HTTP_GET, (char *)room, nothing, NOW + 3600), 200);
	assert_true(world_answer_is(""));
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
		int code = world_ask(HTTP_GET, cases[i].target, nothing, NOW);

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
		int code = world_ask(HTTP_GET, forms[i][0], nothing, NOW);
		uint8_t room[1024];
		struct writer known = writer_of(room, sizeof(room));

		writer_put(&known, writer_written(&world.answer.body));
		assert_int_equal(world_ask(HTTP_GET, forms[i][1], nothing, NOW), code);
		assert_true(span_equal(writer_written(&world.answer.body), writer_written(&known)));
	}
}

static void test_metrics(void **state)
{
	(void)state;
	if (!IS_ENABLED(CONFIG_METRICS))
		skip();
	world.app.counters = (struct api_counters){ 0 };
	world_ask(HTTP_GET, "/none", nothing, NOW);
	world_ask(HTTP_GET, "/api/v1/user/alice/authorized_keys", nothing, NOW);
	assert_int_equal(world_ask(HTTP_GET, "/metrics", nothing, NOW), 200);
	assert_true(world_answered("\ninki_keys 1\n"));
	assert_true(world_answered("\ninki_requests_total 3\n"));
	assert_true(world_answered("\ninki_requests_refused_total 1\n"));
	assert_true(world_answered("\ninki_lists_served_total 1\n"));
	assert_false(world_answered("alice")); /* who has an account is for those only who may see events */
	assert_true(world_answered("\ninki_refusals_total{reason=\"ROUTE_UNKNOWN\"} 1\n"));
	assert_int_equal(world_ask(HTTP_GET, "/healthz", nothing, NOW), 200);
	assert_true(world_answer_is("ok\n"));
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

		world_handle(&request, NOW);
		assert_int_equal(world_answered("\ninki_user_keys{user=\"alice\"} 1\n"), cases[i].shows);
		assert_int_equal(world_answered("\ninki_user_signers{user=\"alice\"} "), cases[i].shows);
		assert_int_equal(world_answered("alice"), cases[i].shows);
		assert_true(world_answered("\ninki_keys 1\n"));
	}
}

/* ---- errors ---- */

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
	assert_true(world_answer_is("{\"code\":503,\"error\":\"Service Unavailable\","
	                     "\"message\":\"all connections are taken; try again in a moment\"}\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_routes, with_key),
		cmocka_unit_test_setup(test_access, world_clear),
		cmocka_unit_test_setup(test_root, with_key),
		cmocka_unit_test_setup(test_one_key, with_key),
		cmocka_unit_test_setup(test_authorized_keys, with_key),
		cmocka_unit_test_setup(test_unknown_user, with_key),
		cmocka_unit_test_setup(test_metrics, with_key),
		cmocka_unit_test_setup(test_metrics_of_users, with_key),
		cmocka_unit_test_setup(test_error, world_clear),
	};

	return cmocka_run_group_tests(tests, world_start, world_end);
}
