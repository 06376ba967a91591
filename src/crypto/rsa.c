#include "crypto/sign.h"

#include "base/kconfig.h"
#include "crypto/blinding.h"
#include "crypto/modular.h"

#include <string.h>

#include <mbedtls/rsa.h>

static struct span without_leading_zeros(struct span number)
{
	while (number.size > 0 && number.data[0] == 0)
		number = span_skip(number, 1);
	return number;
}

static bool is_odd(struct span number)
{
	return number.size > 0 && (number.data[number.size - 1] & 1);
}

enum rsa_verdict rsa_check_key(const struct rsa_key *key)
{
	struct span modulus = without_leading_zeros(key->modulus);
	struct span exponent = without_leading_zeros(key->exponent);

	if (modulus.size > RSA_SIZE_MAX || span_count_bits(modulus) < RSA_BITS_MIN)
		return RSA_KEY_BAD_SIZE;
	if (!is_odd(modulus) || !is_odd(exponent) || exponent.size > 4 || (exponent.size == 1 && exponent.data[0] < 3))
		return RSA_KEY_BAD_NUMBERS;
	return RSA_KEY_GOOD;
}

/* DigestInfo of RFC 8017 section 9.2 note 1 up to the digest itself, with the NULL parameters that OpenPGP demands (RFC
 * 9580 section 5.2.2.3.1). They differ in the last arc of the algorithm's identifier, 2.16.840.1.101.3.4.2.arc, and in
 * the size of the digest; only SHA-1, which is there for revocations, has an identifier of another shape. Returns the
 * size of the prefix, or 0 for a digest that signs nothing. */
static size_t write_digest_info(enum digest_algorithm algorithm, uint8_t prefix[static 19])
{
	static const uint8_t arcs[] = {
		[DIGEST_SHA256] = 1,   [DIGEST_SHA384] = 2,    [DIGEST_SHA512] = 3,
		[DIGEST_SHA3_256] = 8, [DIGEST_SHA3_512] = 10,
	};
	static const uint8_t sha1[] = { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
		                        0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14 };
	const uint8_t size = (uint8_t)digest_size(algorithm);
	const uint8_t info[19] = {
		0x30, (uint8_t)(17 + size), 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
		0x02, arcs[algorithm],      0x05, 0x00, 0x04, size
	};

	if (algorithm == DIGEST_SHA1) {
		memcpy(prefix, sha1, sizeof(sha1));
		return sizeof(sha1);
	}
	memcpy(prefix, info, sizeof(info));
	return arcs[algorithm] ? sizeof(info) : 0;
}

/* EMSA-PKCS1-v1_5 (RFC 8017 section 9.2): 00 01 FF … FF 00 DigestInfo, exactly size bytes. */
static bool encode_block(enum digest_algorithm algorithm, const uint8_t *digest, uint8_t *block, size_t size)
{
	uint8_t prefix[19];
	size_t prefix_size = write_digest_info(algorithm, prefix);
	size_t end = prefix_size + digest_size(algorithm);

	if (prefix_size == 0 || size < end + 11)
		return false;
	memset(block, 0xff, size);
	block[0] = 0;
	block[1] = 1;
	block[size - end - 1] = 0;
	memcpy(block + size - end, prefix, prefix_size);
	memcpy(block + size - digest_size(algorithm), digest, digest_size(algorithm));
	return true;
}

static struct rsa_key plain_key(struct span modulus, struct span exponent, struct span ready)
{
	return (struct rsa_key){ without_leading_zeros(modulus), without_leading_zeros(exponent), ready };
}

/* Whatever the result, mbedtls_rsa_free() has to follow. RN is the square of the Montgomery radix modulo the modulus,
 * which the library works out at the first use where it is zero. */
static bool load(mbedtls_rsa_context *context, const struct rsa_key *key)
{
	mbedtls_rsa_init(context);
	return mbedtls_rsa_import_raw(context, key->modulus.data, key->modulus.size, NULL, 0, NULL, 0, NULL, 0,
	                              key->exponent.data, key->exponent.size) == 0 &&
	       mbedtls_mpi_read_binary(&context->MBEDTLS_PRIVATE(RN), key->ready.data, key->ready.size) == 0;
}

/* block = signature ^ exponent mod modulus; false also for a signature that is not below the modulus. */
static bool apply_public_key(mbedtls_rsa_context *context, struct span signature, uint8_t *block, size_t size)
{
	uint8_t padded[RSA_SIZE_MAX] = { 0 };

	if (signature.size > 0)
		memcpy(padded + size - signature.size, signature.data, signature.size);
	return mbedtls_rsa_public(context, padded, block) == 0;
}

