/* Judges the certificates that a server shows, while they come: BearSSL's judgement of the chain, and ours of the name
 * and of the pin. */
#ifndef INKI_TLS_VERIFIER_H
#define INKI_TLS_VERIFIER_H

#include "tls/client.h"

#include <bearssl.h>

enum {
	VERIFIER_CERTIFICATE_MAX = 4096, /* bytes of one */
	/* Our reasons beside BearSSL's numbers. */
	VERIFIER_ERROR_PIN = 120,
	VERIFIER_ERROR_CERTIFICATE = 121,
	VERIFIER_ERROR_PURPOSE = 122,
};

struct tls_anchors {
	br_x509_trust_anchor *authorities;
	struct span *others; /* DER */
	size_t authority_count, other_count;
};

/* A certificate as it comes. */
struct verifier_certificate {
	size_t size;
	uint8_t bytes[VERIFIER_CERTIFICATE_MAX];
};

struct tls_verifier {
	const br_x509_class *methods; /* first: BearSSL knows it by this */
	br_x509_minimal_context chain;
	const struct tls_trust *trust;
	br_x509_pkey key;
	size_t certificates;  /* so many have begun */
	bool is_needed;       /* the one that has begun last: BearSSL has not come to one that we trust before it */
	bool is_listed;       /* the leaf stands among the anchors itself */
	unsigned above_error; /* what is wrong with those above the leaf; 0: nothing that BearSSL would not see */
	struct verifier_certificate leaf, above;
};

void tls_verifier_start(struct tls_verifier *verifier, const struct tls_trust *trust);

/* The same key for BearSSL, which only reads it. */
br_x509_pkey tls_public_key_for_engine(const struct tls_public_key *key);

#endif
