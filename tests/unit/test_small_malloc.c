/* third_party/small_malloc.c under other names: blocks keep what is in them, and all of the room comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/kconfig.h"
#include "random.h"

void *small_malloc(size_t size);
void *small_calloc(size_t count, size_t size);
void *small_realloc(void *data, size_t size);
void small_free(void *data);

enum { ROOM = (256 + 16 * CONFIG_SETTINGS_FILE_KB) * 1024, HEADER = 16 };

static void test_limits(void **state)
{
	uint8_t *all = small_malloc(ROOM - HEADER);

	(void)state;
	assert_non_null(all);
	memset(all, 1, ROOM - HEADER);
	assert_null(small_malloc(0)); /* not even a header fits */
	assert_null(small_realloc(all, ROOM));
	small_free(all);
	small_free(NULL);
	assert_null(small_malloc(ROOM - HEADER + 1));
	assert_null(small_malloc(SIZE_MAX));
	assert_null(small_malloc(SIZE_MAX - HEADER));
	assert_null(small_calloc(SIZE_MAX / 2, 4));
	assert_null(small_calloc(4, SIZE_MAX / 2));
	assert_null(small_realloc(NULL, SIZE_MAX));
	all = small_calloc(1, ROOM - HEADER);
	assert_non_null(all);
	for (size_t i = 0; i < ROOM - HEADER; i++)
		assert_int_equal(all[i], 0);
	small_free(all);
}

static void check(const uint8_t *data, size_t size, uint8_t value)
{
	assert_true((uintptr_t)data % HEADER == 0);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(data[i], value);
}

static void test_random(void **state)
{
	struct {
		uint8_t *data;
		size_t size;
	} slots[32] = { { NULL, 0 } };
	struct random random = { 7 };
	uint8_t *all;

	(void)state;
	for (unsigned step = 0; step < 200000; step++) {
		const size_t i = random_below(&random, 32), size = random_below(&random, 3000);
		uint8_t *data;

		check(slots[i].data, slots[i].size, (uint8_t)i);
		if (random_below(&random, 3) == 0) {
			small_free(slots[i].data);
			slots[i].data = NULL;
			slots[i].size = 0;
			continue;
		}
		data = small_realloc(slots[i].data, size);
		if (!data)
			continue;
		check(data, size < slots[i].size ? size : slots[i].size, (uint8_t)i);
		memset(data, (int)i, size);
		slots[i].data = data;
		slots[i].size = size;
	}
	for (size_t i = 0; i < 32; i++)
		small_free(slots[i].data);
	all = small_malloc(ROOM - HEADER);
	assert_non_null(all);
	small_free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
