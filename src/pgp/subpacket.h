/* The subpackets of a signature (RFC 9580 section 5.2.3.7; rules 6). */
#ifndef INKI_PGP_SUBPACKET_H
#define INKI_PGP_SUBPACKET_H

#include "pgp/signature.h"

/* RFC 9580 section 5.2.3.7 */
enum subpacket_type {
	SUBPACKET_CREATION_TIME = 2,
	SUBPACKET_EXPIRATION_TIME = 3,
	SUBPACKET_KEY_EXPIRATION_TIME = 9,
	SUBPACKET_ISSUER_KEY_ID = 16,
	SUBPACKET_NOTATION = 20,
	SUBPACKET_PRIMARY_USER_ID = 25,
	SUBPACKET_KEY_FLAGS = 27,
	ONCE_TYPE_COUNT, /* no type above may be marked ONCE below */
	SUBPACKET_EMBEDDED_SIGNATURE = 32,
	SUBPACKET_ISSUER_FINGERPRINT = 33,
	SUBPACKET_INTENDED_RECIPIENT = 35,
	SUBPACKET_TYPE_COUNT = 128
};

/* Reads the hashed and then the unhashed area into the fields of *signature that come from subpackets. Returns
 * STATUS_OK, SIGNATURE_SUBPACKET, SIGNATURE_SUBPACKET_TWICE, SIGNATURE_CRITICAL, SIGNATURE_RECIPIENT,
 * SIGNATURE_NO_TIME. */
enum status subpacket_read_areas(struct span hashed, struct span unhashed, struct signature *signature);

#endif
