/* Judges the certificates that a server shows, while they come: BearSSL's judgement of the chain, and ours of the name
 * and of the pin. */
#ifndef INKI_TLS_VERIFIER_H
#define INKI_TLS_VERIFIER_H

#include "tls/client.h"

#include <bearssl.h>

enum {
	VERIFIER_LEAF_MAX = 4096, /* bytes of a server's own certificate */
	/* Our reasons beside BearSSL's numbers. */
	VERIFIER_ERROR_PIN = 120,
	VERIFIER_ERROR_LEAF = 121,
};

struct tls_anchors {
	br_x509_trust_anchor *array;
	size_t count;
};

struct tls_verifier {
	const br_x509_class *methods; /* first: BearSSL knows it by this */
	br_x509_minimal_context chain;
	const struct tls_trust *trust;
	br_x509_pkey key;
	size_t certificates; /* so many have begun */
	size_t leaf_size;
	uint8_t leaf[VERIFIER_LEAF_MAX];
};

void tls_verifier_start(struct tls_verifier *verifier, const struct tls_trust *trust);

/* The same key for BearSSL, which only reads it. */
br_x509_pkey tls_public_key_for_engine(const struct tls_public_key *key);

#endif
