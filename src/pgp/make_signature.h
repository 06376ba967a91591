/* Makes one signature of a text (RFC 9580 section 5.2). */
#ifndef INKI_PGP_MAKE_SIGNATURE_H
#define INKI_PGP_MAKE_SIGNATURE_H

#include "pgp/secret_key.h"

/* A signature on its way. */
struct pgp_signing {
	const struct pgp_secret_key *secret;
	enum digest_algorithm algorithm;
	const char *digest_name;             /* as the header "Hash" of a message has it */
	uint8_t blinding[SIGN_ENTROPY_SIZE]; /* what the arithmetic gets of the entropy, */
	uint8_t salt[DIGEST_SIZE_MAX / 2];   /* and what goes into a signature of version 6 */
	uint8_t room[1024];                  /* the packet's body */
	struct writer body;
	struct span hashed; /* the start of the body, up to the end of the hashed area */
};

/* Writes what is known before the text is. The digest is started: the text goes into it. */
void pgp_signing_start(struct pgp_signing *signing, const struct pgp_secret_key *secret, int64_t now,
                       const uint8_t entropy[static PGP_ENTROPY_SIZE], struct digest *digest);

/* Completes the body and verifies it. SECRET_KEY_MISMATCH if it is wrong. */
enum status pgp_signing_finish(struct pgp_signing *signing, struct digest *digest);

#endif
