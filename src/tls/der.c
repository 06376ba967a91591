#include "tls/der.h"

#include <string.h>

/* The length that follows a tag, in its shortest form. */
static size_t take_length(struct cursor *cursor)
{
	size_t first = cursor_take_u8(cursor);
	size_t length = first;

	if (first == 0x81) {
		length = cursor_take_u8(cursor);
		cursor->failed |= length < 0x80;
	} else if (first == 0x82) {
		length = cursor_take_u16(cursor);
		cursor->failed |= length < 0x100;
	} else if (first >= 0x80) { /* indefinite, or of 64 kB and more: nothing of ours is */
		cursor->failed = true;
	}
	return length;
}

bool der_is_next(const struct cursor *cursor, unsigned tag)
{
	return cursor_has_more(cursor) && cursor->rest.data[0] == tag;
}

struct span der_take(struct cursor *cursor, unsigned tag)
{
	if (!der_is_next(cursor, tag))
		cursor->failed = true;
	cursor_take_u8(cursor);
	return cursor_take(cursor, take_length(cursor));
}

struct span der_take_whole(struct cursor *cursor, unsigned tag)
{
	struct span before = cursor->rest;

	der_take(cursor, tag);
	return cursor->failed ? (struct span){ 0 } : span_first(before, before.size - cursor->rest.size);
}

void der_skip_optional(struct cursor *cursor, unsigned tag)
{
	if (der_is_next(cursor, tag))
		der_take(cursor, tag);
}

struct span der_take_unsigned(struct cursor *cursor)
{
	struct span bytes = der_take(cursor, DER_INTEGER);

	if (bytes.size == 0 || bytes.data[0] & 0x80) {
		cursor->failed = true;
		return (struct span){ 0 };
	}
	while (bytes.size > 0 && bytes.data[0] == 0)
		bytes = span_skip(bytes, 1);
	return bytes;
}

struct span der_take_bits(struct cursor *cursor)
{
	struct span bytes = der_take(cursor, DER_BIT_STRING);

	if (bytes.size == 0 || bytes.data[0] != 0)
		cursor->failed = true;
	return span_skip(bytes, 1);
}

size_t der_start(struct writer *writer, unsigned tag)
{
	writer_put_byte(writer, (uint8_t)tag);
	writer_put_byte(writer, 0);
	return writer->used;
}

/* The content moves to make room for a length of more than one byte. */
void der_end(struct writer *writer, size_t start)
{
	size_t size = writer->used - start;
	size_t more = size < 0x80 ? 0 : size < 0x100 ? 1 : 2;

	if (size > 0xffff)
		writer->overflowed = true;
	if (more > 0)
		writer_reserve(writer, more);
	if (writer->overflowed)
		return;
	memmove(writer->data + start + more, writer->data + start, size);
	writer->data[start - 1] = (uint8_t)(more > 0 ? 0x80 + more : size);
	if (more > 0)
		writer->data[start + more - 1] = (uint8_t)size;
	if (more > 1)
		writer->data[start] = (uint8_t)(size >> 8);
}

void der_put(struct writer *writer, unsigned tag, struct span content)
{
	size_t start = der_start(writer, tag);

	writer_put(writer, content);
	der_end(writer, start);
}
