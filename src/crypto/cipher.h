/* AES in the two modes that protect secret keys, and what makes a key of another. All of it is about secrets: what it
 * leaves in memory of its own is wiped, and nothing branches on it or looks it up in a table.
 */
#ifndef INKI_CRYPTO_CIPHER_H
#define INKI_CRYPTO_CIPHER_H

#include "base/span.h"

enum { AES_BLOCK_SIZE = 16, AES_KEY_SIZE_MAX = 32, OCB_NONCE_SIZE = 15, OCB_TAG_SIZE = 16 };

/* Decrypts data in place (NIST SP 800-38A section 6.3, CFB-128). The key has 16, 24 or 32 bytes; false for any other,
 * and for no memory. */
bool aes_cfb_decrypt(struct span key, const uint8_t iv[static AES_BLOCK_SIZE], uint8_t *data, size_t size);

/* Decrypts size bytes in place, behind which the tag stands (RFC 7253 section 4.3). False, with the data wiped, unless
 * the tag is right for key, nonce, associated data and data. */
bool aes_ocb_decrypt(struct span key, const uint8_t nonce[static OCB_NONCE_SIZE], struct span associated, uint8_t *data,
                     size_t size);

/* HKDF with SHA-256 and no salt (RFC 5869), for at most 32 bytes of key. False if there is no memory. */
bool hkdf_sha256(struct span secret, struct span info, uint8_t *key, size_t size);

#endif
