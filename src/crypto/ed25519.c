#include "crypto/sign.h"

#include "base/kconfig.h"
#include "base/memory.h"

#include <string.h>

/* the library's own view of its arithmetic, on which the layout of its points depends */
#include <libsodium_config.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/private/ed25519_ref10.h>

bool ed25519_check_key(const uint8_t key[static 32])
{
	ge25519_p3 point;

	return IS_ENABLED(CONFIG_ED25519) && ge25519_is_canonical(key) != 0 && ge25519_has_small_order(key) == 0 &&
	       ge25519_frombytes_negate_vartime(&point, key) == 0;
}

/* The library refuses S that is not below the order of the group, R and A of small order, and A that is not canonical;
 * R is recomputed and compared as bytes, so only its canonical form passes. */
bool ed25519_verify(const uint8_t key[static 32], struct span message, const uint8_t signature[static 64])
{
	return IS_ENABLED(CONFIG_ED25519) &&
	       crypto_sign_ed25519_verify_detached(signature, message.data, message.size, key) == 0;
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
	sc25519_reduce(r);
	multiply_base(r, signature);
	digest_parts(span_of(signature, 32), span_of(a, 32), message, k);
	sc25519_reduce(k);
	sc25519_muladd(signature + 32, k, h, r);
	memory_wipe(h, sizeof(h));
	memory_wipe(r, sizeof(r));
}
