/* The events of the audit: their fields, what is counted, and that nothing can be forged or pushed out. */
#include "core/audit.h"

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

static bool line_is(const char *line)
{
	bool is = span_equal(writer_written(&world.journal), span_of_string(line));

	if (!is)
		print_error("%.*s", (int)world.journal.used, world.journal.data);
	writer_rewind(&world.journal, 0);
	return is;
}

/* ---- fields ---- */

static void test_server(void **state)
{
	(void)state;
	world.app.gauges.version = SPAN("1.2.3");
	audit_note_start(&world.app, NOW);
	assert_true(line_is("event=start time=2023-11-14T22:13:20Z version=1.2.3 host=router\n"));
	audit_note_reload(&world.app, nothing, 2, NOW);
	assert_true(line_is("event=reload time=2023-11-14T22:13:20Z result=success dropped=2\n"));
	assert_int_equal(world.app.gauges.reload_works, 1);
	assert_int_equal(world.app.gauges.configured, NOW);
	audit_note_reload(&world.app, SPAN("x:1:2: no"), 0, NOW + 1);
	assert_true(line_is("event=reload time=2023-11-14T22:13:21Z result=failure message=\"x:1:2: no\"\n"));
	assert_int_equal(world.app.gauges.reload_works, 0);
	assert_int_equal(world.app.gauges.configured, NOW);
	assert_int_equal(world.app.counters.reloads[1], 1);
	assert_int_equal(world.app.counters.reloads[0], 1);
	audit_note_stop(&world.app, NOW);
	assert_true(line_is("event=stop time=2023-11-14T22:13:20Z\n"));
}

static void test_check(void **state)
{
	const struct ssh_fingerprint fingerprint = { .md5 = { 1 } };
	struct audit_check check = {
		.name = SPAN("on-call"),
		.user = SPAN("alice"),
		.fingerprint = &fingerprint,
		.action = "add",
		.allowed = true,
		.milliseconds = 1001,
		.remote = SPAN("192.0.2.1"),
	};

	(void)state;
	audit_note_check(&world.app, &check, NOW);
	assert_true(line_is("event=check time=2023-11-14T22:13:20Z check=on-call user=alice "
	                    "md5=01000000000000000000000000000000 action=add result=allowed milliseconds=1001 "
	                    "remote=192.0.2.1\n"));
	check = (struct audit_check){ .name = SPAN("x"), .user = SPAN("bob"), .action = "serve", .message = SPAN("go\taway") };
	audit_note_check(&world.app, &check, NOW);
	assert_true(line_is("event=check time=2023-11-14T22:13:20Z check=x user=bob action=serve result=refused "
	                    "milliseconds=0 remote=\"\" message=\"go\\x09away\"\n"));
	check.milliseconds = 1000000;
	audit_note_check(&world.app, &check, NOW);
	assert_int_equal(world.app.counters.checks[0], 2);
	assert_int_equal(world.app.counters.checks[1], 1);
	assert_int_equal(world_ask(HTTP_GET, "/metrics", nothing, NOW), IS_ENABLED(CONFIG_METRICS) ? 200 : 405);
	if (!IS_ENABLED(CONFIG_METRICS))
		return;
	assert_true(world_answered("\ninki_checks_total{result=\"refused\"} 2\n"));
	assert_true(world_answered("\ninki_check_duration_seconds_bucket{le=\"0.010\"} 1\n"));
	assert_true(world_answered("\ninki_check_duration_seconds_bucket{le=\"1.000\"} 1\n"));
	assert_true(world_answered("\ninki_check_duration_seconds_bucket{le=\"5.000\"} 2\n"));
	assert_true(world_answered("\ninki_check_duration_seconds_bucket{le=\"30.000\"} 2\n"));
	assert_true(world_answered("\ninki_check_duration_seconds_bucket{le=\"+Inf\"} 3\n"));
	assert_true(world_answered("\ninki_check_duration_seconds_sum 1001.001\n"));
	assert_true(world_answered("\ninki_check_duration_seconds_count 3\n"));
}

