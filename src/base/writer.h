/* Writes into a buffer with a limit, and remembers when it was reached.
 *
 * What does not fit is not written at all, nor is anything after it: the caller writes everything and asks once, at
 * the end, by reading .overflowed. An answer is never cut silently.
 */
#ifndef INKI_BASE_WRITER_H
#define INKI_BASE_WRITER_H

#include "base/span.h"

struct writer {
	uint8_t *data;
	size_t size;
	size_t used;
	bool overflowed;
};

/* An empty writer over size bytes at data, which outlive it. */
struct writer writer_of(void *data, size_t size);

void writer_put(struct writer *writer, struct span bytes);
void writer_put_byte(struct writer *writer, uint8_t byte);
void writer_put_string(struct writer *writer, const char *string);

/* A decimal number; the second form has at least digits digits, with leading zeros. */
void writer_put_number(struct writer *writer, int64_t number);
void writer_put_padded_number(struct writer *writer, uint64_t number, unsigned digits);

/* Room for size bytes that the caller fills himself; NULL (and overflowed) if there is none. */
uint8_t *writer_reserve(struct writer *writer, size_t size);

/* What was written so far. */
struct span writer_written(const struct writer *writer);

/* Takes back everything since used, and an overflow with it: for an element that did not fit as a whole. */
void writer_rewind(struct writer *writer, size_t used);

#endif
