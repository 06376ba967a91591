#include "base/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t message[] = { 0x01, 0x80, 0x02, 0xff, 0xfe, 0xfd, 0xfc, 'a', 'b' };

/* Reads the whole message and says whether that was it. */
static bool read_message(struct span bytes)
{
	struct cursor cursor = cursor_of(bytes);
	uint8_t a = cursor_take_u8(&cursor);
	uint16_t b = cursor_take_u16(&cursor);
	uint32_t c = cursor_take_u32(&cursor);
	struct span d = cursor_take(&cursor, 2);

	if (!cursor_at_end(&cursor))
		return false;
	assert_int_equal(a, 1);
	assert_int_equal(b, 0x8002);
	assert_true(c == 0xfffefdfc);
	assert_true(span_equal(d, SPAN("ab")));
	return true;
}

static void test_message(void **state)
{
	uint8_t longer[sizeof(message) + 1] = { 0 };

	(void)state;
	memcpy(longer, message, sizeof(message));
	assert_true(read_message(span_of(message, sizeof(message))));
	assert_false(read_message(span_of(longer, sizeof(longer)))); /* trailing bytes */
	for (size_t size = 0; size < sizeof(message); size++) {
		uint8_t *copy = malloc(size ? size : 1);

		memcpy(copy, message, size);
		assert_false(read_message(span_of(copy, size)));
		free(copy);
	}
}

/* A read beyond the end gives zeros, and nothing can be read after it. */
static void test_failure_stays(void **state)
{
	struct cursor cursor = cursor_of(span_of(message, 3));

	(void)state;
	assert_true(cursor_has_more(&cursor));
	assert_int_equal(cursor_take_u32(&cursor), 0);
	assert_true(cursor.failed);
	assert_false(cursor_has_more(&cursor));
	assert_false(cursor_at_end(&cursor));
	assert_int_equal(cursor_take_u8(&cursor), 0);
	assert_int_equal(cursor_take(&cursor, 0).size, 0);
	assert_false(cursor_at_end(&cursor));
}

static void test_sizes(void **state)
{
	struct cursor cursor = cursor_of((struct span){ 0 });

	(void)state;
	assert_true(cursor_at_end(&cursor));
	assert_false(cursor_has_more(&cursor));
	assert_int_equal(cursor_take(&cursor, 0).size, 0);
	assert_true(cursor_at_end(&cursor));
	cursor = cursor_of(span_of(message, sizeof(message)));
	assert_int_equal(cursor_take_u8(&cursor), 1);
	assert_int_equal(cursor_take(&cursor, SIZE_MAX).size, 0); /* a sum of position and size would wrap */
	assert_true(cursor.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_failure_stays),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