/* From the first request to the end of the key. */
static void test_life_of_a_key(void **state)
{
	(void)state;
	assert_int_equal(world_post("add", NOW), 200);
	assert_true(world_noted("event=added time=2023-11-14T22:13:20Z user=alice fingerprint=SHA256:"));
	assert_true(world_noted(" md5="));
	assert_true(world_noted(" expire="));
	assert_true(world_noted(" signed="));
	assert_true(world_noted(" signer="));
	assert_true(world_noted(" uid=\""));
	assert_false(world_noted(" was="));
	assert_int_equal(world_post("add", NOW), 200);
	assert_true(world_noted("event=repeated "));
	assert_int_equal(world_post("add.newer", NOW + 10), 200);
	assert_true(world_noted("event=replaced "));
	assert_true(world_noted(" was=2023-11-14T23:13:20Z"));
	assert_int_equal(world.app.counters.added, 2);
	world_ask(HTTP_GET, "/healthz", nothing, NOW + 7210);
	assert_true(world_noted("event=expired time=2023-11-15T00:13:30Z user=alice fingerprint=SHA256:"));
	assert_true(world_noted(" signer="));
	assert_true(world_noted(" uid=\"")); /* the keyring knows him */
	assert_int_equal(world_post("add", NOW), 409); /* the clock went back */
	assert_true(world_noted(" status=POLICY_FORGOTTEN "));
}

static void test_drop(void **state)
{
	const struct table_signer stranger = { .fingerprint = { 0xab }, .size = 1 };
	struct table_key key = { .user = WORLD_BOB, .expire = NOW + 60, .signers = &stranger, .signer_count = 1 };

	(void)state;
	audit_note_drop(&world.app, &key, STATUS_KEY_REVOKED, NOW);
	assert_true(line_is("event=dropped time=2023-11-14T22:13:20Z user=bob expire=2023-11-14T22:14:20Z "
	                    "status=KEY_REVOKED message=\"the key is revoked\" signer=AB uid=\"\"\n"));
	assert_int_equal(world.app.counters.dropped, 1);
}

/* ---- logins ---- */

static bool asked(const char *target, int64_t now)
{
	char path[256] = "/api/v1/user/";

	strncat(path, target, sizeof(path) - strlen(path) - 1);
	assert_int_equal(world_ask(HTTP_GET, path, nothing, now), 200);
	return world_noted("event=served ");
}

static void test_served(void **state)
{
	(void)state;
	assert_int_equal(world_post("add", NOW), 200);
	assert_true(asked("alice/authorized_keys", NOW));
	assert_true(world_noted(" user=alice remote=192.0.2.1 lines=1\n"));
	assert_false(asked("alice/authorized_keys", NOW)); /* once more in the same login */
	assert_false(asked("alice/authorized_keys", NOW + 9));
	assert_true(asked("alice/authorized_keys", NOW + 10));
	assert_true(world_noted(" lines=1 skipped=2\n"));
	assert_true(asked("nobody/authorized_keys", NOW + 10));
	assert_true(world_noted(" user=nobody remote=192.0.2.1 lines=0\n"));
	assert_true(asked("alice/authorized_keys?fingerprint=00112233445566778899aabbccddeeff", NOW + 11));
	assert_true(world_noted(" md5=00112233445566778899aabbccddeeff remote=192.0.2.1 lines=0\n"));
	assert_true(asked("alice/authorized_keys", NOW + 12)); /* others asked in between */
	assert_true(asked("alice/authorized_keys", NOW - 100)); /* the clock was set */
	assert_int_equal(world.app.counters.served, 8);
	assert_int_equal(world_ask(HTTP_GET, "/api/v1/user/alice/authorized_keys?fingerprint=x", nothing, NOW), 400);
	assert_false(world_noted("event="));
}

/* Who makes sshd ask as fast as he can fills the log with one line a second. */
static void test_served_flood(void **state)
{
	size_t lines = 0;

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		char target[100] = "alice/authorized_keys?fingerprint=";

		for (unsigned digit = 0; digit < 32; digit++)
			strcat(target, (i >> digit % 16 & 1) ? "1" : "0");
		lines += asked(target, NOW + i / 100);
	}
	assert_true(lines >= AUDIT_SERVED_BURST && lines <= AUDIT_SERVED_BURST + 100);
	assert_false(asked("alice/authorized_keys", NOW + 99));
	assert_true(asked("alice/authorized_keys", NOW + 101));
	assert_true(world_noted(" skipped="));
	for (unsigned i = 0; i < AUDIT_SERVED_BURST - 1; i++) /* and after a while there may be a burst again */
		assert_true(asked(i % 2 ? "alice/authorized_keys" : "bob/authorized_keys", NOW + 1000));
}

/* ---- attacks ---- */

