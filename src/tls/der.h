/* DER, as certificates and keys are written in (X.690): elements of a tag, a length and a content.
 *
 * Reading is by a cursor over the elements of one level; the content of an element is a span for a cursor of its own,
 * so how deep it goes is up to the code and not to the data. Tags of one byte, and definite lengths, only.
 */
#ifndef INKI_TLS_DER_H
#define INKI_TLS_DER_H

#include "base/cursor.h"
#include "base/writer.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80, /* [0]; with DER_CONSTRUCTED it has elements of its own */
	DER_CONSTRUCTED = 0x20,
};

/* The content of the next element, which must have this tag; else the cursor fails. */
struct span der_take(struct cursor *cursor, unsigned tag);

/* The same, with its tag and length in front. */
struct span der_take_whole(struct cursor *cursor, unsigned tag);

/* Is the next element of this tag? */
bool der_is_next(const struct cursor *cursor, unsigned tag);

/* Takes the next element if it is of this tag. */
void der_skip_optional(struct cursor *cursor, unsigned tag);

/* The bytes of an INTEGER that is not negative, without its leading zero. */
struct span der_take_unsigned(struct cursor *cursor);

/* The bytes of a BIT STRING of whole bytes. */
struct span der_take_bits(struct cursor *cursor);

/* Starts an element that the following writes fill, and ends it. */
size_t der_start(struct writer *writer, unsigned tag);
void der_end(struct writer *writer, size_t start);

/* Writes a whole element. */
void der_put(struct writer *writer, unsigned tag, struct span content);

#endif
