/* Public-key signatures: making them. Secrets are handled in constant time, as far as the library's arithmetic allows,
 * and blinded; nothing of them stays in memory. A wrong secret makes a wrong signature or false: the caller verifies
 * what he gets. Entropy is random bytes that are used once; the signatures themselves are deterministic.
 */
#ifndef INKI_CRYPTO_SIGN_H
#define INKI_CRYPTO_SIGN_H

#include "crypto/verify.h"

enum { SIGN_ENTROPY_SIZE = 32, ECDSA_NUMBER_SIZE_MAX = 66 };

/* The secret numbers, big-endian. */
struct rsa_secret {
	struct span exponent, p, q;
};

/* RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.1), by the Chinese remainder theorem. Writes as many bytes as the modulus
 * has; false for numbers that do not belong together. */
bool rsa_sign(const struct rsa_key *key, const struct rsa_secret *secret, enum digest_algorithm algorithm,
              const uint8_t *digest, const uint8_t entropy[static SIGN_ENTROPY_SIZE],
              uint8_t signature[static RSA_SIZE_MAX]);

/* ECDSA with the nonce of RFC 6979. Writes r and s with as many bytes as the curve's field has; false unless the secret
 * is from 1 to n - 1. */
bool ecdsa_sign(enum ecdsa_curve curve, struct span secret, enum digest_algorithm algorithm, const uint8_t *digest,
                const uint8_t entropy[static SIGN_ENTROPY_SIZE], uint8_t r[static ECDSA_NUMBER_SIZE_MAX],
                uint8_t s[static ECDSA_NUMBER_SIZE_MAX]);

/* Ed25519 (RFC 8032 section 5.1.6). */
void ed25519_sign(const uint8_t secret[static 32], struct span message, uint8_t signature[static 64]);

#endif
