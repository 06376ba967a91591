#include "base/arena.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 1024 };

static bool is_wiped(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i] != 0)
			return false;
	return true;
}

/* From each start what comes is aligned, inside, and does not overlap. */
static void test_take(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < alignof(max_align_t); shift++) {
		uint8_t *memory = malloc(SIZE + shift);
		struct arena arena = arena_of(memory + shift, SIZE);
		uint8_t *before = NULL;

		for (size_t size = 0;; size = (size + 7) % 50) {
			uint8_t *taken = arena_take(&arena, size);

			if (!taken)
				break;
			assert_int_equal((uintptr_t)taken % alignof(max_align_t), 0);
			assert_true(!before || taken >= before);
			before = taken + size;
			assert_true(before <= memory + shift + SIZE);
			memset(taken, 0xff, size);
		}
		assert_true(arena.used <= SIZE);
		assert_int_equal(arena.peak, arena.used);
		free(memory);
	}
}

static void test_take_too_much(void **state)
{
	static const size_t sizes[] = { SIZE + 1, SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2 + 1 };
	alignas(max_align_t) uint8_t memory[SIZE];
	struct arena arena = arena_of(memory, SIZE);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_null(arena_take(&arena, sizes[i]));
	assert_null(arena_take_zeroed(&arena, SIZE_MAX / 2, 3)); /* the product wraps */
	assert_null(arena_take_zeroed(&arena, SIZE_MAX / 8 + 2, 8));
	assert_int_equal(arena.used, 0);
	assert_non_null(arena_take(&arena, SIZE));
	assert_null(arena_take(&arena, 1));
	assert_non_null(arena_take(&arena, 0));
	arena_release(&arena, 0);
	assert_non_null(arena_take(&arena, SIZE - alignof(max_align_t) + 1));
	assert_null(arena_take(&arena, 1)); /* only what is not aligned is left */
}

static void test_zeroed_and_copy(void **state)
{
	alignas(max_align_t) uint8_t memory[64];
	struct arena arena = arena_of(memory, sizeof(memory));
	struct span copy;

	(void)state;
	memset(memory, 0xff, sizeof(memory));
	assert_true(is_wiped(arena_take_zeroed(&arena, 4, 4), 16));
	assert_true(arena_copy(&arena, SPAN("hello"), &copy));
	assert_true(span_equal(copy, SPAN("hello")));
	assert_true(copy.data >= memory + 16 && copy.data < memory + 64);
	assert_true(arena_copy(&arena, (struct span){ 0 }, &copy));
	assert_int_equal(copy.size, 0);
	assert_false(arena_copy(&arena, span_of(memory, sizeof(memory)), &copy));
	assert_int_equal(copy.size, 0);
	assert_null(copy.data);
}

static void test_release(void **state)
{
	alignas(max_align_t) uint8_t memory[64];
	struct arena arena = arena_of(memory, sizeof(memory));
	size_t used;

	(void)state;
	memset(arena_take(&arena, 16), 0xaa, 16);
	used = arena.used;
	memset(arena_take(&arena, 32), 0xaa, 32);
	arena_release(&arena, SIZE); /* more than there is: nothing */
	assert_int_equal(arena.used, 48);
	arena_release(&arena, used);
	assert_int_equal(arena.used, used);
	assert_int_equal(arena.peak, 48);
	assert_int_equal(memory[15], 0xaa);
	assert_true(is_wiped(memory + 16, 32));
}

static void test_split(void **state)
{
	alignas(max_align_t) uint8_t memory[64];
	struct arena arena = arena_of(memory, sizeof(memory)), end;

	(void)state;
	arena_take(&arena, 16);
	assert_false(arena_split_end(&arena, 49, &end));
	assert_null(arena_take(&end, 1));
	assert_int_equal(arena.size, 64);
	assert_true(arena_split_end(&arena, 32, &end));
	assert_null(arena_take(&arena, 17));
	memset(arena_take(&end, 32), 0xaa, 32);
	assert_null(arena_take(&end, 1));
	arena_join_end(&arena, &end);
	assert_true(is_wiped(memory + 32, 32));
	assert_null(arena_take(&end, 1));
	assert_non_null(arena_take(&arena, 48));
}

static void test_memory(void **state)
{
	uint8_t a[32] = "the same", b[32] = "the same";

	(void)state;
	assert_true(memory_equal(a, b, sizeof(a)));
	assert_true(memory_equal(a, b, 0));
	for (size_t i = 0; i < sizeof(a); i++) {
		b[i] ^= 0x80;
		assert_false(memory_equal(a, b, sizeof(a)));
		assert_true(memory_equal(a, b, i));
		b[i] ^= 0x80;
	}
	memory_wipe(a, 8);
	assert_true(is_wiped(a, sizeof(a)));
	memory_wipe(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_take_too_much),
		cmocka_unit_test(test_zeroed_and_copy),
		cmocka_unit_test(test_release),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
