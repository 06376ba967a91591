/* Signed requests on their whole way into the table: real messages of gpg, with all that may be wrong with them. */
#include "core/submit.h"

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


static size_t count_keys(void)
{
	return table_measure(world.app.table).live;
}

/* ---- one message into an empty table ---- */

static void test_alone(void **state)
{
	static const struct {
		const char *message;
		int64_t now; /* counted from NOW */
		enum status status;
	} cases[] = {
		{ "add", 0, STATUS_OK },
		{ "add", 3599, STATUS_OK },
		{ "add", 3600, STATUS_POLICY_EXPIRED },
		{ "add", 3601, STATUS_POLICY_TOO_OLD },
		{ "add", -300, STATUS_OK }, /* the signer's clock is ahead */
		{ "add", -301, STATUS_SIGNATURE_FUTURE },
		{ "add.ahead", 0, STATUS_OK },
		{ "add.future", 0, STATUS_SIGNATURE_FUTURE },
		{ "add.p256", 0, STATUS_OK },
		{ "add.rsa2048", 0, STATUS_OK },
		{ "add.rsa1024", 0, STATUS_POLICY_RSA_BITS },
		{ "add.long", 0, STATUS_POLICY_LIFETIME },
		{ "add.past", 0, STATUS_POLICY_EXPIRED },
		{ "add.host", 0, STATUS_OK },
		{ "add.other_host", 0, STATUS_POLICY_HOST },
		{ "add.quorum", 0, STATUS_OK },
		{ "add.quorum_of_one", 0, STATUS_POLICY_SIGNATURES },
		{ "add.quorum_twice", 0, STATUS_POLICY_SIGNATURES },
		{ "add.quorum_with_eve", 0, STATUS_POLICY_SIGNATURES },
		{ "add.crowd", 0, STATUS_OK },
		{ "add.bob", 0, STATUS_OK },
		{ "add.by_eve", 0, STATUS_SIGNATURE_UNKNOWN_ISSUER },
		{ "add.by_bob", 0, STATUS_SIGNATURE_UNKNOWN_ISSUER }, /* a good signature, of another user's keyring */
		{ "add.nobody", 0, STATUS_USER_UNKNOWN },
		{ "add.nobody_by_eve", 0, STATUS_USER_UNKNOWN },
		{ "add.long_name", 0, STATUS_REQUEST_USERNAME },
		{ "add.unknown_field", 0, STATUS_REQUEST_FIELD_UNKNOWN },
		{ "remove", 20, STATUS_KEY_NOT_FOUND },
		{ "remove.sha256", 20, STATUS_KEY_NOT_FOUND },
		{ "remove.md5", 20, STATUS_KEY_NOT_FOUND },
		{ "remove.by_eve", 20, STATUS_SIGNATURE_UNKNOWN_ISSUER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool is_good = cases[i].status == STATUS_OK;
		int code;

		world_clear(NULL);
		code = world_post(cases[i].message, NOW + cases[i].now);
		if (!world_noted(is_good ? "event=added " : status_name(cases[i].status)) ||
		    code != status_http_code(cases[i].status))
			fail_msg("%s at %lld: %.*s", cases[i].message, (long long)cases[i].now, (int)world.journal.used,
			         world.journal.data);
		assert_int_equal(count_keys(), is_good);
		assert_int_equal(world_noted("event=refused "), !is_good);
		assert_true(world_noted(" remote=192.0.2.1"));
		if (!is_good && !world_answered(status_words_for_client(cases[i].status)))
			fail_msg("%s: %.*s", cases[i].message, (int)world.answer.body.used, world.answer.body.data);
	}
}

/* One answer for all that only a forger meets: byte for byte, whoever signed and whatever the user. */
static void test_one_answer(void **state)
{
	static const char *const messages[] = { "add.nobody_by_eve", "add.by_bob", "add.nobody", "remove.by_eve" };
	uint8_t first[API_BODY_MAX], changed[4096];
	struct span expected, good = vector("message.add");

	(void)state;
	assert_int_equal(world_post("add.by_eve", NOW + 20), 401);
	memcpy(first, world.answer.body.data, world.answer.body.used);
	expected = span_of(first, world.answer.body.used);
	for (size_t i = 0; i < COUNT(messages); i++) {
		assert_int_equal(world_post(messages[i], NOW + 20), 401);
		assert_true(span_equal(writer_written(&world.answer.body), expected));
	}
	/* and with the right signature over another text */
	memcpy(changed, good.data, good.size);
	for (size_t i = 0; i + 4 < good.size; i++)
		if (memcmp(changed + i, "\"1h\"", 4) == 0)
			changed[i + 1] = '2';
	assert_int_equal(world_ask(HTTP_POST, "/api/v1/keys", span_of(changed, good.size), NOW), 401);
	assert_true(span_equal(writer_written(&world.answer.body), expected));
	assert_true(world_noted("SIGNATURE_WRONG"));
	assert_int_equal(count_keys(), 0);
}

/* What is tried for the time's sake, with the keyrings of others, counts for nothing. */
static void test_spent_work_counts_for_nothing(void **state)
{
	static const char *const messages[] = { "add.nobody", "add.by_bob" };
	struct submission *submission = malloc(sizeof(*submission));

	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		const struct api_request request = {
			.body = vector_of("message.%s", messages[i]),
			.remote = SPAN("r"),
		};

		writer_rewind(&world.journal, 0);
		assert_int_not_equal(submit_request(&world.app, &request, false, NOW, submission), STATUS_OK);
		assert_int_equal(submission->verdict.count, 0);
		assert_int_equal(submission->verdict.public_key_operations, 0);
		assert_false(submission->has_key);
		assert_false(world_noted("signer="));
		arena_release(&world.request, 0);
	}
	free(submission);
	assert_int_equal(count_keys(), 0);
}

