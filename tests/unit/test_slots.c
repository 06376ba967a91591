#include "server/slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TCP = CONFIG_CONNECTIONS - SLOTS_RESERVE };

static struct slot *array;

static int start(void **state)
{
	(void)state;
	array = calloc(CONFIG_CONNECTIONS, sizeof(*array));
	return array ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	free(array);
	return 0;
}

/* Slots that were never needed are not touched: the one given back last comes first. */
static void test_order(void **state)
{
	struct slots slots = slots_of(array);
	struct slot *first = slots_take(&slots, true), *second = slots_take(&slots, true);

	(void)state;
	assert_ptr_equal(first, &array[0]);
	assert_ptr_equal(second, &array[1]);
	slots_give_back(&slots, first);
	slots_give_back(&slots, second);
	assert_ptr_equal(slots_take(&slots, true), second);
	assert_ptr_equal(slots_take(&slots, true), first);
	assert_int_equal(slots.touched, 2);
	assert_int_equal(slots.taken, 2);
}

static void test_reserve(void **state)
{
	struct slots slots = slots_of(array);

	(void)state;
	for (size_t i = 0; i < TCP; i++)
		assert_non_null(slots_take(&slots, false));
	assert_null(slots_take(&slots, false));
	for (size_t i = 0; i < SLOTS_RESERVE; i++)
		assert_non_null(slots_take(&slots, true));
	assert_null(slots_take(&slots, true));
	slots_give_back(&slots, &array[TCP]); /* a Unix one */
	assert_null(slots_take(&slots, false));
	slots_give_back(&slots, &array[0]);
	assert_non_null(slots_take(&slots, false));
	assert_non_null(slots_take(&slots, true));
	assert_int_equal(slots.taken, CONFIG_CONNECTIONS);
}

/* All slots are taken by some that never give way, but for a few: the first TCP ones, then the last one, which is a Unix one. */
static const struct {
	const char *name;
	struct {
		enum conn_state state;
		int64_t since;
	} tcp[2], local;
	bool is_local; /* the one who comes */
	int victim;    /* -1: nobody; 2: the local one */
} cases[] = {
	{ "nobody", { { CONN_CLOSED, 1 }, { CONN_CLOSED, 2 } }, { CONN_CLOSED, 3 }, true, -1 },
	{ "the answer that has not moved for longest", { { CONN_ANSWER, 2 }, { CONN_ANSWER, 1 } }, { CONN_ANSWER, 3 }, true, 1 },
	{ "an answer last", { { CONN_ANSWER, 1 }, { CONN_BODY, 9 } }, { CONN_ANSWER, 2 }, true, 1 },
	{ "the idle one", { { CONN_ANSWER, 1 }, { CONN_IDLE, 9 } }, { CONN_HEAD, 3 }, true, 1 },
	{ "the oldest idle one", { { CONN_IDLE, 5 }, { CONN_IDLE, 4 } }, { CONN_IDLE, 6 }, true, 1 },
	{ "idle before lingering", { { CONN_LINGER, 1 }, { CONN_IDLE, 9 } }, { CONN_ANSWER, 0 }, true, 1 },
	{ "lingering before a head", { { CONN_LINGER, 9 }, { CONN_HEAD, 1 } }, { CONN_ANSWER, 0 }, true, 0 },
	{ "the oldest head", { { CONN_HEAD, 2 }, { CONN_HEAD, 1 } }, { CONN_BODY, 0 }, true, 1 },
	{ "a head before a body", { { CONN_HEAD, 9 }, { CONN_BODY, 1 } }, { CONN_ANSWER, 0 }, true, 0 },
	{ "a body", { { CONN_ANSWER, 9 }, { CONN_BODY, 1 } }, { CONN_ANSWER, 0 }, true, 1 },
	{ "a local one for a local one", { { CONN_HEAD, 1 }, { CONN_BODY, 1 } }, { CONN_IDLE, 9 }, true, 2 },
	{ "no local one for TCP", { { CONN_ANSWER, 1 }, { CONN_ANSWER, 2 } }, { CONN_IDLE, 0 }, false, 0 },
	{ "another one for TCP", { { CONN_ANSWER, 1 }, { CONN_BODY, 1 } }, { CONN_IDLE, 0 }, false, 1 },
};

static void test_victims(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) && TCP >= 2; i++) {
		struct slots slots;
		struct slot *few[3] = { &array[0], &array[1], &array[CONFIG_CONNECTIONS - 1] };
		struct slot *expected = cases[i].victim < 0 ? NULL : few[cases[i].victim];

		memset(array, 0, CONFIG_CONNECTIONS * sizeof(*array));
		slots = slots_of(array);
		for (size_t n = 0; n < CONFIG_CONNECTIONS; n++)
			slots_take(&slots, n >= TCP)->conn.state = CONN_CLOSED; /* about to go by itself */
		for (size_t n = 0; n < 2; n++) {
			few[n]->conn.state = cases[i].tcp[n].state;
			few[n]->conn.since = cases[i].tcp[n].since;
		}
		few[2]->conn.state = cases[i].local.state;
		few[2]->conn.since = cases[i].local.since;
		if (slots_find_victim(&slots, cases[i].is_local) != expected)
			fail_msg("%s", cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, start, end),
		cmocka_unit_test_setup_teardown(test_reserve, start, end),
		cmocka_unit_test_setup_teardown(test_victims, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
