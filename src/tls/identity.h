/* Who a server is: its certificate with the chain below its root, and the private key to it, as files hold them.
 *
 * Read the certificate first, then the key. Everything lies in the arena, and must outlive each handshake that was
 * begun with it; a connection whose handshake is over needs nothing of it any more.
 */
#ifndef INKI_TLS_IDENTITY_H
#define INKI_TLS_IDENTITY_H

#include "base/arena.h"
#include "tls/certificate.h"

enum { TLS_CHAIN_MAX = 6 };

struct tls_secret_key {
	enum tls_key_kind kind;
	unsigned bits;                /* of RSA's modulus */
	struct span p, q, dp, dq, iq; /* of RSA */
	struct span number;           /* of an elliptic curve */
};

struct tls_identity {
	struct span chain[TLS_CHAIN_MAX]; /* the server's own certificate first; DER */
	size_t chain_count;
	struct tls_certificate certificate; /* the first one, taken apart */
	uint8_t pin[TLS_PIN_SIZE];
	struct tls_secret_key key;
};

/* Reads the PEM of a certificate and its chain, each issued by the next. Returns why it cannot be used; *line is where
 * that begins, or 0 if it is in no line. */
enum status tls_identity_read_certificate(struct tls_identity *identity, struct span pem, struct arena *arena,
                                          size_t *line);

/* Reads the PEM of the private key, in the forms of PKCS#1, SEC 1 and PKCS#8, and tries whether it is the
 * certificate's. On failure nothing of it is left in the arena. */
enum status tls_identity_read_key(struct tls_identity *identity, struct span pem, struct arena *arena, size_t *line);

#endif
