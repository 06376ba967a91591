/* The time that all is judged by, while the system's clock is set back and forth, or not at all. The table's uptime runs
 * on through all of it. */
#include "core/now.h"

#include "vectors.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = WORLD_NOW, HOUR = 3600, DAY = 86400, UPTIME = 1000 };

static const struct span nothing;

static int clear(void **state)
{
	world_clear(state);
	world.config.clock_is_signed = false;
	world.app.released = NOW - DAY;
	table_tell_uptime(world.app.table, UPTIME);
	return 0;
}

/* At the given uptime (counted from UPTIME): posts the message while the clock shows wall. */
static int post(const char *message, int64_t uptime, int64_t wall)
{
	table_tell_uptime(world.app.table, UPTIME + uptime);
	return world_post(message, wall);
}

/* The lines that sshd gets for alice; what the table has live is as much. */
static size_t count_served(int64_t uptime, int64_t wall)
{
	size_t lines = 0;

	table_tell_uptime(world.app.table, UPTIME + uptime);
	assert_int_equal(world_ask(HTTP_GET, "/api/v1/user/alice/authorized_keys", nothing, wall), 200);
	for (size_t i = 0; i < world.answer.body.used; i++)
		lines += world.answer.body.data[i] == '\n';
	assert_int_equal(table_measure(world.app.table).live, lines);
	return lines;
}

static int remove_as_root(int64_t uptime, int64_t wall)
{
	struct span fingerprint = vector("ssh.ed25519.md5");
	uint8_t room[256];
	struct writer target = writer_of(room, sizeof(room));
	struct api_request request = { .method = HTTP_DELETE, .access = ACCESS_ALL, .is_local_root = true, .remote = SPAN("root") };

	writer_put(&target, SPAN("/api/v1/user/alice/key/"));
	writer_put(&target, fingerprint);
	request.path = writer_written(&target);
	table_tell_uptime(world.app.table, UPTIME + uptime);
	return world_handle(&request, wall);
}

/* An hour back: the key ends when an hour has really gone by, and its request does not bring it back. */
static void test_back_by_an_hour(void **state)
{
	(void)state;
	assert_int_equal(post("add", 0, NOW), 200); /* for an hour */
	assert_int_equal(count_served(60, NOW + 60 - HOUR), 1);
	assert_int_equal(count_served(HOUR - 1, NOW - 1), 1);
	assert_int_equal(table_next_end(world.app.table), NOW + HOUR);
	table_tell_uptime(world.app.table, UPTIME + HOUR);
	assert_int_equal(table_next_end(world.app.table), 0); /* the sweep is due though the clock is far from it */
	assert_int_equal(count_served(HOUR, NOW), 0);
	assert_true(world_noted("event=expired"));
	assert_int_equal(post("add", HOUR + 1, NOW + 1), 409);
	assert_true(world_noted("POLICY_SAME_SECOND"));
	assert_int_equal(post("add.newer", HOUR + 10, NOW + 10), 200); /* what is signed later is another matter */
	assert_int_equal(count_served(HOUR + 11, NOW + 11), 1);
}

/* The deadline is the newest request's. */
static void test_renewed(void **state)
{
	(void)state;
	assert_int_equal(post("add", 0, NOW), 200);
	assert_int_equal(post("add.newer", 10, NOW + 10), 200); /* for two hours */
	assert_int_equal(post("add.newer", HOUR, NOW + 20), 200); /* the same again changes nothing: neither the deadline */
	assert_int_equal(count_served(2 * HOUR + 9, NOW + 30), 1);
	assert_int_equal(count_served(2 * HOUR + 10, NOW + 30), 0);
}

/* A day forward, and back again: what has ended by that clock stays away. */
static void test_forward_by_a_day(void **state)
{
	(void)state;
	assert_int_equal(post("add", 0, NOW), 200);
	assert_int_equal(count_served(1, NOW + DAY), 0);
	assert_true(world_noted("event=expired"));
	assert_int_equal(table_measure(world.app.table).remembered, 0);
	assert_int_equal(post("add", 2, NOW + 2), 409);
	assert_true(world_noted("POLICY_FORGOTTEN"));
	assert_true(world_answered("sign a new one"));
	assert_int_equal(post("add.older", 2, NOW + 2), 409);
	assert_int_equal(post("add.newer", 10, NOW + 10), 200);
	assert_int_equal(count_served(11, NOW + 11), 1);
}

/* A removed key's request, when the clock goes back after all has been forgotten. */
static void test_replay_of_what_was_removed(void **state)
{
	(void)state;
	assert_int_equal(post("add", 0, NOW), 200);
	assert_int_equal(post("remove", 20, NOW + 20), 200);
	assert_int_equal(count_served(2 * HOUR, NOW + 2 * HOUR), 0);
	assert_int_equal(table_measure(world.app.table).remembered, 0);
	assert_int_equal(post("add", 2 * HOUR + 1, NOW + 30), 409);
	assert_int_equal(post("add.newer", 2 * HOUR + 1, NOW + 30), 409); /* signed before the removal */
	assert_int_equal(post("add.p256", 2 * HOUR + 1, NOW + 30), 409);  /* who knows */
	assert_int_equal(post("add.latest", 2 * HOUR + 1, NOW + 30), 200);
	assert_int_equal(count_served(2 * HOUR + 2, NOW + 31), 1);
}

