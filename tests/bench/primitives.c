/* usage: primitives LIBRARY ALGORITHM TIMES
 *
 * Verifies a number by RSA's public exponent, or a signature on P-256, so often: by our own arithmetic (ours), mbedtls or bearssl.
 * primitives.py counts its instructions. The signature is that of RFC 6979 section A.2.5; the RSA modulus is no product of primes,
 * which the arithmetic does not care about. */
#include "base/encoding.h"
#include "crypto/crypto.h"
#include "crypto/curve.h"
#include "crypto/modular.h"
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bearssl.h>
#include <mbedtls/rsa.h>

static uint64_t memory[8192];
static uint8_t point[65] = { 4 }, digest[32], signature[64], modulus[512], number[512], expected[512], result[512], ready[512];
static size_t size;

static void prepare(unsigned bits)
{
	const struct rsa_key key = { { modulus, bits / 8 }, SPAN("\1\0\1"), { 0 } };

	hex_read(SPAN("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"), point + 1, 32);
	hex_read(SPAN("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"), point + 33, 32);
	hex_read(SPAN("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"), signature, 32);
	hex_read(SPAN("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"), signature + 32, 32);
	digest_compute(DIGEST_SHA256, SPAN("sample"), digest);
	size = bits / 8;
	for (size_t i = 0; i < sizeof(modulus); i++) {
		modulus[i] = (uint8_t)(0xb5 ^ i * 37);
		number[i] = (uint8_t)(0x5a ^ i * 11);
	}
	modulus[0] |= 0x80;
	number[0] &= 0x7f;
	if (bits == 0)
		return;
	modulus[size - 1] |= 1;
	rsa_prepare(&key, ready);
}

static bool ours_rsa(void)
{
	limb base[MODULAR_LIMBS_MAX], radix_squared[MODULAR_LIMBS_MAX];
	struct modulus n;

	if (!modulus_start(&n, span_of(modulus, size)) || !limbs_read(base, n.count, span_of(number, size)) ||
	    !limbs_read(radix_squared, n.count, span_of(ready, size)))
		return false;
	modular_raise(base, base, SPAN("\1\0\1"), radix_squared, &n);
	limbs_write(base, n.count, result, size);
	return true;
}

static bool mbedtls_rsa(void)
{
	mbedtls_rsa_context context;
	bool done;

	mbedtls_rsa_init(&context);
	done = mbedtls_rsa_import_raw(&context, modulus, size, NULL, 0, NULL, 0, NULL, 0, (const uint8_t *)"\1\0\1", 3) == 0 &&
	       mbedtls_mpi_read_binary(&context.MBEDTLS_PRIVATE(RN), ready, size) == 0 &&
	       mbedtls_rsa_public(&context, number, result) == 0;
	mbedtls_rsa_free(&context);
	return done;
}

static bool bearssl_rsa(bool wide_words)
{
	uint8_t exponent[3] = { 1, 0, 1 };
	const br_rsa_public_key key = { modulus, size, exponent, sizeof(exponent) };

	memcpy(result, number, size);
	return (wide_words && br_rsa_i62_public_get() ? br_rsa_i62_public_get() : br_rsa_i31_public)(result, size, &key) == 1;
}

static bool bearssl_p256(void)
{
	const br_ec_public_key key = { BR_EC_secp256r1, point, sizeof(point) };

	return br_ecdsa_i31_vrfy_raw(&br_ec_p256_m31, digest, sizeof(digest), &key, signature, sizeof(signature)) == 1;
}

static bool verify(const char *library, bool is_rsa)
{
	const struct span key = span_of(point, 65), hash = span_of(digest, 32), r = span_of(signature, 32), s = span_of(signature + 32, 32);

	if (strcmp(library, "ours") == 0)
		return is_rsa ? ours_rsa() : curve_verify(ECDSA_P256, key, hash, r, s);
	if (strcmp(library, "mbedtls") == 0)
		return is_rsa ? mbedtls_rsa() : oracle_verify(ECDSA_P256, key, hash, r, s);
	return is_rsa ? bearssl_rsa(strcmp(library, "bearssl-i62") == 0) : bearssl_p256();
}

int main(int count, char **arguments)
{
	const unsigned bits = count == 4 && strncmp(arguments[2], "rsa", 3) == 0 ? (unsigned)strtoul(arguments[2] + 3, NULL, 10) : 0;

	if (count != 4 || bits > 4096)
		return 2;
	crypto_start(memory, sizeof(memory));
	prepare(bits);
	for (unsigned long i = strtoul(arguments[3], NULL, 10); i > 0; i--)
		if (!verify(arguments[1], bits > 0))
			return 1;
	memcpy(expected, result, sizeof(result));
	/* all agree */
	return bits > 0 && (!ours_rsa() || memcmp(result, expected, size) != 0);
}
