/* Message digests: SHA-2, SHA-3, and for fingerprints and revocations only, SHA-1 and MD5. */
#ifndef INKI_CRYPTO_DIGEST_H
#define INKI_CRYPTO_DIGEST_H

#include "base/span.h"

enum digest_algorithm {
	DIGEST_NONE,
	DIGEST_MD5,
	DIGEST_SHA1,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_SHA3_256,
	DIGEST_SHA3_512,
};

enum { DIGEST_SIZE_MAX = 64 };

/* A digest under way. The caller owns it, and may copy it to fork the computation. It points to what is
 * constant in the program, code too: so never take one from another process. */
struct digest {
	enum digest_algorithm algorithm;
	union {
		uint64_t alignment;
		uint8_t bytes[256];
	} state;
};

/* The size of a digest in bytes; 0 for DIGEST_NONE. */
size_t digest_size(enum digest_algorithm algorithm);

void digest_start(struct digest *digest, enum digest_algorithm algorithm);
void digest_update(struct digest *digest, struct span bytes);

/* Writes digest_size() bytes to result and wipes the state. */
void digest_finish(struct digest *digest, uint8_t result[static DIGEST_SIZE_MAX]);

/* All at once. result has room for digest_size() bytes. */
void digest_compute(enum digest_algorithm algorithm, struct span bytes, uint8_t *result);

#endif
