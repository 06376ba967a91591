#include "core/heap.h"

#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { HEAP = 4096, OWNERS = 40, HEAD = 8, CAPACITY = HEAP - HEAP / 8 };

static struct arena arena;
static struct heap heap;

static int start(void **state)
{
	const size_t size = HEAP + (OWNERS + 1) * sizeof(uint32_t) + 32;

	(void)state;
	arena = arena_of(calloc(1, size), size);
	return heap_start(&heap, &arena, HEAP, OWNERS) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	free(arena.data);
	return 0;
}

static size_t whole(size_t size)
{
	return HEAD + (size + HEAD - 1) / HEAD * HEAD;
}

static void test_start(void **state)
{
	_Alignas(max_align_t) uint8_t memory[128] = { 0 };
	struct heap other;

	(void)state;
	for (size_t size = 0; size < sizeof(memory); size += 8) {
		struct arena small = arena_of(memory, size);

		assert_int_equal(heap_start(&other, &small, 64, 4), size >= 64 + 4 * sizeof(uint32_t));
	}
}

static void test_put_get_drop(void **state)
{
	uint8_t *entry = heap_put(&heap, 7, 5);

	(void)state;
	assert_non_null(entry);
	assert_int_equal((uintptr_t)entry % 8, 0);
	assert_ptr_equal(heap_get(&heap, 7), entry);
	assert_null(heap_get(&heap, 6));
	memcpy(entry, "hello", 5);
	heap_drop(&heap, 7);
	assert_null(heap_get(&heap, 7));
	assert_memory_equal(entry, "hello", 5); /* until the next put */
	heap_drop(&heap, 7);
	assert_int_equal(heap.garbage, heap.used);
	assert_non_null(heap_put(&heap, 7, 0));
	assert_non_null(heap_get(&heap, 7));
}

static void test_limits(void **state)
{
	static const size_t too_large[] = { CAPACITY - HEAD + 1, HEAP, SIZE_MAX / 2 };
	uint8_t *entry;

	(void)state;
	for (size_t i = 0; i < sizeof(too_large) / sizeof(too_large[0]); i++)
		assert_null(heap_put(&heap, 1, too_large[i]));
	assert_null(heap_get(&heap, 1));
	entry = heap_put(&heap, 1, CAPACITY - HEAD);
	assert_non_null(entry);
	memset(entry, 0xaa, CAPACITY - HEAD);
	assert_null(heap_put(&heap, 2, 0));
	assert_null(heap_put(&heap, 1, 1)); /* a new one stands beside the old one until it is whole */
	assert_ptr_equal(heap_get(&heap, 1), entry);
	assert_int_equal(entry[CAPACITY - HEAD - 1], 0xaa);
	heap_drop(&heap, 1);
	assert_non_null(heap_put(&heap, 2, CAPACITY - HEAD)); /* after moving together: nothing is left */
}

/* Against an array: whatever is put stays as it is until it is dropped or put anew, and only what does not fit is
 * refused. */
static void test_model(void **state)
{
	struct {
		bool is_live;
		size_t size;
		uint8_t fill;
	} model[OWNERS] = { { 0 } };
	struct random random = { 1 };
	size_t live = 0, refused = 0;

	(void)state;
	for (size_t step = 0; step < 100000; step++) {
		uint32_t owner = random_below(&random, OWNERS);

		if (random_below(&random, 4) == 0) {
			heap_drop(&heap, owner);
			live -= model[owner].is_live ? whole(model[owner].size) : 0;
			model[owner].is_live = false;
		} else {
			size_t size = random_below(&random, random_below(&random, 8) == 0 ? 1500 : 120);
			bool fits = live + whole(size) <= CAPACITY;
			uint8_t *entry = heap_put(&heap, owner, size);

			assert_int_equal(entry != NULL, fits);
			refused += !fits;
			if (fits) {
				live += whole(size) - (model[owner].is_live ? whole(model[owner].size) : 0);
				model[owner].is_live = true;
				model[owner].size = size;
				model[owner].fill = (uint8_t)step;
				memset(entry, model[owner].fill, size);
			}
		}
		assert_int_equal(heap.used - heap.garbage, live);
		assert_true(heap.used <= HEAP);
		for (uint32_t each = 0; each < OWNERS; each++) {
			const uint8_t *entry = heap_get(&heap, each);

			assert_int_equal(entry != NULL, model[each].is_live);
			for (size_t i = 0; entry && i < model[each].size; i++)
				if (entry[i] != model[each].fill)
					fail_msg("step %zu: byte %zu of the entry of %u", step, i, (unsigned)each);
		}
	}
	assert_true(refused > 100);
}

/* Memory that is not needed is not touched, however often entries come and go. */
static void test_garbage_is_not_kept(void **state)
{
	enum { LARGE = 1 << 16 };
	struct arena memory = arena_of(calloc(2, LARGE), 2 * LARGE);
	struct heap large;
	size_t most = 0;

	(void)state;
	assert_true(heap_start(&large, &memory, LARGE, OWNERS));
	for (unsigned i = 0; i < 100000; i++) {
		assert_non_null(heap_put(&large, i % 4, 100));
		most = large.used > most ? large.used : most;
		if (i % 3 == 0)
			heap_drop(&large, i % 4);
	}
	assert_in_range(most, 4096, 4096 + 2 * 5 * 128);
	free(memory.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test_setup_teardown(test_put_get_drop, start, end),
		cmocka_unit_test_setup_teardown(test_limits, start, end),
		cmocka_unit_test_setup_teardown(test_garbage_is_not_kept, start, end),
		cmocka_unit_test_setup_teardown(test_model, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
