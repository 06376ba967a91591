#include "base/cursor.h"

struct cursor cursor_of(struct span bytes)
{
	return (struct cursor){ .rest = bytes };
}

struct span cursor_take(struct cursor *cursor, size_t size)
{
	struct span taken = { 0 };

	if (cursor->failed || size > cursor->rest.size) {
		cursor->failed = true;
		return taken;
	}
	taken = span_first(cursor->rest, size);
	cursor->rest = span_skip(cursor->rest, size);
	return taken;
}

static uint32_t take_number(struct cursor *cursor, size_t size)
{
	struct span bytes = cursor_take(cursor, size);
	uint32_t number = 0;

	for (size_t i = 0; i < bytes.size; i++)
		number = number << 8 | bytes.data[i];
	return number;
}

uint8_t cursor_take_u8(struct cursor *cursor)
{
	return (uint8_t)take_number(cursor, 1);
}

uint16_t cursor_take_u16(struct cursor *cursor)
{
	return (uint16_t)take_number(cursor, 2);
}

uint32_t cursor_take_u32(struct cursor *cursor)
{
	return take_number(cursor, 4);
}

bool cursor_at_end(const struct cursor *cursor)
{
	return !cursor->failed && cursor->rest.size == 0;
}

bool cursor_has_more(const struct cursor *cursor)
{
	return !cursor->failed && cursor->rest.size > 0;
}