/* What is too old by its own word costs no arithmetic, and the answer is the same whoever signed it for whatever user. */
static void test_too_old(void **state)
{
	static const char *const messages[] = { "add", "add.by_eve", "add.nobody", "add.quorum", "remove.by_eve" };
	struct submission *submission = malloc(sizeof(*submission));

	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		const struct api_request request = {
			.body = vector_of("message.%s", messages[i]),
			.remote = SPAN("r"),
		};

		writer_rewind(&world.journal, 0);
		assert_int_equal(submit_request(&world.app, &request, false, NOW + 3700, submission), STATUS_POLICY_TOO_OLD);
		assert_true(span_equal(submission->detail, SPAN("max_request_age is 1h")));
		assert_int_equal(submission->verdict.public_key_operations + submission->verdict.failures, 0);
		arena_release(&world.request, 0);
	}
	free(submission);
}

/* ---- one after the other ---- */

static void test_sequences(void **state)
{
	static const struct {
		const char *messages[6];
		int codes[6];
		size_t keys; /* at the end */
	} cases[] = {
		{ { "add", "add" }, { 200, 200 }, 1 },                            /* again changes nothing */
		{ { "add", "add.same_second" }, { 200, 409 }, 1 },
		{ { "add", "add.older" }, { 200, 409 }, 1 },
		{ { "add.older", "add" }, { 200, 200 }, 1 },
		{ { "add", "add.newer", "add" }, { 200, 200, 409 }, 1 },
		{ { "add", "remove", "add" }, { 200, 200, 409 }, 0 },              /* a replay after a removal */
		{ { "add", "remove", "add.newer" }, { 200, 200, 409 }, 0 },        /* and one that was held back */
		{ { "add", "remove", "add.latest" }, { 200, 200, 200 }, 1 },
		{ { "add", "remove", "remove" }, { 200, 200, 200 }, 0 },
		{ { "remove", "add" }, { 404, 409 }, 0 },                          /* a removal overtakes what it removes */
		{ { "remove.sha256", "add" }, { 404, 409 }, 0 },
		{ { "remove.md5", "add" }, { 404, 200 }, 1 },                      /* MD5 does not say which key that would be */
		{ { "add", "remove.md5", "add" }, { 200, 200, 409 }, 0 },
		{ { "add", "remove.sha256", "add" }, { 200, 200, 409 }, 0 },
		{ { "add", "remove.same_second", "add" }, { 200, 200, 409 }, 0 },
		{ { "remove.same_second", "add" }, { 404, 409 }, 0 },
		{ { "add", "remove.by_eve", "add" }, { 200, 401, 200 }, 1 },
		{ { "add", "add.p256", "add.rsa2048" }, { 200, 200, 403 }, 2 },    /* max_keys is 2 */
		{ { "add", "add.p256", "add.newer" }, { 200, 200, 200 }, 2 },      /* to renew needs no place */
		{ { "add", "add.p256", "remove", "add.rsa2048" }, { 200, 200, 200, 200 }, 2 },
		{ { "add", "add.bob", "remove" }, { 200, 200, 200 }, 1 },          /* the same key of another user stays */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		world_clear(NULL);
		for (size_t step = 0; step < 6 && cases[i].messages[step]; step++) {
			int code = world_post(cases[i].messages[step], NOW + 30);

			if (code != cases[i].codes[step])
				fail_msg("sequence %zu: %s is %d: %.*s", i, cases[i].messages[step], code, (int)world.journal.used,
				         world.journal.data);
		}
		assert_int_equal(count_keys(), cases[i].keys);
	}
}

