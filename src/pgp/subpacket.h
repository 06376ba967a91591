/* The subpackets of a signature (RFC 9580 section 5.2.3.7; rules 6). */
#ifndef INKI_PGP_SUBPACKET_H
#define INKI_PGP_SUBPACKET_H

#include "pgp/signature.h"

/* Reads the hashed and then the unhashed area into the fields of *signature that come from subpackets. Returns
 * STATUS_OK, SIGNATURE_SUBPACKET, SIGNATURE_SUBPACKET_TWICE, SIGNATURE_CRITICAL, SIGNATURE_RECIPIENT,
 * SIGNATURE_NO_TIME. */
enum status subpacket_read_areas(struct span hashed, struct span unhashed, struct signature *signature);

#endif
