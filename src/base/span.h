/* Bytes that somebody else owns: a start and a size, never a terminator.
 *
 * Parsers take spans and hand out spans of the same bytes; a span is valid as long as its owner keeps the bytes.
 * An empty span may have a null start.
 */
#ifndef INKI_BASE_SPAN_H
#define INKI_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *data;
	size_t size;
};

/* The span of a string literal, without its terminator: as a value, and as the initializer of a static one. */
#define SPAN(literal) ((struct span)SPAN_INITIALIZER(literal))
#define SPAN_INITIALIZER(literal) \
	{ \
		(const uint8_t *)("" literal), sizeof(literal) - 1 \
	}

/* The span of size bytes at data. */
static inline struct span span_of(const void *data, size_t size)
{
	return (struct span){ .data = data, .size = size };
}

/* The span of a C string, without its terminator. */
struct span span_of_string(const char *string);

/* Are the bytes the same? Not for secrets (memory.h has memory_equal). */
bool span_equal(struct span a, struct span b);

/* The same, with ASCII letters of either case taken as equal. */
bool span_equal_ignoring_case(struct span a, struct span b);

/* Does text begin with prefix? */
bool span_starts_with(struct span text, struct span prefix);

/* Does part stand anywhere in text? */
bool span_contains(struct span text, struct span part);

/* text without its first count bytes; empty if it has no more than that. */
struct span span_skip(struct span text, size_t count);

/* The first count bytes of text; all of it if it has no more than that. */
struct span span_first(struct span text, size_t count);

/* The position of the first such byte, or text.size if there is none. */
size_t span_find_byte(struct span text, uint8_t byte);

/* How many bits does a big-endian number have, without leading zeros? */
unsigned span_count_bits(struct span number);

/* text without the spaces and tabs at its end, or at both ends. */
struct span span_trim_end(struct span text);
struct span span_trim(struct span text);

/* Cuts *text after the next line end: returns the line without its LF or CR LF, and leaves what follows in *text.
 * The last line may lack its end. Returns false when *text is empty. */
bool span_take_line(struct span *text, struct span *line);

#endif