/* The same where the removal came before the request: it is remembered, and so is that it was there. */
static void test_removal_ahead_of_its_request(void **state)
{
	(void)state;
	assert_int_equal(post("remove", 20, NOW + 20), 404);
	assert_int_equal(post("add.newer", 30, NOW + 30), 409);
	assert_int_equal(count_served(2 * HOUR, NOW + 2 * HOUR), 0);
	assert_int_equal(table_measure(world.app.table).remembered, 0);
	assert_int_equal(post("add.newer", 2 * HOUR + 1, NOW + 30), 409);
	assert_int_equal(post("add.latest", 2 * HOUR + 1, NOW + 30), 200);
}

/* Root removes a key under a clock that is ahead; when it is right again, no other key is kept out. */
static void test_removal_by_root_in_the_future(void **state)
{
	(void)state;
	assert_int_equal(post("add.latest", 30, NOW + 30), 200);
	assert_int_equal(remove_as_root(40, NOW + HOUR / 2), 200);
	assert_int_equal(post("add.ahead", 50, NOW + 50), 409); /* for all that this clock knows, it was signed before */
	assert_int_equal(count_served(60, NOW + 2 * HOUR), 0);
	assert_int_equal(table_measure(world.app.table).remembered, 0);
	assert_int_equal(table_floor(world.app.table, WORLD_ALICE), NOW + 30);
	assert_int_equal(post("add.latest", 70, NOW + 70), 409);
	assert_int_equal(post("add.ahead", 80, NOW + 80), 200);
}

/* 1970: nothing is added, everything can be removed and read. */
static void test_not_set(void **state)
{
	(void)state;
	assert_int_equal(post("add", 0, 12), 503);
	assert_true(world_noted("CLOCK_NOT_SET"));
	assert_true(world_answered("clock is not set"));
	assert_true(world.answer.retry_after > 0);
	assert_int_equal(post("add.nobody_by_eve", 0, 12), 503);
	assert_int_equal(post("add", 0, NOW - DAY - 1), 503);
	assert_int_equal(post("add.unknown_field", 0, 12), 400);
	assert_int_equal(world_ask(HTTP_POST, "/api/v1/keys", SPAN("x"), 12), 400);
	assert_int_equal(count_served(0, 12), 0);

	assert_int_equal(post("add", 1, NOW), 200); /* it is set, and is lost again */
	assert_int_equal(count_served(2, 12), 1);
	assert_int_equal(post("remove.by_eve", 2, 12), 401);
	assert_int_equal(post("remove", 2, 12), 200);
	assert_int_equal(count_served(2, 12), 0);
	assert_int_equal(post("add", 3, NOW), 409);
	assert_int_equal(post("add.latest", 3, NOW + 30), 200);
	assert_int_equal(remove_as_root(4, 12), 200);
	assert_int_equal(post("add.latest", 5, NOW + 31), 409);
	assert_int_equal(post("add.p256", 6, NOW), 200);
	assert_int_equal(count_served(5 + HOUR, 12), 1);
	assert_int_equal(count_served(6 + HOUR, 12), 0); /* its deadline comes in 1970, too */
}

/* clock: signed, without a clock: the newest signature tells the time, and uptime counts on from there. */
static void test_signed(void **state)
{
	(void)state;
	world.config.clock_is_signed = true;
	assert_int_equal(post("add.by_eve", 0, 12), 401); /* who may not sign sets no clock */
	assert_int_equal(now_find(&world.app, 12), NOW - DAY);
	assert_int_equal(post("add", 0, 12), 200);
	assert_int_equal(now_find(&world.app, 12), NOW);
	assert_int_equal(count_served(100, 12), 1);
	assert_int_equal(now_find(&world.app, 12), NOW + 100);
	assert_int_equal(post("add.older", 100, 12), 409);
	assert_int_equal(post("add.p256", HOUR - 1, 12), 200); /* signed at NOW */
	assert_int_equal(count_served(HOUR, 12), 0);
	assert_int_equal(post("add.rsa2048", HOUR + 1, 12), 401); /* too old */
	assert_int_equal(post("add.future", HOUR + 1, 12), 200);  /* signed at NOW + 301: not so old */
	assert_int_equal(now_find(&world.app, 12), NOW + HOUR + 1);
	assert_int_equal(post("add.newer", 2 * HOUR, 12), 401);
	/* it is of no account once the clock is set */
	assert_int_equal(now_find(&world.app, NOW - 5), NOW - 5);
	assert_int_equal(post("add.p256", HOUR + 2, NOW - 301), 401);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_back_by_an_hour, clear),
		cmocka_unit_test_setup(test_renewed, clear),
		cmocka_unit_test_setup(test_forward_by_a_day, clear),
		cmocka_unit_test_setup(test_replay_of_what_was_removed, clear),
		cmocka_unit_test_setup(test_removal_ahead_of_its_request, clear),
		cmocka_unit_test_setup(test_removal_by_root_in_the_future, clear),
		cmocka_unit_test_setup(test_not_set, clear),
		cmocka_unit_test_setup(test_signed, clear),
	};

	return cmocka_run_group_tests(tests, world_start, world_end);
}