/* A tombstone outlives every request that it stands against; then both are forgotten. */
static void test_replay_over_time(void **state)
{
	(void)state;
	assert_int_equal(world_post("add", NOW), 200);
	assert_int_equal(world_post("remove", NOW + 30), 200);
	for (int64_t now = NOW + 30; now < NOW + 3700; now += 10) {
		int code = world_post("add.newer", now); /* signed at NOW + 10, for two hours */

		assert_int_equal(code, now <= NOW + 3610 ? 409 : 401);
	}
	assert_int_equal(table_measure(world.app.table).remembered, 0);
	world_clear(NULL);
	/* of the same second, to the last one in which the request could be taken */
	assert_int_equal(world_post("add.same_second", NOW), 200);
	assert_int_equal(world_post("remove.same_second", NOW), 200);
	assert_int_equal(world_post("add.same_second", NOW + 3600), 409);
	assert_int_equal(world_post("add.same_second", NOW + 3601), 401);
}

/* An old removal of a key that is not there must not hide that something newer about it may have been forgotten. */
static void test_removal_below_the_floor(void **state)
{
	static const uint8_t other[32] = { 1 };

	(void)state;
	table_note_signature(world.app.table, NOW + 20);
	assert_int_equal(table_bury(world.app.table, WORLD_ALICE, other, NOW + 20, NOW + 25), STATUS_OK);
	assert_int_equal(world_post("remove.same_second", NOW + 25), 404);
	assert_int_equal(table_floor(world.app.table, WORLD_ALICE), NOW + 20);
	assert_int_equal(world_post("add.newer", NOW + 26), 409); /* signed at NOW + 10 */
	assert_true(world_noted("POLICY_FORGOTTEN"));
	assert_int_equal(world_post("remove.same_second", NOW + 27), 200); /* again */
	assert_int_equal(world_post("add.latest", NOW + 30), 200);
}

static void test_expiry(void **state)
{
	(void)state;
	assert_int_equal(world_post("add.short", NOW), 200);
	assert_int_equal(world_ask(HTTP_GET, "/api/v1/keys", (struct span){ 0 }, NOW + 9), 200);
	assert_int_equal(count_keys(), 1);
	assert_int_equal(world_ask(HTTP_GET, "/api/v1/keys", (struct span){ 0 }, NOW + 10), 200);
	assert_true(world_answered("[]\n"));
	assert_true(world_noted(" user=alice fingerprint=SHA256:"));
	assert_int_equal(world.app.counters.expired, 1);
	assert_int_equal(world_post("add.short", NOW + 10), 403);
	assert_int_equal(count_keys(), 0);
}

