/* How the secret part of a key packet is protected, and how it is laid bare (RFC 9580 sections 3.7 and 5.5.3). */
#ifndef INKI_PGP_PROTECTION_H
#define INKI_PGP_PROTECTION_H

#include "base/arena.h"
#include "base/status.h"
#include "crypto/s2k.h"

struct pgp_protection {
	enum status defect; /* why the secret cannot be had; STATUS_OK if it can */
	uint8_t usage;      /* enum protection_usage */
	uint8_t cipher, aead;
	struct s2k s2k;
	struct span nonce;
	struct span material; /* the secret numbers as they stand in the packet, */
	size_t check_size;    /* and at their end so many octets that tell whether they are right */
};

/* Reads what follows the public part in the secret-key packet of a key of that version; spans point into it. */
void pgp_protection_read(struct span bytes, uint8_t version, struct pgp_protection *protection);

/* Is a pass phrase needed to lay it bare? */
bool pgp_protection_needs_passphrase(const struct pgp_protection *protection);

/* Places the secret numbers in the arena. packet_type and public_part are of the packet that the protection was read
 * from. Returns the defect, PASSPHRASE_WRONG, SECRET_KEY_SYNTAX (where there is no pass phrase), ARENA_FULL. */
enum status pgp_protection_remove(const struct pgp_protection *protection, struct span passphrase, uint8_t packet_type,
                                  struct span public_part, struct arena *arena, struct span *material);

#endif
