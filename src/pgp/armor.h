/* ASCII armor (RFC 9580 section 6.2; rules 3). */
#ifndef INKI_PGP_ARMOR_H
#define INKI_PGP_ARMOR_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "base/writer.h"

enum { ARMOR_HEADERS_MAX = 32, ARMOR_HEADER_SIZE_MAX = 2048 };

/* The first and the last line of a block: "-----BEGIN " label "-----", with blanks allowed after it only. */
bool armor_is_begin(struct span line, struct span label);
bool armor_is_end(struct span line, struct span label);

/* Reads what follows the BEGIN line, up to and with the END line of the same label, and cuts *text behind it. The bytes
 * that the base64 stands for are placed in arena. A checksum may stand there and decides nothing. Returns
 *   ARMOR_SYNTAX: headers, blank line or END line are not what they must be;
 *   ARMOR_BASE64: anything but well-formed, padded base64; ARENA_FULL. */
enum status armor_read(struct span *text, struct span label, struct arena *arena, struct span *binary);

/* Writes a block. The checksum is for GnuPG 2.2, which reads on into the END line where neither it nor padding stops
 * the base64; nothing of version 6 may have one (RFC 9580 section 6.1). */
void armor_write(struct writer *writer, struct span label, struct span binary, bool has_checksum);

#endif
