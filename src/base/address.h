/* Network addresses as text. */
#ifndef INKI_BASE_ADDRESS_H
#define INKI_BASE_ADDRESS_H

#include "base/writer.h"

enum { ADDRESS_TEXT_MAX = 45 }; /* bytes of the longest text of an IPv6 address, an embedded IPv4 address included */

enum { ADDRESS_SIZE_MAX = 16 };

/* Reads an IPv4 address (four decimal numbers) or an IPv6 address (RFC 4291 section 2.2; no zone). Returns the number
 * of its bytes, 4 or 16; 0 for anything else. */
size_t address_read(struct span text, uint8_t address[static ADDRESS_SIZE_MAX]);

/* Reads a port, 0 to 65535 in decimal; false for anything else, leading zeros included. */
bool address_read_port(struct span text, uint16_t *port);

/* Writes 192.0.2.1. */
void address_write_ipv4(struct writer *writer, const uint8_t address[static 4]);

/* Writes 2001:db8::1, in the one form of RFC 5952 (but never with an IPv4 address at its end). */
void address_write_ipv6(struct writer *writer, const uint8_t address[static 16]);

/* Whom a limit counts an address as: IPv4 as the address itself, IPv6 as its first 64 bits, since whoever has one of
 * those addresses has them all. An IPv4 address inside IPv6 (::ffff:192.0.2.1) counts as itself. An IPv4 address stands
 * where IPv6 has the networks 0:0:x:y::/64, which are nobody's. */
uint64_t address_source_ipv4(const uint8_t address[static 4]);
uint64_t address_source_ipv6(const uint8_t address[static 16]);

#endif
