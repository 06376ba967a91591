#include "base/writer.h"

#include <string.h>

struct writer writer_of(void *data, size_t size)
{
	return (struct writer){ .data = data, .size = size };
}

/* Inlined for whoever writes many short pieces. */
static inline __attribute__((always_inline)) uint8_t *reserve(struct writer *writer, size_t size)
{
	uint8_t *room;

	if (writer->overflowed || size > writer->size - writer->used) {
		writer->overflowed = true;
		return NULL;
	}
	room = writer->data + writer->used;
	writer->used += size;
	return room;
}

uint8_t *writer_reserve(struct writer *writer, size_t size)
{
	return reserve(writer, size);
}

void writer_put(struct writer *writer, struct span bytes)
{
	uint8_t *room = reserve(writer, bytes.size);

	if (room && bytes.size > 0)
		memcpy(room, bytes.data, bytes.size);
}

void writer_put_byte(struct writer *writer, uint8_t byte)
{
	uint8_t *room = reserve(writer, 1);

	if (room)
		*room = byte;
}

void writer_put_string(struct writer *writer, const char *string)
{
	writer_put(writer, span_of_string(string));
}

void writer_put_padded_number(struct writer *writer, uint64_t number, unsigned digits)
{
	uint8_t text[20]; /* UINT64_MAX has 20 digits */
	size_t start = sizeof(text);

	while (start > 0 && (number > 0 || sizeof(text) - start < digits)) {
		text[--start] = (uint8_t)('0' + number % 10);
		number /= 10;
	}
	writer_put(writer, span_of(text + start, sizeof(text) - start));
}

void writer_put_number(struct writer *writer, int64_t number)
{
	uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	if (number < 0)
		writer_put_byte(writer, '-');
	writer_put_padded_number(writer, magnitude, 1);
}

struct span writer_written(const struct writer *writer)
{
	return span_of(writer->data, writer->used);
}

void writer_rewind(struct writer *writer, size_t used)
{
	writer->used = used;
	writer->overflowed = false;
}
