/* Public-key signatures: checks of keys when they are loaded, and verification. Only public data, so nothing here needs
 * constant time; but every number is bounded before the library sees it (rules 7).
 *
 * Each function returns true only if everything was right; memory that ran out, an unsupported curve and a wrong
 * number are all false. An algorithm that Kconfig left out is never right.
 */
#ifndef INKI_CRYPTO_VERIFY_H
#define INKI_CRYPTO_VERIFY_H

#include "base/span.h"
#include "crypto/digest.h"

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 4096, RSA_SIZE_MAX = RSA_BITS_MAX / 8 };

/* An RSA public key: numbers big-endian without leading zeros. */
struct rsa_key {
	struct span modulus, exponent;
	struct span ready; /* what rsa_prepare() made; may be empty */
};

enum rsa_verdict { RSA_KEY_GOOD, RSA_KEY_BAD_SIZE, RSA_KEY_BAD_NUMBERS };

/* Is the modulus odd and of RSA_BITS_MIN to RSA_BITS_MAX bits, and the exponent odd and from 3 to 2^32 - 1? */
enum rsa_verdict rsa_check_key(const struct rsa_key *key);

/* Makes in room, of modulus.size bytes, what each verification needs of the key alone: it costs a fifth of one, and is
 * made anew each time without. Empty if the key is not good or memory ran out. */
struct span rsa_prepare(const struct rsa_key *key, uint8_t *room);

/* RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2): the whole encoded block is made anew and compared. The signature is a
 * number below the modulus, big-endian, without leading zeros or with. */
bool rsa_verify(const struct rsa_key *key, enum digest_algorithm algorithm, const uint8_t *digest,
                struct span signature);

enum ecdsa_curve {
	ECDSA_P256,
	ECDSA_P384,
	ECDSA_P521,
	ECDSA_BRAINPOOL_P256,
	ECDSA_BRAINPOOL_P384,
	ECDSA_BRAINPOOL_P512,
	ECDSA_CURVE_COUNT
};

/* Its name, e.g. "P-256" or "brainpoolP256r1". */
const char *ecdsa_curve_name(enum ecdsa_curve curve);

/* The size of the curve's field in bits, e.g. 521. */
unsigned ecdsa_curve_bits(enum ecdsa_curve curve);

/* Is the curve compiled in? */
bool ecdsa_curve_is_supported(enum ecdsa_curve curve);

/* Is this 04 || x || y of the exact size, a point on the curve and not at infinity? */
bool ecdsa_check_key(enum ecdsa_curve curve, struct span point);

/* ECDSA (FIPS 186-5 section 6.4.2). r and s are big-endian, from 1 to n - 1, without leading zeros or with. */
bool ecdsa_verify(enum ecdsa_curve curve, struct span point, struct span digest, struct span r, struct span s);

/* Is this a canonical encoding of a point that is not of small order (RFC 8032 section 5.1.3)? */
bool ed25519_check_key(const uint8_t key[static 32]);

/* Ed25519 (RFC 8032 section 5.1.7) over message; S and R must be canonical. */
bool ed25519_verify(const uint8_t key[static 32], struct span message, const uint8_t signature[static 64]);

#endif
