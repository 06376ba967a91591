/* OpenPGP packets (RFC 9580 section 4.2; rules 4) and the numbers in them. */
#ifndef INKI_PGP_PACKET_H
#define INKI_PGP_PACKET_H

#include "base/cursor.h"
#include "base/status.h"
#include "base/writer.h"

enum packet_type {
	PACKET_SIGNATURE = 2,
	PACKET_SECRET_KEY = 5,
	PACKET_PUBLIC_KEY = 6,
	PACKET_SECRET_SUBKEY = 7,
	PACKET_MARKER = 10,
	PACKET_TRUST = 12,
	PACKET_USER_ID = 13,
	PACKET_PUBLIC_SUBKEY = 14,
	PACKET_USER_ATTRIBUTE = 17,
	PACKET_PADDING = 21,
	PACKET_FIRST_NON_CRITICAL = 40, /* unknown packets from here to 63 are passed over (RFC 9580 section 4.3) */
};

struct packet {
	uint8_t type;
	struct span body;
};

/* Takes the next packet of a sequence that has more. Both header formats, lengths of 1, 2, 4 and 5 octets; partial and
 * indeterminate lengths are for data packets only and not taken. PACKET_SYNTAX for anything else. */
enum status packet_take(struct cursor *packets, struct packet *packet);

/* Is this one of the packets that mean nothing wherever they stand: a marker (with the contents PGP), padding, an
 * unknown one that is not critical? */
bool packet_is_ignorable(const struct packet *packet);

/* A multiprecision integer (RFC 9580 section 3.2) of at most bits_max bits, without leading zeros. Fails the cursor for
 * a larger one, and for one whose bit count is not that of its value. */
struct span packet_take_number(struct cursor *cursor, unsigned bits_max);

/* Writes a packet in the new format, with its length in five octets; a big-endian integer of so many octets; a
 * multiprecision integer, whose leading zeros are left out. */
void packet_write(struct writer *writer, uint8_t type, struct span body);
void packet_write_octets(struct writer *writer, uint32_t integer, unsigned octets);
void packet_write_number(struct writer *writer, struct span number);

#endif
