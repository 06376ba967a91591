/* A user's keyring: the OpenPGP certificates that may sign for him. */
#ifndef INKI_PGP_KEYRING_H
#define INKI_PGP_KEYRING_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

struct pgp_certificate;

struct pgp_keyring {
	struct pgp_certificate *first; /* in the order of the keyring */
	size_t count;
};

/* Adds the certificates of one keyring file to *keyring (which starts out zeroed): armored blocks with any text around
 * them, or binary packets. Everything is copied into arena, where the certificates live from then on; their
 * self-signatures are verified here, once. A certificate whose primary key was added before is merged with it.
 * Certificates and subkeys that cannot be used stay in, with the reason; they do not hurt their neighbours.
 * Any error empties *keyring, what was added before included: a keyring of which a part cannot be read lets nobody in.
 * What it took of the arena stays taken. Returns KEYRING_EMPTY, KEYRING_SECRET, CERTIFICATE_SYNTAX,
 * CERTIFICATE_TOO_MANY (over CONFIG_CERTIFICATES), ARENA_FULL, ARMOR_SYNTAX, ARMOR_BASE64, PACKET_SYNTAX,
 * PACKET_TOO_MANY. */
enum status pgp_keyring_add(struct pgp_keyring *keyring, struct span file, struct arena *arena);

#endif
