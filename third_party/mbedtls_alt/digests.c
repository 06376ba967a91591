/* See digests.h. None of these can fail: what mbedtls wants returned is 0. */
#include <string.h>

#include <mbedtls/md5.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

/* The functions of a digest that only its type tells apart; a context begins with the class that it is of. The result is
 * declared as mbedtls does. */
#define DIGEST(name, declared_result) \
	void mbedtls_##name##_init(mbedtls_##name##_context *context) \
	{ \
		memset(context, 0, sizeof(*context)); \
	} \
	void mbedtls_##name##_free(mbedtls_##name##_context *context) \
	{ \
		if (context) \
			mbedtls_platform_zeroize(context, sizeof(*context)); \
	} \
	void mbedtls_##name##_clone(mbedtls_##name##_context *to, const mbedtls_##name##_context *from) \
	{ \
		*to = *from; \
	} \
	int mbedtls_##name##_update(mbedtls_##name##_context *context, const unsigned char *bytes, size_t size) \
	{ \
		context->vtable->update(&context->vtable, bytes, size); \
		return 0; \
	} \
	int mbedtls_##name##_finish(mbedtls_##name##_context *context, unsigned char declared_result) \
	{ \
		context->vtable->out(&context->vtable, result); \
		return 0; \
	}

DIGEST(md5, result[16])
DIGEST(sha1, result[20])
DIGEST(sha256, *result)
DIGEST(sha512, *result)

int mbedtls_md5_starts(mbedtls_md5_context *context)
{
	br_md5_init(context);
	return 0;
}

int mbedtls_sha1_starts(mbedtls_sha1_context *context)
{
	br_sha1_init(context);
	return 0;
}

int mbedtls_sha256_starts(mbedtls_sha256_context *context, int is224)
{
	if (is224)
		br_sha224_init(context);
	else
		br_sha256_init(context);
	return 0;
}

int mbedtls_sha512_starts(mbedtls_sha512_context *context, int is384)
{
	if (is384)
		br_sha384_init(context);
	else
		br_sha512_init(context);
	return 0;
}
