#include "base/span.h"

#include <string.h>

struct span span_of_string(const char *string)
{
	return span_of(string, strlen(string));
}

bool span_equal(struct span a, struct span b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static uint8_t lower_case(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

bool span_equal_ignoring_case(struct span a, struct span b)
{
	if (a.size != b.size)
		return false;
	for (size_t i = 0; i < a.size; i++)
		if (lower_case(a.data[i]) != lower_case(b.data[i]))
			return false;
	return true;
}

bool span_starts_with(struct span text, struct span prefix)
{
	return text.size >= prefix.size && span_equal(span_first(text, prefix.size), prefix);
}

bool span_contains(struct span text, struct span part)
{
	while (text.size > part.size && !span_starts_with(text, part))
		text = span_skip(text, 1);
	return span_starts_with(text, part);
}

struct span span_skip(struct span text, size_t count)
{
	if (count >= text.size)
		return (struct span){ 0 };
	return span_of(text.data + count, text.size - count);
}

struct span span_first(struct span text, size_t count)
{
	return span_of(text.data, count < text.size ? count : text.size);
}

size_t span_find_byte(struct span text, uint8_t byte)
{
	const uint8_t *found = text.size > 0 ? memchr(text.data, byte, text.size) : NULL;

	return found ? (size_t)(found - text.data) : text.size;
}

unsigned span_count_bits(struct span number)
{
	unsigned top_bits = 0;

	while (number.size > 0 && number.data[0] == 0)
		number = span_skip(number, 1);
	if (number.size == 0)
		return 0;
	for (unsigned top = number.data[0]; top > 0; top >>= 1)
		top_bits++;
	return 8 * (unsigned)(number.size - 1) + top_bits;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

struct span span_trim_end(struct span text)
{
	while (text.size > 0 && is_blank(text.data[text.size - 1]))
		text.size--;
	return text;
}

struct span span_trim(struct span text)
{
	while (text.size > 0 && is_blank(text.data[0]))
		text = span_skip(text, 1);
	return span_trim_end(text);
}

bool span_take_line(struct span *text, struct span *line)
{
	size_t end;

	if (text->size == 0)
		return false;
	end = span_find_byte(*text, '\n');
	*line = span_first(*text, end);
	*text = span_skip(*text, end + 1);
	if (line->size > 0 && line->data[line->size - 1] == '\r')
		line->size--;
	return true;
}
