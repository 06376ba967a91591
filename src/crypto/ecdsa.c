#include "crypto/sign.h"

#include "base/kconfig.h"
#include "crypto/blinding.h"
#include "crypto/curve.h"

#include <mbedtls/ecdsa.h>

static const struct {
	const char *name;
	mbedtls_ecp_group_id group;
	unsigned bits;
	bool is_supported;
} curves[ECDSA_CURVE_COUNT] = {
	[ECDSA_P256] = { "P-256", MBEDTLS_ECP_DP_SECP256R1, 256, IS_ENABLED(CONFIG_ECDSA_P256) },
	[ECDSA_P384] = { "P-384", MBEDTLS_ECP_DP_SECP384R1, 384, IS_ENABLED(CONFIG_ECDSA_P384) },
	[ECDSA_P521] = { "P-521", MBEDTLS_ECP_DP_SECP521R1, 521, IS_ENABLED(CONFIG_ECDSA_P521) },
	[ECDSA_BRAINPOOL_P256] = { "brainpoolP256r1", MBEDTLS_ECP_DP_BP256R1, 256, IS_ENABLED(CONFIG_ECDSA_BRAINPOOL) },
	[ECDSA_BRAINPOOL_P384] = { "brainpoolP384r1", MBEDTLS_ECP_DP_BP384R1, 384, IS_ENABLED(CONFIG_ECDSA_BRAINPOOL) },
	[ECDSA_BRAINPOOL_P512] = { "brainpoolP512r1", MBEDTLS_ECP_DP_BP512R1, 512, IS_ENABLED(CONFIG_ECDSA_BRAINPOOL) },
};

enum {
	ANY_CURVE = IS_ENABLED(CONFIG_ECDSA_P256) || IS_ENABLED(CONFIG_ECDSA_P384) || IS_ENABLED(CONFIG_ECDSA_P521) ||
	            IS_ENABLED(CONFIG_ECDSA_BRAINPOOL)
};

const char *ecdsa_curve_name(enum ecdsa_curve curve)
{
	return curves[curve].name;
}

unsigned ecdsa_curve_bits(enum ecdsa_curve curve)
{
	return curves[curve].bits;
}

bool ecdsa_curve_is_supported(enum ecdsa_curve curve)
{
	return curves[curve].is_supported;
}

/* A group with a public key on it. */
struct point_on_curve {
	mbedtls_ecp_group group;
	mbedtls_ecp_point point;
};

static void unload(struct point_on_curve *key)
{
	mbedtls_ecp_point_free(&key->point);
	mbedtls_ecp_group_free(&key->group);
}

/* Reads and checks the point; whatever the result, unload() has to follow. The first byte is looked at here because the
 * library also takes compressed points and the point at infinity. */
static bool load(struct point_on_curve *key, enum ecdsa_curve curve, struct span point)
{
	const size_t field_size = (curves[curve].bits + 7) / 8;

	mbedtls_ecp_group_init(&key->group);
	mbedtls_ecp_point_init(&key->point);
	return point.size == 1 + 2 * field_size && point.data[0] == 4 &&
	       mbedtls_ecp_group_load(&key->group, curves[curve].group) == 0 &&
	       mbedtls_ecp_point_read_binary(&key->group, &key->point, point.data, point.size) == 0 &&
	       mbedtls_ecp_check_pubkey(&key->group, &key->point) == 0;
}

bool ecdsa_check_key(enum ecdsa_curve curve, struct span point)
{
	struct point_on_curve key;
	bool good;

	if (!ANY_CURVE || !curves[curve].is_supported)
		return false;
	if (IS_ENABLED(CONFIG_FAST_VERIFY))
		return curve_check_point(curve, point);
	good = load(&key, curve, point);
	unload(&key);
	return good;
}

