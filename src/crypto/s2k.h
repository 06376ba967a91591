/* From a pass phrase to a key: OpenPGP's string-to-key by digests (RFC 9580 sections 3.7.1.1 to 3.7.1.3). */
#ifndef INKI_CRYPTO_S2K_H
#define INKI_CRYPTO_S2K_H

#include "crypto/digest.h"

enum { S2K_SALT_SIZE = 8 };

struct s2k {
	enum digest_algorithm algorithm;
	uint8_t salt[S2K_SALT_SIZE];
	uint8_t salt_size; /* 0 for the simple kind */
	uint32_t count;    /* how many octets of salt and pass phrase, over and over, are hashed; at least once all */
};

/* The count that an octet of an iterated and salted specifier stands for. */
uint32_t s2k_count(uint8_t coded);

/* Writes size bytes of key. */
void s2k_derive(const struct s2k *s2k, struct span passphrase, uint8_t *key, size_t size);

#endif
