#include "crypto/digest.h"

#include "base/memory.h"

#include <string.h>

#include <mbedtls/md5.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha3.h>
#include <mbedtls/sha512.h>

/* The library's context lies in the state bytes; memcpy'd views would cost more than this cast, which the union's
 * alignment makes right. */
#define CONTEXT(digest, type) ((type *)(void *)(digest)->state.bytes)

_Static_assert(sizeof(mbedtls_md5_context) <= sizeof(((struct digest *)0)->state), "MD5");
_Static_assert(sizeof(mbedtls_sha1_context) <= sizeof(((struct digest *)0)->state), "SHA-1");
_Static_assert(sizeof(mbedtls_sha256_context) <= sizeof(((struct digest *)0)->state), "SHA-256");
_Static_assert(sizeof(mbedtls_sha512_context) <= sizeof(((struct digest *)0)->state), "SHA-512");
_Static_assert(sizeof(mbedtls_sha3_context) <= sizeof(((struct digest *)0)->state), "SHA-3");

size_t digest_size(enum digest_algorithm algorithm)
{
	static const uint8_t sizes[] = {
		[DIGEST_NONE] = 0,    [DIGEST_MD5] = 16,    [DIGEST_SHA1] = 20,     [DIGEST_SHA256] = 32,
		[DIGEST_SHA384] = 48, [DIGEST_SHA512] = 64, [DIGEST_SHA3_256] = 32, [DIGEST_SHA3_512] = 64,
	};

	return sizes[algorithm];
}

/* The library's results are not looked at: with software digests and valid arguments none of these calls can fail. */

void digest_start(struct digest *digest, enum digest_algorithm algorithm)
{
	memset(digest, 0, sizeof(*digest));
	digest->algorithm = algorithm;
	switch (algorithm) {
	case DIGEST_NONE:
		break;
	case DIGEST_MD5:
		mbedtls_md5_starts(CONTEXT(digest, mbedtls_md5_context));
		break;
	case DIGEST_SHA1:
		mbedtls_sha1_starts(CONTEXT(digest, mbedtls_sha1_context));
		break;
	case DIGEST_SHA256:
		mbedtls_sha256_starts(CONTEXT(digest, mbedtls_sha256_context), 0);
		break;
	case DIGEST_SHA384:
	case DIGEST_SHA512:
		mbedtls_sha512_starts(CONTEXT(digest, mbedtls_sha512_context), algorithm == DIGEST_SHA384);
		break;
	case DIGEST_SHA3_256:
		mbedtls_sha3_starts(CONTEXT(digest, mbedtls_sha3_context), MBEDTLS_SHA3_256);
		break;
	case DIGEST_SHA3_512:
		mbedtls_sha3_starts(CONTEXT(digest, mbedtls_sha3_context), MBEDTLS_SHA3_512);
		break;
	}
}

void digest_update(struct digest *digest, struct span bytes)
{
	switch (digest->algorithm) {
	case DIGEST_NONE:
		break;
	case DIGEST_MD5:
		mbedtls_md5_update(CONTEXT(digest, mbedtls_md5_context), bytes.data, bytes.size);
		break;
	case DIGEST_SHA1:
		mbedtls_sha1_update(CONTEXT(digest, mbedtls_sha1_context), bytes.data, bytes.size);
		break;
	case DIGEST_SHA256:
		mbedtls_sha256_update(CONTEXT(digest, mbedtls_sha256_context), bytes.data, bytes.size);
		break;
	case DIGEST_SHA384:
	case DIGEST_SHA512:
		mbedtls_sha512_update(CONTEXT(digest, mbedtls_sha512_context), bytes.data, bytes.size);
		break;
	case DIGEST_SHA3_256:
	case DIGEST_SHA3_512:
		mbedtls_sha3_update(CONTEXT(digest, mbedtls_sha3_context), bytes.data, bytes.size);
		break;
	}
}

void digest_finish(struct digest *digest, uint8_t result[static DIGEST_SIZE_MAX])
{
	switch (digest->algorithm) {
	case DIGEST_NONE:
		break;
	case DIGEST_MD5:
		mbedtls_md5_finish(CONTEXT(digest, mbedtls_md5_context), result);
		break;
	case DIGEST_SHA1:
		mbedtls_sha1_finish(CONTEXT(digest, mbedtls_sha1_context), result);
		break;
	case DIGEST_SHA256:
		mbedtls_sha256_finish(CONTEXT(digest, mbedtls_sha256_context), result);
		break;
	case DIGEST_SHA384:
	case DIGEST_SHA512:
		mbedtls_sha512_finish(CONTEXT(digest, mbedtls_sha512_context), result);
		break;
	case DIGEST_SHA3_256:
	case DIGEST_SHA3_512:
		mbedtls_sha3_finish(CONTEXT(digest, mbedtls_sha3_context), result, digest_size(digest->algorithm));
		break;
	}
	memory_wipe(digest, sizeof(*digest));
}

void digest_compute(enum digest_algorithm algorithm, struct span bytes, uint8_t *result)
{
	struct digest digest;
	uint8_t buffer[DIGEST_SIZE_MAX];

	digest_start(&digest, algorithm);
	digest_update(&digest, bytes);
	digest_finish(&digest, buffer);
	memcpy(result, buffer, digest_size(algorithm));
}