static const char *const hostile[] = {
	"x\nevent=added time=2023-11-14T22:13:20Z user=root",
	"x\r\nevent=added",
	"x\" user=\"root",
	"x user=root lines=1",
	"\x1b]0;x\x07\x1b[2J",
	"\xc2\x9b" "2J",
	"\xe2\x80\xae" "toor",
	"\xe2\x81\xa6" "x\xe2\x80\xa9" "y",
	"\\x0a\\",
	"\xff\xfe\x80",
	"\xe2\x80",
	"\"",
	"",
};

/* The lines are what the log shows (printable_write() finds nothing to change), each is one, and no search for a field
 * finds more than the one at its place. */
static void check_lines(size_t count)
{
	uint8_t shown[API_JOURNAL_MIN];
	struct writer writer = writer_of(shown, sizeof(shown));
	struct span lines = writer_written(&world.journal), line;
	size_t found = 0;

	while (span_take_line(&lines, &line)) {
		assert_true(span_starts_with(line, SPAN("event=")));
		assert_true(printable_size(line) > 0);
		writer_rewind(&writer, 0);
		printable_write(&writer, line);
		assert_true(span_equal(writer_written(&writer), line));
		assert_false(span_contains(span_skip(line, 1), SPAN("event=")));
		assert_false(span_contains(line, SPAN("user=root")));
		found++;
	}
	assert_int_equal(found, count);
}

static void test_hostile_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		const struct span text = span_of_string(hostile[i]);
		const struct audit_check check = { .name = text, .user = text, .action = "add", .message = text, .remote = text };
		struct submission submission = {
			.request = { .username = text, .reason = text },
			.detail = text,
		};

		writer_rewind(&world.journal, 0);
		world.app.served = (struct audit_served){ 0 };
		audit_note_check(&world.app, &check, NOW);
		audit_note_served(&world.app, text, NULL, 0, text, NOW);
		audit_note_refused_removal(&world.app, text, STATUS_ROUTE_NOT_ROOT, text, NOW);
		audit_note_request(&world.app, &submission, STATUS_POLICY_HOST, POLICY_CHANGES, text, NOW);
		audit_note_reload(&world.app, text, 0, NOW);
		check_lines(5);
	}
}

/* A user ID is any octets that its owner chose. */
static void test_hostile_user_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct pgp_self_signature certification = { .expires = INT64_MAX };
		struct pgp_user_id user_id = { .packet_type = 13, .text = span_of_string(hostile[i]),
			                       .certifications = &certification, .revoked = INT64_MIN };
		struct pgp_certificate certificate = *world.users[WORLD_ALICE].keyring.first;
		struct submission submission = { .verdict = { .signers = { { .certificate = &certificate, .key = &certificate.primary } }, .count = 1 } };

		certificate.user_ids = &user_id;
		writer_rewind(&world.journal, 0);
		audit_note_request(&world.app, &submission, STATUS_OK, POLICY_CHANGES, nothing, NOW);
		check_lines(1);
		assert_true(world_noted(" uid="));
		assert_int_equal(world_noted(" uid=\"\""), hostile[i][0] == '\0');
	}
}

/* ---- GET /api/v1/events ---- */

static int ask_events(unsigned access, bool may_see_events, bool is_local_root)
{
	const struct api_request request = {
		.method = HTTP_GET,
		.path = SPAN("/api/v1/events"),
		.access = (enum config_access)access,
		.may_see_events = may_see_events,
		.is_local_root = is_local_root,
	};

	return world_handle(&request, NOW);
}

static void test_access(void **state)
{
	static const struct {
		unsigned access;
		bool may_see_events, is_local_root;
		int code;
	} cases[] = {
		{ ACCESS_ALL, false, false, 403 }, { ACCESS_READ, false, false, 403 }, { ACCESS_WRITE, false, false, 403 },
		{ ACCESS_WRITE, true, false, 403 }, { ACCESS_ALL, true, false, 200 },  { ACCESS_READ, true, false, 200 },
		{ ACCESS_READ, false, true, 200 },  { ACCESS_WRITE, false, true, 200 },
	};

	(void)state;
	assert_int_equal(world_post("add", NOW), 200);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(ask_events(cases[i].access, cases[i].may_see_events, cases[i].is_local_root), cases[i].code);
		assert_int_equal(world_answered("SHA256:"), cases[i].code == 200);
	}
}

