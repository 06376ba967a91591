#include "crypto/sign.h"

#include "base/kconfig.h"
#include "base/memory.h"

#include <string.h>

/* the library's own view of its arithmetic, on which the layout of its points depends */
#include <libsodium_config.h>
#include <sodium/private/ed25519_ref10.h>

/* Takes a public key apart, into the opposite of its point, as verification needs it. */
static bool load_negated(ge25519_p3 *point, const uint8_t key[static 32])
{
	return ge25519_is_canonical(key) != 0 && ge25519_has_small_order(key) == 0 &&
	       ge25519_frombytes_negate_vartime(point, key) == 0;
}

bool ed25519_check_key(const uint8_t key[static 32])
{
	ge25519_p3 point;

	return IS_ENABLED(CONFIG_ED25519) && load_negated(&point, key);
}

/* The order of the base point, L = 2^252 + c, where c < 2^125 (RFC 8032 section 5.1). Numbers here are digits of one
 * byte, the lowest first; while one is worked on its highest digit may be of any size and negative. Nothing branches on
 * them. */
enum { SCALAR_DIGITS = 32 };

/* Takes so many times L away; all digits but the highest are bytes then. */
static void subtract_order(int32_t *digits, int32_t times)
{
	static const uint8_t order[SCALAR_DIGITS] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
		                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	int32_t carry = 0;

	for (size_t i = 0; i < SCALAR_DIGITS; i++) {
		carry += digits[i] - times * order[i];
		digits[i] = i + 1 < SCALAR_DIGITS ? carry & 0xff : carry;
		carry >>= 8;
	}
}

/* Reduces a number of twice as many digits modulo L. From above, each digit goes into the one below it, and as often as
 * 2^252 fits into the 32 digits from there, L is taken away: what is left is from -2^137 to L and a little. */
static void reduce(int32_t digits[static 2 * SCALAR_DIGITS], uint8_t scalar[static SCALAR_DIGITS])
{
	for (size_t i = 2 * SCALAR_DIGITS - 1; i >= SCALAR_DIGITS; i--) {
		digits[i - 1] += digits[i] * 256;
		subtract_order(digits + i - SCALAR_DIGITS, digits[i - 1] >> 4);
	}
	subtract_order(digits, digits[SCALAR_DIGITS - 1] >> 31); /* now from 0 to L and a little */
	subtract_order(digits, 1);
	subtract_order(digits, digits[SCALAR_DIGITS - 1] >> 31);
	for (size_t i = 0; i < SCALAR_DIGITS; i++)
		scalar[i] = (uint8_t)digits[i];
}

static void reduce_digest(uint8_t digest[static 64])
{
	int32_t digits[2 * SCALAR_DIGITS];

	for (size_t i = 0; i < 2 * SCALAR_DIGITS; i++)
		digits[i] = digest[i];
	reduce(digits, digest);
	memory_wipe(digits, sizeof(digits));
}

/* result = a * b + c modulo L */
static void multiply_and_add(const uint8_t a[static 32], const uint8_t b[static 32], const uint8_t c[static 32],
                             uint8_t result[static 32])
{
	int32_t digits[2 * SCALAR_DIGITS] = { 0 };
	int32_t carry = 0;

	for (size_t i = 0; i < SCALAR_DIGITS; i++) {
		digits[i] += c[i];
		for (size_t j = 0; j < SCALAR_DIGITS; j++)
			digits[i + j] += a[i] * b[j];
	}
	for (size_t i = 0; i < 2 * SCALAR_DIGITS; i++) {
		carry += digits[i];
		digits[i] = carry & 0xff;
		carry >>= 8;
	}
	reduce(digits, result);
	memory_wipe(digits, sizeof(digits));
}

/* Encodes scalar * B. The library's own way to multiply the base point is quicker and brings tables of 30 kB. */
static void multiply_base(const uint8_t scalar[static 32], uint8_t encoded[static 32])
{
	static const uint8_t base[32] = { 0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		                          0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		                          0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66 };
	ge25519_p3 point, product;

	ge25519_frombytes(&point, base);
	ge25519_scalarmult(&product, scalar, &point);
	ge25519_p3_tobytes(encoded, &product);
	memory_wipe(&product, sizeof(product));
}

/* SHA-512 over up to three parts. */
static void digest_parts(struct span a, struct span b, struct span c, uint8_t result[static 64])
{
	struct digest digest;

	digest_start(&digest, DIGEST_SHA512);
	digest_update(&digest, a);
	digest_update(&digest, b);
	digest_update(&digest, c);
	digest_finish(&digest, result);
}

/* Names are those of RFC 8032 section 5.1.7. S must be below the order of the group, and R not of small order; R is
 * computed anew and compared as bytes, so only its canonical form passes. */
bool ed25519_verify(const uint8_t key[static 32], struct span message, const uint8_t signature[static 64])
{
	const uint8_t *r = signature, *s = signature + 32;
	ge25519_p3 minus_a;
	ge25519_p2 sum;
	uint8_t k[64], encoded[32];

	if (!IS_ENABLED(CONFIG_ED25519) || sc25519_is_canonical(s) == 0 || ge25519_has_small_order(r) != 0 ||
	    !load_negated(&minus_a, key))
		return false;
	digest_parts(span_of(r, 32), span_of(key, 32), message, k);
	reduce_digest(k);
	ge25519_double_scalarmult_vartime(&sum, k, &minus_a, s);
	ge25519_tobytes(encoded, &sum);
	return memory_equal(encoded, r, sizeof(encoded));
}

/* Names are those of RFC 8032 section 5.1.6. A is made of the secret and not taken from the caller: with a wrong one
 * the signature would give the secret away. */
void ed25519_sign(const uint8_t secret[static 32], struct span message, uint8_t signature[static 64])
{
	uint8_t h[64], r[64], k[64], a[32];

	if (!IS_ENABLED(CONFIG_ED25519))
		return;
	digest_parts(span_of(secret, 32), (struct span){ 0 }, (struct span){ 0 }, h);
	h[0] &= 248;
	h[31] &= 127;
	h[31] |= 64;
	multiply_base(h, a);
	digest_parts(span_of(h + 32, 32), message, (struct span){ 0 }, r);
	reduce_digest(r);
	multiply_base(r, signature);
	digest_parts(span_of(signature, 32), span_of(a, 32), message, k);
	reduce_digest(k);
	multiply_and_add(k, h, r, signature + 32);
	memory_wipe(h, sizeof(h));
	memory_wipe(r, sizeof(r));
}
