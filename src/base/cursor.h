/* Reads a span from front to back: the one place where a parser of binary data checks bounds.
 *
 * A read beyond the end returns zeros or an empty span and marks the cursor as failed for good; so a parser reads all
 * its fields first and asks once. Every message ends with cursor_at_end(), so that trailing bytes are noticed.
 * Numbers are big-endian, as in OpenPGP and in SSH.
 */
#ifndef INKI_BASE_CURSOR_H
#define INKI_BASE_CURSOR_H

#include "base/span.h"

struct cursor {
	struct span rest;
	bool failed;
};

struct cursor cursor_of(struct span bytes);

uint8_t cursor_take_u8(struct cursor *cursor);
uint16_t cursor_take_u16(struct cursor *cursor);
uint32_t cursor_take_u32(struct cursor *cursor);

/* The next size bytes. */
struct span cursor_take(struct cursor *cursor, size_t size);

/* Nothing failed and nothing is left. */
bool cursor_at_end(const struct cursor *cursor);

/* Nothing failed and something is left: the condition of a loop over elements. */
bool cursor_has_more(const struct cursor *cursor);

#endif
