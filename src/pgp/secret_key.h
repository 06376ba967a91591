/* Signing with a secret-key file (RFC 9580 sections 5.5.3, 7 and 10.2): open, unlock if it must be, sign, close.
 *
 * Which key of the file signs is decided by the judgement that the verifier uses, over the certificate that the file
 * holds along with the secrets. Without CONFIG_SIGN every file is refused.
 */
#ifndef INKI_PGP_SECRET_KEY_H
#define INKI_PGP_SECRET_KEY_H

#include "base/arena.h"
#include "base/status.h"
#include "base/writer.h"
#include "crypto/sign.h"
#include "pgp/certificate.h"
#include "pgp/keyring.h"
#include "pgp/protection.h"

enum {
	PGP_SECRET_FILE_SIZE_MAX = 256 * 1024,
	PGP_SECRET_ARENA_SIZE = 1024 * 1024, /* enough for any file of that size that is not made to fill it */
	PGP_ENTROPY_SIZE = SIGN_ENTROPY_SIZE,
};

struct pgp_secret_key {
	struct pgp_keyring keyring;                /* the certificates of the file, for message_verify() */
	const struct pgp_certificate *certificate; /* the one that signs, */
	const struct pgp_key *key;                 /* and its key that does so: the primary key or a subkey */
	bool needs_passphrase;                     /* before it can sign: see pgp_secret_key_unlock() */
	/* the rest is not for callers */
	struct arena *arena;
	struct pgp_protection protection;
	struct span material; /* the secret numbers in the clear, once no pass phrase is needed */
};

/* Reads a secret-key file, armored (its first private key block counts) or binary, with any number of certificates, and
 * chooses the key that signs: the newest subkey that may sign now and whose secret is there, else the primary key; of
 * several certificates the first that has one. What is needed is copied into arena, so the caller may, and should, wipe
 * file at once: it may hold a secret in the clear. After any result pgp_secret_key_close() is to follow. Returns
 *   SECRET_KEY_NONE, SECRET_KEY_PUBLIC: there is no secret key in it;
 *   SECRET_KEY_STUB, _ON_CARD, _ARGON2, _PROTECTION, _SYNTAX: there is a key that may sign, but not with this secret;
 *   KEY_…, SUBKEY_…: why no key in it may sign now;
 *   ARMOR_…, PACKET_…, CERTIFICATE_…, ARENA_FULL, SECRET_KEY_LEFT_OUT. */
enum status pgp_secret_key_open(struct pgp_secret_key *secret, struct span file, int64_t now, struct arena *arena);

/* Takes the protection off. The pass phrase is what was typed, without a line end; it is not kept. PASSPHRASE_WRONG may
 * be followed by another try. Else returns ARENA_FULL. */
enum status pgp_secret_key_unlock(struct pgp_secret_key *secret, struct span passphrase);

/* Writes a clear-signed message of text, signed now. Lines end in LF or CR LF; blanks at their ends and the last line
 * end are not signed. entropy is random, and used once. The signature is verified before it is written, and nothing is
 * written but with STATUS_OK. Else returns PASSPHRASE_NEEDED; SECRET_KEY_MISMATCH: the secret is not that of the public
 * key; MESSAGE_TOO_LARGE: the writer has no room. The caller then reads and verifies the message as the server would:
 * message_read(), and message_verify() with ->keyring. */
enum status pgp_secret_key_sign(const struct pgp_secret_key *secret, struct span text, int64_t now,
                                const uint8_t entropy[static PGP_ENTROPY_SIZE], struct writer *message);

/* Wipes the whole arena: certificate, key and keyring are gone too. (The library's arena, of crypto_start(), holds no
 * secrets after a call; it is good habit to wipe it all the same.) */
void pgp_secret_key_close(struct pgp_secret_key *secret);

#endif