bool ecdsa_verify(enum ecdsa_curve curve, struct span point, struct span digest, struct span r, struct span s)
{
	struct point_on_curve key;
	mbedtls_mpi r_number, s_number;
	bool good;

	if (!ANY_CURVE || !curves[curve].is_supported)
		return false;
	if (IS_ENABLED(CONFIG_FAST_VERIFY))
		return curve_verify(curve, point, digest, r, s);
	mbedtls_mpi_init(&r_number);
	mbedtls_mpi_init(&s_number);
	/* the library checks 1 <= r, s < n, and shortens a digest that is longer than n */
	good = load(&key, curve, point) && mbedtls_mpi_read_binary(&r_number, r.data, r.size) == 0 &&
	       mbedtls_mpi_read_binary(&s_number, s.data, s.size) == 0 &&
	       mbedtls_ecdsa_verify(&key.group, digest.data, digest.size, &key.point, &r_number, &s_number) == 0;
	mbedtls_mpi_free(&s_number);
	mbedtls_mpi_free(&r_number);
	unload(&key);
	return good;
}

/* The digest for the nonce is the one that is signed (RFC 6979 section 3.2). */
static mbedtls_md_type_t library_digest(enum digest_algorithm algorithm)
{
	static const mbedtls_md_type_t types[] = {
		[DIGEST_NONE] = MBEDTLS_MD_NONE,
		[DIGEST_SHA256] = MBEDTLS_MD_SHA256,
		[DIGEST_SHA384] = MBEDTLS_MD_SHA384,
		[DIGEST_SHA512] = MBEDTLS_MD_SHA512,
	};

	return algorithm < sizeof(types) / sizeof(types[0]) ? types[algorithm] : MBEDTLS_MD_NONE;
}

/* The three numbers of a signature under way. */
struct signing {
	mbedtls_ecp_group group;
	mbedtls_mpi secret, r, s;
	mbedtls_hmac_drbg_context blinding;
};

static bool make_signature(struct signing *signing, enum ecdsa_curve curve, struct span secret,
                           enum digest_algorithm algorithm, const uint8_t *digest)
{
	/* the library checks that the secret is from 1 to n - 1 */
	return secret.size <= ECDSA_NUMBER_SIZE_MAX &&
	       mbedtls_ecp_group_load(&signing->group, curves[curve].group) == 0 &&
	       mbedtls_mpi_read_binary(&signing->secret, secret.data, secret.size) == 0 &&
	       mbedtls_ecdsa_sign_det_ext(&signing->group, &signing->r, &signing->s, &signing->secret, digest,
	                                  digest_size(algorithm), library_digest(algorithm), mbedtls_hmac_drbg_random,
	                                  &signing->blinding) == 0;
}

bool ecdsa_sign(enum ecdsa_curve curve, struct span secret, enum digest_algorithm algorithm, const uint8_t *digest,
                const uint8_t entropy[static SIGN_ENTROPY_SIZE], uint8_t r[static ECDSA_NUMBER_SIZE_MAX],
                uint8_t s[static ECDSA_NUMBER_SIZE_MAX])
{
	const size_t size = (curves[curve].bits + 7) / 8;
	struct signing signing;
	bool made;

	if (!ANY_CURVE || !curves[curve].is_supported)
		return false;
	mbedtls_ecp_group_init(&signing.group);
	mbedtls_mpi_init(&signing.secret);
	mbedtls_mpi_init(&signing.r);
	mbedtls_mpi_init(&signing.s);
	made = blinding_start(&signing.blinding, entropy) &&
	       make_signature(&signing, curve, secret, algorithm, digest) &&
	       mbedtls_mpi_write_binary(&signing.r, r, size) == 0 && mbedtls_mpi_write_binary(&signing.s, s, size) == 0;
	mbedtls_hmac_drbg_free(&signing.blinding);
	mbedtls_mpi_free(&signing.s);
	mbedtls_mpi_free(&signing.r);
	mbedtls_mpi_free(&signing.secret);
	mbedtls_ecp_group_free(&signing.group);
	return made;
}
