/* The packets of a secret-key file: each secret key packet is a public one with the secret behind it (RFC 9580 section
 * 5.5.3). */
#ifndef INKI_PGP_SECRET_PACKET_H
#define INKI_PGP_SECRET_PACKET_H

#include "base/status.h"
#include "base/writer.h"

/* The public part at the start of the body of a secret-key packet, which is the body of the public-key packet; empty if
 * its end cannot be found, as for an unknown algorithm. */
struct span secret_packet_public_part(struct span body);

/* Writes the packets that the secrets were cut off of: a certificate for each secret key. A key whose public part
 * cannot be told from its secret comes out without any numbers. Returns SECRET_KEY_NONE, or SECRET_KEY_PUBLIC if there
 * is a public key in place, PACKET_SYNTAX, ARENA_FULL where the writer is full. */
enum status secret_packets_write_public(struct span packets, struct writer *public);

#endif
