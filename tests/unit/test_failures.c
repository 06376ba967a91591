/* Failed requests of many sources, with times that the test sets. */
#include "core/failures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { START = 1000000, BURST = 5, INTERVAL = 2000, FULL = BURST * INTERVAL };

static const struct config_failures limit = { .burst = BURST, .per_minute = 60000 / INTERVAL };
static struct failures table;

static int start(void **state)
{
	(void)state;
	memset(&table, 0, sizeof(table));
	return 0;
}

/* Fails as long as the source may; returns how often that was. */
static unsigned fail_all(uint64_t source, int64_t now)
{
	unsigned count = 0;

	while (failures_time_to_wait(&table, &limit, source, now) == 0 && count < 100000) {
		failures_note(&table, &limit, source, now);
		count++;
	}
	return count;
}

static void test_burst_and_rate(void **state)
{
	(void)state;
	assert_int_equal(fail_all(1, START), BURST);
	assert_int_equal(failures_time_to_wait(&table, &limit, 1, START), INTERVAL);
	assert_int_equal(failures_time_to_wait(&table, &limit, 1, START + INTERVAL - 1), 1);
	assert_int_equal(failures_time_to_wait(&table, &limit, 1, START + INTERVAL), 0);
	assert_int_equal(fail_all(1, START + INTERVAL), 1);
	assert_int_equal(fail_all(1, START + 4 * INTERVAL), 3);
	assert_int_equal(fail_all(1, START + 4 * INTERVAL + FULL), BURST);
	assert_int_equal(fail_all(1, START + 1000 * INTERVAL), BURST); /* and no more for having been silent */
	assert_int_equal(fail_all(2, START + 1000 * INTERVAL), BURST); /* each has its own */
}

/* What is refused unseen is not noted; but requests that are under way at the same time are, and run up no debt. */
static void test_no_debts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		failures_note(&table, &limit, 1, START);
	assert_int_equal(failures_time_to_wait(&table, &limit, 1, START), INTERVAL);
}

static void test_told_once(void **state)
{
	unsigned told = 0;

	(void)state;
	for (int64_t now = START; now < START + 100 * INTERVAL; now += INTERVAL / 10)
		if (failures_time_to_wait(&table, &limit, 1, now) == 0)
			told += failures_note(&table, &limit, 1, now);
	assert_int_equal(told, 1);
	for (unsigned i = 1; i <= BURST; i++) /* once more after the bucket was full again */
		assert_int_equal(failures_note(&table, &limit, 1, START + 1000 * INTERVAL), i == BURST);
}

static void test_switched_off(void **state)
{
	static const struct config_failures none[] = { { 0, 0 }, { 30, 0 }, { 0, 30 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (unsigned n = 0; n < 1000; n++)
			assert_false(failures_note(&table, &none[i], 1, START));
		assert_int_equal(failures_time_to_wait(&table, &none[i], 1, START), 0);
	}
}

/* A limit that a reload made smaller. */
static void test_smaller_limit(void **state)
{
	static const struct config_failures smaller = { .burst = 1, .per_minute = 60 };

	(void)state;
	assert_int_equal(fail_all(1, START), BURST);
	failures_note(&table, &smaller, 1, START);
	assert_int_equal(failures_time_to_wait(&table, &smaller, 1, START), 1000);
}

static void test_largest_numbers(void **state)
{
	static const struct config_failures most = { .burst = 10000, .per_minute = 1 };

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		assert_int_equal(failures_time_to_wait(&table, &most, 1, INT64_C(1) << 50), 0);
		assert_int_equal(failures_note(&table, &most, 1, INT64_C(1) << 50), i == 9999);
	}
	assert_int_equal(failures_time_to_wait(&table, &most, 1, INT64_C(1) << 50), 60000);
}

/* Who has failed most is remembered longest: one's own bucket does not come back for a flood from elsewhere. */
static void test_eviction(void **state)
{
	(void)state;
	assert_int_equal(fail_all(1, START), BURST);
	for (uint64_t source = 2; source < 2 + 10 * CONFIG_FAILURE_SOURCES; source++)
		failures_note(&table, &limit, source, START);
	assert_int_equal(failures_time_to_wait(&table, &limit, 1, START), INTERVAL);
	/* as many sources as there are places, each of which fails as often: only then is anybody forgotten */
	memset(&table, 0, sizeof(table));
	assert_int_equal(fail_all(1, START), BURST);
	for (uint64_t source = 2; source < 1 + CONFIG_FAILURE_SOURCES; source++)
		assert_int_equal(fail_all(source, START), BURST);
	for (uint64_t source = 1; source < 1 + CONFIG_FAILURE_SOURCES; source++)
		assert_int_equal(failures_time_to_wait(&table, &limit, source, START), INTERVAL);
	assert_int_equal(fail_all(1 + CONFIG_FAILURE_SOURCES, START), BURST);
}

/* The source 0 (::1 and 0.0.0.0) is one like others, and finds no bucket in the empty table. */
static void test_source_of_zero(void **state)
{
	(void)state;
	assert_int_equal(failures_time_to_wait(&table, &limit, 0, START), 0);
	assert_int_equal(fail_all(0, START), BURST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_burst_and_rate, start), cmocka_unit_test_setup(test_no_debts, start),
		cmocka_unit_test_setup(test_told_once, start),      cmocka_unit_test_setup(test_switched_off, start),
		cmocka_unit_test_setup(test_smaller_limit, start),  cmocka_unit_test_setup(test_largest_numbers, start),
		cmocka_unit_test_setup(test_eviction, start),       cmocka_unit_test_setup(test_source_of_zero, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
