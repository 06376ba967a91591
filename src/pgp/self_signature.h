/* What a certificate says of itself: its self-signatures are verified, and those that count are remembered in it
 * (rules 8.4 to 8.6).
 */
#ifndef INKI_PGP_SELF_SIGNATURE_H
#define INKI_PGP_SELF_SIGNATURE_H

#include "base/arena.h"
#include "base/status.h"
#include "pgp/certificate.h"

/* Where a signature stands in a certificate tells what it is about: the last key or user ID before it. */
struct self_signature_place {
	struct arena *arena;
	struct pgp_certificate *certificate;
	struct pgp_user_id *user_id; /* the part that signatures are about now: one of these two, */
	struct pgp_subkey *subkey;   /* or, with neither, the primary key or one that was not kept */
};

/* Reads the body of a signature packet and remembers what it amounts to, if it is a self-signature and right; all
 * others are passed over, those of other keys without computing anything. A revocation is about whatever it was made
 * over, wherever it stands; where that is no part of the certificate yet, it waits in it. Returns STATUS_OK or
 * ARENA_FULL. */
enum status self_signature_take(const struct self_signature_place *place, struct span body);

/* Applies the revocations that wait, after parts were added to the certificate. */
void self_signature_retry_revocations(struct pgp_certificate *certificate);

#endif
