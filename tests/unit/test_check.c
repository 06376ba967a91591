/* Checks as the core sees them: when one is asked about what, and what becomes of its answer. */
#include "core/check.h"

#include "base/kconfig.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "vectors.h"

enum { NOW = WORLD_NOW };

static struct question question;
static const char *const command[] = { "/bin/true", NULL };
static const struct config_check checks[] = {
	{ .name = SPAN_INITIALIZER("adds"), .command = command, .actions = 1U << CHECK_ADD },
	{ .name = SPAN_INITIALIZER("both"), .command = command, .actions = 1U << CHECK_ADD | 1U << CHECK_REMOVE },
	{ .name = SPAN_INITIALIZER("door"), .command = command, .actions = 1U << CHECK_SERVE, .cache = 5 },
	{ .name = SPAN_INITIALIZER("each"), .command = command, .actions = 1U << CHECK_SERVE },
};

static int start(void **state)
{
	world_start(state);
	world.config.checks = checks;
	world.config.check_count = 4;
	world.app.question = &question;
	return 0;
}

/* Handles a request with what the checks have said so far. Is a further one asked? Then its index is in question. */
static bool asks(enum http_method method, const char *path, const char *message, struct api_verdict verdict, int64_t now)
{
	const struct api_request request = {
		.method = method,
		.path = span_of_string(path),
		.body = message ? vector_of("message.%s", message) : (struct span){ 0 },
		.remote = SPAN("192.0.2.1"),
		.access = ACCESS_ALL,
		.verdict = verdict,
	};

	world_handle(&request, now);
	return world.answer.asks;
}

static bool add_asks(const char *message, uint32_t allowed, enum status status)
{
	return asks(HTTP_POST, "/api/v1/keys", message,
	            (struct api_verdict){ .allowed = allowed, .status = status, .detail = SPAN("a detail") }, NOW);
}

static bool serve_asks(uint32_t allowed, enum status status, int64_t now)
{
	return asks(HTTP_GET, "/api/v1/user/alice/authorized_keys", NULL,
	            (struct api_verdict){ .allowed = allowed, .status = status }, now);
}

static size_t count_keys(void)
{
	return table_measure(world.app.table).live;
}

static void test_one_after_the_other(void **state)
{
	(void)state;
	world.users[WORLD_ALICE].policy.checks = 3;
	assert_true(add_asks("add", 0, STATUS_OK));
	assert_true(question.user == WORLD_ALICE && question.check == 0 && question.action == CHECK_ADD);
	assert_int_equal(question.signer_count, 1);
	assert_true(question.expire > NOW);
	assert_true(span_starts_with(question_field(&question, QUESTION_KEY), SPAN("ssh-ed25519 AAAA")));
	assert_true(span_starts_with(question_field(&question, QUESTION_FINGERPRINT), SPAN("SHA256:")));
	assert_true(span_equal(question_field(&question, QUESTION_REMOTE), SPAN("192.0.2.1")));
	assert_int_equal(count_keys(), 0);
	assert_int_equal(world.journal.used, 0);
	assert_int_equal(world.app.counters.requests, 0);
	assert_true(add_asks("add", 1, STATUS_OK));
	assert_int_equal(question.check, 1);
	assert_false(add_asks("add", 3, STATUS_OK));
	assert_true(world.answer.http_code == 200 && count_keys() == 1 && world_noted("event=added"));
	assert_int_equal(world.app.counters.requests, 1);
	/* what changes nothing is not asked */
	assert_false(add_asks("add", 0, STATUS_OK));
	assert_int_equal(world.answer.http_code, 200);
}

static void test_refusals(void **state)
{
	static const struct {
		enum status status;
		int code;
	} cases[] = { { STATUS_CHECK_REFUSED, 403 }, { STATUS_CHECK_OUTRAN, 403 },  { STATUS_CHECK_FAILED, 403 },
		      { STATUS_CHECK_BUSY, 503 },    { STATUS_CHECK_RELOADED, 503 } };

	(void)state;
	world.users[WORLD_ALICE].policy.checks = 1;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_false(add_asks("add", 0, cases[i].status));
		assert_int_equal(world.answer.http_code, cases[i].code);
		assert_int_equal(world.answer.retry_after, cases[i].code == 503 ? 2 : 0);
		assert_true(world_answered("a detail") && world_noted("event=refused"));
		assert_int_equal(count_keys(), 0);
	}
	/* a yes of another check, or of one that is not there, is none */
	assert_true(add_asks("add", UINT32_MAX & ~1U, STATUS_OK));
	/* who cannot ask refuses */
	world.app.question = NULL;
	assert_false(add_asks("add", 0, STATUS_OK));
	assert_int_equal(world.answer.http_code, 503);
	/* a forger's request is not worth a question */
	world.app.question = &question;
	assert_false(add_asks("add.by_eve", 0, STATUS_OK));
	assert_int_equal(world.answer.http_code, 401);
	assert_false(add_asks("add.by_eve", UINT32_MAX, STATUS_OK));
	assert_int_equal(world.answer.http_code, 401);
}

