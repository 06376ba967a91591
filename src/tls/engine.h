/* What server and client have in common below tls.h: BearSSL's engine and its two buffers. */
#ifndef INKI_TLS_ENGINE_H
#define INKI_TLS_ENGINE_H

#include "tls/tls.h"

#include <bearssl.h>

enum {
	/* The largest record: a head, an explicit nonce, 16 kB, and a tag. The peer chooses, so it cannot be smaller.
	 */
	TLS_INPUT_SIZE = 5 + 8 + 16384 + 16,
	/* Ours are as large as we like: 4 kB, and what BearSSL wants beside. */
	TLS_OUTPUT_SIZE = 4096 + 85,
};

struct tls {
	br_ssl_engine_context *engine;
	uint8_t input[TLS_INPUT_SIZE], output[TLS_OUTPUT_SIZE];
};

/* BearSSL has several implementations; which one is a matter of CONFIG_TLS_FAST. */
const br_ec_impl *tls_curves(void);
br_rsa_pkcs1_sign tls_rsa_sign(void);
br_rsa_pkcs1_vrfy tls_rsa_verify(void);

/* Sets all that does not depend on the side. */
void tls_engine_start(struct tls *tls, br_ssl_engine_context *engine, const uint8_t entropy[static TLS_ENTROPY_SIZE]);

#endif
