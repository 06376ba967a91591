/* Decimal and hexadecimal numbers, base64 (RFC 4648), UTF-8 (RFC 3629), and what of it may be shown. */
#ifndef INKI_BASE_ENCODING_H
#define INKI_BASE_ENCODING_H

#include "base/writer.h"

/* Reads a number of decimal digits and nothing else; false for anything else, or if it does not fit. */
bool decimal_read(struct span text, uint64_t *number);

/* The value of a hexadecimal digit of either case, or -1. */
int hex_digit_value(uint8_t digit);

/* Writes two digits a byte, in lower or in upper case. */
void hex_write(struct writer *writer, struct span bytes);
void hex_write_upper(struct writer *writer, struct span bytes);

/* Reads exactly size bytes from 2 * size digits; false for anything else. */
bool hex_read(struct span text, uint8_t *bytes, size_t size);

/* The value of a digit of the standard alphabet (RFC 4648 section 4), or -1. */
int base64_digit_value(uint8_t digit);

/* Is text nothing but such digits, and perhaps padding at its end? */
bool base64_is_alphabet(struct span text);

/* Writes the standard alphabet with (or without) padding. */
void base64_write(struct writer *writer, struct span bytes);
void base64_write_unpadded(struct writer *writer, struct span bytes);

/* Reads the standard alphabet: no line ends, padding complete, unused bits zero, so that there is exactly one text for
 * each run of bytes. Returns false, with something half written, for anything else or when writer overflows. */
bool base64_read(struct span text, struct writer *writer);

/* Is this well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF? */
bool utf8_is_valid(struct span text);

/* Does valid UTF-8 hold a control character: U+0000 to U+001F, or U+007F to U+009F? */
bool utf8_has_control(struct span text);

/* Writes one code point, which must be at most U+10FFFF and no surrogate. */
void utf8_write(struct writer *writer, uint32_t code_point);

/* Is it at least one letter, digit or one of -._:/+@%[] and nothing else: what needs no quotes in a line of fields? */
bool text_is_plain(struct span text);

/* The size of the character at the start of text (at least one byte); 0 if it is not UTF-8, or one that a terminal
 * would obey instead of showing it: a control character, line ends and those that turn the direction of writing among
 * them. */
size_t printable_size(struct span text);

/* Writes text so that a terminal shows it, on one line, and does nothing else: each character that has no
 * printable_size() and each byte that is not UTF-8 comes out as '?'. It never gets longer. */
void printable_write(struct writer *writer, struct span text);

#endif
