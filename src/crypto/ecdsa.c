#include "crypto/verify.h"

#include "base/kconfig.h"

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