static void test_delete(void **state)
{
	(void)state;
	assert_int_equal(world_ask(HTTP_DELETE, "/api/v1/keys", vector("message.add"), NOW), 400);
	assert_true(world_noted("REQUEST_ACTION_METHOD"));
	assert_int_equal(count_keys(), 0);
	assert_int_equal(world_post("add", NOW), 200);
	assert_int_equal(world_ask(HTTP_DELETE, "/api/v1/keys", vector("message.remove"), NOW + 20), 200);
	assert_true(world_answered("[{\"user\":\"alice\",\"key\":\"ssh-ed25519 AAAA"));
	assert_true(world_answered("\"reason\":\"to look at \\\"it\\\"\"}]\n"));
	assert_int_equal(count_keys(), 0);
}

static void test_words_for_common_mistakes(void **state)
{
	(void)state;
	assert_int_equal(world_ask(HTTP_POST, "/api/v1/keys", (struct span){ 0 }, NOW), 400);
	assert_true(world_answered("the body is empty"));
	assert_int_equal(world_post("add.private", NOW), 400);
	assert_true(world_answered("this is a private key"));
	assert_int_equal(world_ask(HTTP_DELETE, "/api/v1/keys", vector("message.remove.unsaid"), NOW), 400);
	assert_true(world_answered("DELETE takes signed requests with"));
}

/* One user's signers cannot take up the table of all with what must be remembered. */
static void test_records_of_a_user_are_limited(void **state)
{
	const size_t limit = 64 + 4 * world.users[WORLD_ALICE].policy.max_keys;
	uint8_t sha256[32] = { 0 };

	(void)state;
	if (CONFIG_KEYS < limit + 1)
		skip();
	assert_int_equal(world_post("add", NOW), 200);
	for (size_t i = 1; i < limit; i++) {
		sha256[0] = (uint8_t)i;
		assert_int_equal(table_bury(world.app.table, WORLD_ALICE, sha256, NOW - 1, NOW + 100), STATUS_OK);
	}
	assert_int_equal(world_post("add.p256", NOW), 503);
	assert_true(world_noted("TABLE_USER_FULL"));
	assert_int_equal(world_post("add.bob", NOW), 200);
	assert_int_equal(world_post("remove", NOW + 20), 200); /* what is there can always go */
	assert_int_equal(world_post("add.p256", NOW + 100), 200);
}

/* A line in the journal for everything that was done, however long the names of those who did it. */
static void test_long_names_are_noted(void **state)
{
	(void)state;
	assert_int_equal(world_post("add.crowd", NOW), 200);
	assert_true(world_noted(" user=crowd fingerprint=SHA256:"));
	assert_true(world_noted(" cut=yes\n"));
	assert_true(world_answered("\"signers\":[\""));
	assert_int_equal(world_post("add.long_name", NOW), 400);
	assert_true(world_noted(" user=\"\\x22\\x22"));
	assert_true(world_noted("status=REQUEST_USERNAME"));
}

/* ---- memory and damage ---- */

/* With too little memory for the request each message is refused, and nothing changes. */
static void test_every_arena(void **state)
{
	const struct arena whole = world.request;
	size_t refused = 0, accepted = 0;

	(void)state;
	for (size_t size = 0; size < 24 * 1024; size += 48) {
		uint8_t *memory = malloc(size ? size : 1);
		int code, code_of_eve;

		world.request = arena_of(memory, size);
		code = world_post("add", NOW);
		assert_true(code == 200 || code == 413 || code == 500 || code == 400);
		assert_int_equal(count_keys(), code == 200);
		code_of_eve = world_post("add.by_eve", NOW);
		assert_true(code_of_eve == 401 || (code != 200 && code_of_eve == code));
		assert_int_equal(count_keys(), code == 200);
		refused += code != 200;
		accepted += code == 200;
		world_clear(NULL);
		free(memory);
	}
	world.request = whole;
	assert_true(refused > 10 && accepted > 10);
}

