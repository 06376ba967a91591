/* Is a key that is in still vouched for: under a new configuration, and as time goes by? */
#include "core/trust.h"

#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "vectors.h"

enum { NOW = WORLD_NOW };

static struct config_user users[WORLD_USERS];
static struct config config;

/* A second configuration, the same as the first until the test changes it. */
static int start(void **state)
{
	world_start(state);
	memcpy(users, world.users, sizeof(users));
	config = world.config;
	config.users = users;
	assert_int_equal(world_post("add", NOW), 200);
	assert_int_equal(world_post("add.quorum", NOW), 200);
	return 0;
}

static size_t adopt(void)
{
	writer_rewind(&world.journal, 0);
	while (!trust_adopt(&world.app, &config, NOW))
		writer_rewind(&world.journal, 0);
	assert_ptr_equal(world.app.config, &config);
	return table_measure(world.app.table).live;
}

static size_t count(size_t user)
{
	return table_count_user_keys(world.app.table, user);
}

static void test_the_same(void **state)
{
	(void)state;
	assert_int_equal(adopt(), 2);
	assert_int_equal(world.journal.used, 0);
	assert_int_equal(count(WORLD_ALICE) + count(WORLD_TEAM), 2);
}

static void test_other_numbers(void **state)
{
	(void)state;
	users[0] = world.users[WORLD_TEAM];
	users[1] = world.users[WORLD_BOB];
	users[2] = world.users[WORLD_ALICE];
	config.user_count = 3;
	assert_int_equal(adopt(), 2);
	assert_int_equal(count(0), 1);
	assert_int_equal(count(1), 0);
	assert_int_equal(count(2), 1);
	assert_int_equal(world_ask(HTTP_GET, "/api/v1/user/team/keys", (struct span){ 0 }, NOW), 200);
	assert_true(world_answered("\"user\":\"team\""));
}

static void test_no_user(void **state)
{
	(void)state;
	users[WORLD_ALICE].name = SPAN("alicia");
	assert_int_equal(adopt(), 1);
	assert_true(world_noted("user=alice ") && world_noted("status=USER_UNKNOWN"));
	/* she comes back, and with her nothing that was signed before */
	config.users = world.users;
	config.user_count = WORLD_USERS;
	world.config = config;
	config.users = users;
	assert_int_equal(trust_adopt(&world.app, &world.config, NOW), true);
	assert_int_equal(world_post("add", NOW), 409);
	assert_true(world_noted("status=POLICY_FORGOTTEN"));
}

static void test_no_signer(void **state)
{
	(void)state;
	users[WORLD_ALICE].keyring = world.users[WORLD_BOB].keyring;
	assert_int_equal(adopt(), 1);
	assert_true(world_noted("status=SIGNATURE_UNKNOWN_ISSUER"));
	assert_int_equal(count(WORLD_ALICE), 0);
}

static void test_signatures(void **state)
{
	(void)state;
	/* one of two signers is gone: too few, or still enough */
	users[WORLD_TEAM].keyring = world.users[WORLD_ALICE].keyring;
	users[WORLD_TEAM].policy.signatures = 1;
	assert_int_equal(adopt(), 2);
	users[WORLD_TEAM].policy.signatures = 2;
	assert_int_equal(adopt(), 1);
	assert_true(world_noted("status=SIGNATURE_UNKNOWN_ISSUER"));
	users[WORLD_ALICE].policy.signatures = 2;
	assert_int_equal(adopt(), 0);
	assert_true(world_noted("status=POLICY_SIGNATURES"));
}

/* A journal that is full at once is emptied as often as it takes, and every key has its line. */
static void test_small_journal(void **state)
{
	size_t lines = 0, calls = 1;

	(void)state;
	config.user_count = 0;
	world.journal.size = 3 * JOURNAL_LINE_MAX; /* room for one, beside those of a request */
	writer_rewind(&world.journal, 0);
	for (; !trust_adopt(&world.app, &config, NOW); calls++) {
		lines += world_noted("event=dropped");
		writer_rewind(&world.journal, 0);
	}
	lines += world_noted("event=dropped");
	assert_true(calls == 2 && lines == 2);
	assert_int_equal(table_measure(world.app.table).live, 0);
}

/* What has overtaken requests that may come in now is remembered for longer, not forgotten. */
static void test_age(void **state)
{
	uint32_t position = 0;
	struct table_key expired;

	(void)state;
	config.max_request_age = 7200;
	assert_int_equal(adopt(), 2);
	while (table_sweep(world.app.table, NOW + 7200, &position, &expired))
		;
	assert_int_equal(table_measure(world.app.table).remembered, 2);
	assert_int_equal(table_floor(world.app.table, WORLD_BOB), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_same, start, world_end),
		cmocka_unit_test_setup_teardown(test_other_numbers, start, world_end),
		cmocka_unit_test_setup_teardown(test_no_user, start, world_end),
		cmocka_unit_test_setup_teardown(test_no_signer, start, world_end),
		cmocka_unit_test_setup_teardown(test_signatures, start, world_end),
		cmocka_unit_test_setup_teardown(test_small_journal, start, world_end),
		cmocka_unit_test_setup_teardown(test_age, start, world_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
