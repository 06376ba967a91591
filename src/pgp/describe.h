/* What there is to tell about certificates to the people who set up a keyring. Nothing here decides anything. */
#ifndef INKI_PGP_DESCRIBE_H
#define INKI_PGP_DESCRIBE_H

#include "pgp/certificate.h"
#include "pgp/keyring.h"

/* How a key stands at some time. */
struct pgp_standing {
	enum status status; /* of certificate_may_sign() */
	/* Where it may sign: when that ends, for whatever reason; INT64_MAX: never.
	 * Where it may not: when that ended; INT64_MAX: it never might. */
	int64_t end;
};

/* How a key of the certificate (its primary key if subkey is NULL) stands at that time. */
struct pgp_standing certificate_standing(const struct pgp_certificate *certificate, const struct pgp_subkey *subkey,
                                         int64_t time);

/* Writes it: "may sign", "may sign until 2027-...", "may not sign: the key is revoked", "may not sign since 2026-...:
 * the key has expired". */
void pgp_standing_write(struct writer *writer, const struct pgp_standing *standing);

/* Writes a name for the certificate: its user ID at that time, or else one of it that nothing vouches for, with these
 * words. It is cut after 256 bytes, and written as printable_write() does. */
void certificate_write_name(struct writer *writer, const struct pgp_certificate *certificate, int64_t time);

/* How many certificates of the keyring have a key that may sign at that time? */
size_t pgp_keyring_count_signers(const struct pgp_keyring *keyring, int64_t time);

#endif