/* No message that is cut, or in which a bit is turned over, is taken, unless it says the same. */
static void test_damaged(void **state)
{
	struct span good = vector("message.add");
	size_t signature = 0, accepted = 0;
	uint8_t *copy = malloc(good.size);

	(void)state;
	while (memcmp(good.data + signature, "-----BEGIN PGP SIGNATURE", 24) != 0)
		signature++;
	for (size_t size = 0; size < good.size - 1; size++) { /* without its last line end it is whole */
		uint8_t *cut = malloc(size ? size : 1);

		memcpy(cut, good.data, size);
		assert_int_not_equal(world_ask(HTTP_POST, "/api/v1/keys", span_of(cut, size), NOW), 200);
		free(cut);
	}
	assert_int_equal(count_keys(), 0);
	for (size_t bit = 0; bit < 8 * good.size; bit++) {
		struct table_key key;
		struct table_walk walk = table_walk_all();

		memcpy(copy, good.data, good.size);
		copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (world_ask(HTTP_POST, "/api/v1/keys", span_of(copy, good.size), NOW) != 200)
			continue;
		/* white space, the name of the digest, the checksum of the armor, and what the signature does not cover */
		accepted++;
		assert_true(table_walk_next(world.app.table, &walk, &key));
		assert_true(span_equal(key.line, span_first(vector("ssh.ed25519"), vector("ssh.ed25519").size - 1)));
		assert_int_equal(key.expire, NOW + 3600);
		assert_int_equal(key.user, WORLD_ALICE);
		world_clear(NULL);
	}
	assert_true(accepted < 8 * good.size / 10);
	free(copy);
}

static void test_table_full(void **state)
{
	struct table_key key = { .user = WORLD_BOB, .is_live = true, .expire = NOW + 1000, .signed_at = NOW - 1 };
	struct table_usage usage;
	uint8_t line[SSH_KEY_BLOB_MAX] = { 0 };

	(void)state;
	key.line = span_of(line, 0);
	for (uint32_t i = 0;; i++) {
		if (i % 2)
			key.line.size = sizeof(line);
		memcpy(key.fingerprint.sha256, &i, sizeof(i));
		memcpy(key.fingerprint.md5, &i, sizeof(i));
		if (table_put(world.app.table, &key, NOW + 1000) != STATUS_OK)
			break;
	}
	for (uint32_t i = 0; i < 100; i++) { /* fill what is left with small ones */
		memcpy(key.fingerprint.sha256 + 8, &i, sizeof(i));
		memcpy(key.fingerprint.md5 + 8, &i, sizeof(i));
		key.line.size = 16;
		(void)table_put(world.app.table, &key, NOW + 1000);
	}
	usage = table_measure(world.app.table);
	assert_int_equal(world_post("add", NOW), 503);
	assert_int_equal(world.answer.retry_after > 0, true);
	assert_true(world_noted("status=TABLE_FULL"));
	assert_int_equal(table_measure(world.app.table).live, usage.live);
	assert_int_equal(table_measure(world.app.table).remembered, usage.remembered);
	/* it serves on, and has room again when they have ended */
	assert_int_equal(world_ask(HTTP_GET, "/api/v1/user/alice/authorized_keys", (struct span){ 0 }, NOW), 200);
	for (int turns = 0; turns < 3000 && table_measure(world.app.table).live > 0; turns++) {
		writer_rewind(&world.journal, 0);
		api_sweep(&world.app, NOW + 1000);
	}
	assert_int_equal(world_post("add", NOW + 1000), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_alone, world_clear),
		cmocka_unit_test_setup(test_one_answer, world_clear),
		cmocka_unit_test_setup(test_spent_work_counts_for_nothing, world_clear),
		cmocka_unit_test_setup(test_too_old, world_clear),
		cmocka_unit_test_setup(test_sequences, world_clear),
		cmocka_unit_test_setup(test_replay_over_time, world_clear),
		cmocka_unit_test_setup(test_removal_below_the_floor, world_clear),
		cmocka_unit_test_setup(test_expiry, world_clear),
		cmocka_unit_test_setup(test_delete, world_clear),
		cmocka_unit_test_setup(test_words_for_common_mistakes, world_clear),
		cmocka_unit_test_setup(test_records_of_a_user_are_limited, world_clear),
		cmocka_unit_test_setup(test_long_names_are_noted, world_clear),
		cmocka_unit_test_setup(test_every_arena, world_clear),
		cmocka_unit_test_setup(test_damaged, world_clear),
		cmocka_unit_test_setup(test_table_full, world_clear),
	};

	return cmocka_run_group_tests(tests, world_start, world_end);
}