/* The same by our own arithmetic. */
static bool raise_signature(const struct rsa_key *key, struct span signature, uint8_t *block, size_t size)
{
	limb number[MODULAR_LIMBS_MAX], radix_squared[MODULAR_LIMBS_MAX];
	struct modulus modulus;

	if (!modulus_start(&modulus, key->modulus) || !limbs_read(number, modulus.count, signature) ||
	    limbs_compare(number, modulus.number, modulus.count) >= 0 ||
	    !limbs_read(radix_squared, modulus.count, key->ready))
		return false;
	if (key->ready.size == 0)
		modular_square_radix(radix_squared, &modulus);
	modular_raise(number, number, key->exponent, radix_squared, &modulus);
	limbs_write(number, modulus.count, block, size);
	return true;
}

static bool prepare_modulus(struct span number, uint8_t *room)
{
	limb square[MODULAR_LIMBS_MAX];
	struct modulus modulus;

	if (!modulus_start(&modulus, number))
		return false;
	modular_square_radix(square, &modulus);
	limbs_write(square, modulus.count, room, number.size);
	return true;
}

struct span rsa_prepare(const struct rsa_key *key, uint8_t *room)
{
	const struct rsa_key plain = plain_key(key->modulus, key->exponent, (struct span){ 0 });
	const size_t size = plain.modulus.size;
	mbedtls_rsa_context context;
	uint8_t unused[RSA_SIZE_MAX];
	bool prepared;

	if (!IS_ENABLED(CONFIG_RSA) || rsa_check_key(key) != RSA_KEY_GOOD)
		return (struct span){ 0 };
	if (IS_ENABLED(CONFIG_FAST_VERIFY))
		return prepare_modulus(plain.modulus, room) ? span_of(room, size) : (struct span){ 0 };
	prepared = load(&context, &plain) && apply_public_key(&context, SPAN("\1"), unused, size) &&
	           mbedtls_mpi_write_binary(&context.MBEDTLS_PRIVATE(RN), room, size) == 0;
	mbedtls_rsa_free(&context);
	return prepared ? span_of(room, size) : (struct span){ 0 };
}

bool rsa_verify(const struct rsa_key *key, enum digest_algorithm algorithm, const uint8_t *digest,
                struct span signature)
{
	const struct rsa_key plain = plain_key(key->modulus, key->exponent, key->ready);
	const size_t size = plain.modulus.size;
	uint8_t expected[RSA_SIZE_MAX], block[RSA_SIZE_MAX];
	mbedtls_rsa_context context;
	bool applied;

	signature = without_leading_zeros(signature);
	if (!IS_ENABLED(CONFIG_RSA) || rsa_check_key(key) != RSA_KEY_GOOD || signature.size > size ||
	    !encode_block(algorithm, digest, expected, size))
		return false;
	if (IS_ENABLED(CONFIG_FAST_VERIFY))
		return raise_signature(&plain, signature, block, size) && memcmp(block, expected, size) == 0;
	applied = load(&context, &plain) && apply_public_key(&context, signature, block, size);
	mbedtls_rsa_free(&context);
	return applied && memcmp(block, expected, size) == 0;
}

/* block ^ secret exponent mod modulus, in place. The library checks the result by the public exponent. */
static bool apply_secret_key(const struct rsa_key *key, const struct rsa_secret *secret,
                             const uint8_t entropy[static SIGN_ENTROPY_SIZE], uint8_t *block)
{
	mbedtls_hmac_drbg_context blinding;
	mbedtls_rsa_context context;
	bool applied;

	mbedtls_rsa_init(&context);
	applied = blinding_start(&blinding, entropy) &&
	          mbedtls_rsa_import_raw(&context, key->modulus.data, key->modulus.size, secret->p.data, secret->p.size,
	                                 secret->q.data, secret->q.size, secret->exponent.data, secret->exponent.size,
	                                 key->exponent.data, key->exponent.size) == 0 &&
	          mbedtls_rsa_complete(&context) == 0 &&
	          mbedtls_rsa_private(&context, mbedtls_hmac_drbg_random, &blinding, block, block) == 0;
	mbedtls_rsa_free(&context);
	mbedtls_hmac_drbg_free(&blinding);
	return applied;
}

bool rsa_sign(const struct rsa_key *key, const struct rsa_secret *secret, enum digest_algorithm algorithm,
              const uint8_t *digest, const uint8_t entropy[static SIGN_ENTROPY_SIZE],
              uint8_t signature[static RSA_SIZE_MAX])
{
	const struct rsa_key plain = plain_key(key->modulus, key->exponent, (struct span){ 0 });

	return IS_ENABLED(CONFIG_RSA) && rsa_check_key(key) == RSA_KEY_GOOD && secret->exponent.size <= RSA_SIZE_MAX &&
	       secret->p.size <= RSA_SIZE_MAX && secret->q.size <= RSA_SIZE_MAX &&
	       encode_block(algorithm, digest, signature, plain.modulus.size) &&
	       apply_secret_key(&plain, secret, entropy, signature);
}