/* The policy may have changed while the check was asked: all is judged anew. */
static void test_judged_anew(void **state)
{
	(void)state;
	world.users[WORLD_ALICE].policy.checks = 1;
	assert_true(add_asks("add", 0, STATUS_OK));
	world.users[WORLD_ALICE].policy.key_types = 1U << SSH_KEY_RSA;
	assert_false(add_asks("add", 1, STATUS_OK));
	assert_int_equal(world.answer.http_code, 403);
	world.users[WORLD_ALICE].policy.key_types = 1U << SSH_KEY_ED25519;
	assert_false(asks(HTTP_POST, "/api/v1/keys", "add", (struct api_verdict){ .allowed = 1 }, NOW + 3700));
	assert_int_equal(world.answer.http_code, 401);
	assert_int_equal(count_keys(), 0);
}

static void test_serving(void **state)
{
	(void)state;
	world.users[WORLD_ALICE].policy.checks = 0xc;
	assert_false(serve_asks(0, STATUS_OK, NOW)); /* there is nothing to serve */
	assert_false(add_asks("add", 0, STATUS_OK));
	assert_true(serve_asks(0, STATUS_OK, NOW));
	assert_true(question.check == 2 && question.action == CHECK_SERVE && question.signer_count == 0);
	assert_int_equal(world.app.counters.served, 1);
	assert_true(serve_asks(4, STATUS_OK, NOW));
	assert_int_equal(question.check, 3);
	assert_false(serve_asks(12, STATUS_OK, NOW));
	assert_true(world_answered("ssh-ed25519 "));
	assert_int_equal(world.app.counters.served, 2);
	/* a no is an empty list, which is no error; but who cannot ask says so */
	assert_false(serve_asks(4, STATUS_CHECK_REFUSED, NOW));
	assert_true(world.answer.http_code == 200 && world.answer.body.used == 0);
	assert_false(serve_asks(0, STATUS_CHECK_OUTRAN, NOW));
	assert_true(world.answer.http_code == 200 && world.answer.body.used == 0);
	assert_false(serve_asks(0, STATUS_CHECK_BUSY, NOW));
	assert_int_equal(world.answer.http_code, 503);
}

static void test_memory(void **state)
{
	(void)state;
	world.users[WORLD_ALICE].policy.checks = 4;
	assert_false(add_asks("add", 0, STATUS_OK));
	assert_true(serve_asks(0, STATUS_OK, NOW));
	check_remember(&world.app, &world.app.asked, true, NOW);
	assert_false(serve_asks(0, STATUS_OK, NOW + 4));
	assert_true(world_answered("ssh-ed25519 "));
	assert_true(serve_asks(0, STATUS_OK, NOW + 5)); /* its time is over */
	assert_true(serve_asks(0, STATUS_OK, NOW - 1)); /* the clock was set back */
	check_remember(&world.app, &world.app.asked, false, NOW + 5);
	assert_false(serve_asks(0, STATUS_OK, NOW + 6));
	assert_true(world.answer.http_code == 200 && world.answer.body.used == 0);
	check_forget(&world.app);
	assert_true(serve_asks(0, STATUS_OK, NOW + 6));
	/* one that is asked each time is */
	world.users[WORLD_ALICE].policy.checks = 8;
	assert_true(serve_asks(0, STATUS_OK, NOW));
	check_remember(&world.app, &world.app.asked, true, NOW);
	assert_true(serve_asks(0, STATUS_OK, NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_after_the_other, start, world_end),
		cmocka_unit_test_setup_teardown(test_refusals, start, world_end),
		cmocka_unit_test_setup_teardown(test_judged_anew, start, world_end),
		cmocka_unit_test_setup_teardown(test_serving, start, world_end),
		cmocka_unit_test_setup_teardown(test_memory, start, world_end),
	};

	if (!IS_ENABLED(CONFIG_CHECKS))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