static void test_after(void **state)
{
	static const struct {
		const char *query;
		int code;
	} cases[] = {
		{ "after=0", 200 }, { "after=1700000000000001", 200 }, { "after=18446744073709551615", 200 },
		{ "after=18446744073709551616", 400 }, { "after=", 400 }, { "after=-1", 400 }, { "after=x", 400 },
		{ "after=1%30", 400 }, { "after=+1", 400 }, { "after", 400 }, { "before=x", 200 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct api_request request = { .path = SPAN("/api/v1/events"), .query = span_of_string(cases[i].query),
			                             .is_local_root = true };

		assert_int_equal(world_handle(&request, NOW), cases[i].code);
		if (cases[i].code == 200)
			assert_true(span_equal(writer_written(&world.answer.body), SPAN("[]\n")));
	}
}

/* With a buffer for hardly more than one event, and while others come in: each is there once and whole. */
static void test_list_while_changing(void **state)
{
	struct api_list list = { .kind = API_LIST_EVENTS };
	size_t elements = 0, rounds = 0;

	(void)state;
	for (unsigned i = 0; i < 300; i++)
		audit_note_refused_removal(&world.app, SPAN("alice"), STATUS_ROUTE_NOT_ROOT, SPAN("::1"), NOW), writer_rewind(&world.journal, 0);
	list.events = events_walk_after(world.app.events, 0);
	for (; !list.ended && rounds < 1000; rounds++) {
		uint8_t room[600];
		struct writer out = writer_of(room, sizeof(room));

		api_write_list(&world.app, &list, NOW, &out);
		assert_true(out.used > 0);
		for (size_t i = 0; i < out.used; i++)
			elements += out.data[i] == '{';
		for (unsigned i = 0; i < 3; i++)
			audit_note_refused_removal(&world.app, SPAN("bob"), STATUS_ROUTE_NOT_ROOT, SPAN("::1"), NOW), writer_rewind(&world.journal, 0);
	}
	assert_true(list.ended);
	assert_true(elements > 50 && elements < 300); /* the ring has caught up with some */
}

/* ---- metrics ---- */

/* With the most users that there may be the text is longer than any buffer. */
static void test_metrics_of_many_users(void **state)
{
	static struct config_user users[CONFIG_USERS];
	static char names[CONFIG_USERS][USER_NAME_SIZE_MAX];
	struct config config = world.config;
	struct api_list list = { .kind = API_LIST_METRICS, .metrics.shows_users = true };
	size_t lines = 0;

	(void)state;
	if (!IS_ENABLED(CONFIG_METRICS))
		skip();
	for (size_t i = 0; i < CONFIG_USERS; i++) {
		memset(names[i], i % 2 ? '"' : '\\', sizeof(names[i]));
		names[i][0] = (char)('A' + i % 26);
		names[i][1] = (char)('A' + i / 26);
		users[i].name = span_of(names[i], sizeof(names[i]));
	}
	config.users = users;
	config.user_count = CONFIG_USERS;
	world.app.config = &config;
	while (!list.ended) {
		uint8_t room[400];
		struct writer out = writer_of(room, sizeof(room));

		api_write_list(&world.app, &list, NOW, &out);
		assert_true(out.used > 0 || list.ended);
		for (size_t i = 0; i < out.used; i++)
			lines += out.data[i] == '\n';
		if (out.used > 0)
			assert_int_equal(out.data[out.used - 1], '\n');
	}
	world.app.config = &world.config;
	assert_true(lines > 2 * CONFIG_USERS + 40);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test_setup(test_server, world_clear),
		cmocka_unit_test_setup(test_check, world_clear),
		cmocka_unit_test_setup(test_life_of_a_key, world_clear),
		cmocka_unit_test_setup(test_drop, world_clear),
		cmocka_unit_test_setup(test_served, world_clear),
		cmocka_unit_test_setup(test_served_flood, world_clear),
		cmocka_unit_test_setup(test_hostile_values, world_clear),
		cmocka_unit_test_setup(test_hostile_user_ids, world_clear),
		cmocka_unit_test_setup(test_metrics_of_many_users, world_clear),
	};
	const struct CMUnitTest of_events[] = {
		cmocka_unit_test_setup(test_access, world_clear),
		cmocka_unit_test_setup(test_after, world_clear),
		cmocka_unit_test_setup(test_list_while_changing, world_clear),
	};
	int failed = cmocka_run_group_tests(all, world_start, world_end);

	if (IS_ENABLED(CONFIG_EVENTS))
		failed += cmocka_run_group_tests(of_events, world_start, world_end);
	return failed;
}
