#include "oracle.h"

#include "base/kconfig.h"
#include "crypto/curve.h"
#include "crypto/modular.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mbedtls/ecdsa.h>

/* ---- numbers ---- */

struct numbers {
	struct modulus modulus;
	mbedtls_mpi n, a, b, radix, expected, actual;
	limb x[MODULAR_LIMBS_MAX], y[MODULAR_LIMBS_MAX], result[MODULAR_LIMBS_MAX];
};

static void must(int library_result)
{
	assert_int_equal(library_result, 0);
}

static void to_library(mbedtls_mpi *to, const limb *number, size_t count)
{
	uint8_t bytes[MODULAR_BITS_MAX / 8];

	limbs_write(number, count, bytes, count * sizeof(limb));
	must(mbedtls_mpi_read_binary(to, bytes, count * sizeof(limb)));
}

/* Taken modulo the modulus. */
static void take(mbedtls_mpi *to, limb *number, struct span bytes, const struct numbers *numbers)
{
	uint8_t room[MODULAR_BITS_MAX / 8];
	const size_t size = numbers->modulus.count * sizeof(limb);

	must(mbedtls_mpi_read_binary(to, bytes.data, bytes.size));
	must(mbedtls_mpi_mod_mpi(to, to, &numbers->n));
	must(mbedtls_mpi_write_binary(to, room, size));
	assert_true(limbs_read(number, numbers->modulus.count, span_of(room, size)));
}

/* Is the result, times the radix where it was taken away, what is expected, and below the modulus? */
static bool is_right(struct numbers *numbers, bool lacks_radix)
{
	to_library(&numbers->actual, numbers->result, numbers->modulus.count);
	if (mbedtls_mpi_cmp_mpi(&numbers->actual, &numbers->n) >= 0)
		return false;
	if (lacks_radix)
		must(mbedtls_mpi_mul_mpi(&numbers->actual, &numbers->actual, &numbers->radix));
	must(mbedtls_mpi_mod_mpi(&numbers->actual, &numbers->actual, &numbers->n));
	must(mbedtls_mpi_mod_mpi(&numbers->expected, &numbers->expected, &numbers->n));
	return mbedtls_mpi_cmp_mpi(&numbers->actual, &numbers->expected) == 0;
}

static bool is_product_right(struct numbers *numbers)
{
	must(mbedtls_mpi_mul_mpi(&numbers->expected, &numbers->a, &numbers->b));
	modular_multiply(numbers->result, numbers->x, numbers->y, &numbers->modulus);
	if (!is_right(numbers, true))
		return false;
	must(mbedtls_mpi_mul_mpi(&numbers->expected, &numbers->a, &numbers->a));
	modular_square(numbers->result, numbers->x, &numbers->modulus);
	return is_right(numbers, true);
}

/* One of the two factors may be above the modulus. */
static bool is_large_product_right(struct numbers *numbers)
{
	limb large[MODULAR_LIMBS_MAX];

	memset(large, 0xff, sizeof(large));
	to_library(&numbers->expected, large, numbers->modulus.count);
	must(mbedtls_mpi_mul_mpi(&numbers->expected, &numbers->expected, &numbers->b));
	modular_multiply(numbers->result, large, numbers->y, &numbers->modulus);
	if (!is_right(numbers, true))
		return false;
	modular_multiply(numbers->result, numbers->y, large, &numbers->modulus);
	return is_right(numbers, true);
}

static bool is_sum_right(struct numbers *numbers)
{
	must(mbedtls_mpi_add_mpi(&numbers->expected, &numbers->a, &numbers->b));
	modular_add(numbers->result, numbers->x, numbers->y, &numbers->modulus);
	return is_right(numbers, false);
}

static bool is_difference_right(struct numbers *numbers)
{
	must(mbedtls_mpi_sub_mpi(&numbers->expected, &numbers->a, &numbers->b));
	modular_subtract(numbers->result, numbers->x, numbers->y, &numbers->modulus);
	return is_right(numbers, false);
}

/* Squares and products in place, as a curve's points have them. */
static bool is_power_right(struct numbers *numbers, uint32_t exponent)
{
	const uint8_t bytes[4] = { (uint8_t)(exponent >> 24), (uint8_t)(exponent >> 16), (uint8_t)(exponent >> 8),
		                   (uint8_t)exponent };
	limb radix_squared[MODULAR_LIMBS_MAX];
	mbedtls_mpi power;

	modular_square_radix(radix_squared, &numbers->modulus);
	memcpy(numbers->result, radix_squared, sizeof(radix_squared));
	must(mbedtls_mpi_mul_mpi(&numbers->expected, &numbers->radix, &numbers->radix));
	if (!is_right(numbers, false))
		return false;
	mbedtls_mpi_init(&power);
	must(mbedtls_mpi_read_binary(&power, bytes, sizeof(bytes)));
	must(mbedtls_mpi_exp_mod(&numbers->expected, &numbers->a, &power, &numbers->n, NULL));
	mbedtls_mpi_free(&power);
	modular_raise(numbers->result, numbers->x, span_of(bytes, sizeof(bytes)), radix_squared, &numbers->modulus);
	return is_right(numbers, false);
}

static const char *compare(struct numbers *numbers, uint32_t exponent)
{
	must(mbedtls_mpi_lset(&numbers->radix, 1));
	must(mbedtls_mpi_shift_l(&numbers->radix, numbers->modulus.count * LIMB_BITS));
	return !is_product_right(numbers)           ? "product"
	       : !is_large_product_right(numbers)   ? "product of a large number"
	       : !is_sum_right(numbers)             ? "sum"
	       : !is_difference_right(numbers)      ? "difference"
	       : !is_power_right(numbers, exponent) ? "power"
	                                            : NULL;
}

const char *oracle_differs(struct span modulus, struct span a, struct span b, uint32_t exponent)
{
	struct numbers numbers;
	mbedtls_mpi *const all[] = { &numbers.n, &numbers.a, &numbers.b, &numbers.radix, &numbers.expected, &numbers.actual };
	const char *differs = "";

	memset(&numbers, 0, sizeof(numbers));
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		mbedtls_mpi_init(all[i]);
	must(mbedtls_mpi_read_binary(&numbers.n, modulus.data, modulus.size));
	if (modulus_start(&numbers.modulus, modulus)) {
		take(&numbers.a, numbers.x, a, &numbers);
		take(&numbers.b, numbers.y, b, &numbers);
		differs = compare(&numbers, exponent | 1);
	} else if (mbedtls_mpi_bitlen(&numbers.n) <= MODULAR_BITS_MAX && mbedtls_mpi_bitlen(&numbers.n) > 1 &&
	           mbedtls_mpi_get_bit(&numbers.n, 0)) {
		differs = "modulus";
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		mbedtls_mpi_free(all[i]);
	return differs;
}

/* ---- curves ---- */

enum {
	HAS_CURVES = IS_ENABLED(CONFIG_ECDSA_P256) || IS_ENABLED(CONFIG_ECDSA_P384) || IS_ENABLED(CONFIG_ECDSA_P521) ||
	             IS_ENABLED(CONFIG_ECDSA_BRAINPOOL)
};

static const mbedtls_ecp_group_id groups[ECDSA_CURVE_COUNT] = {
	[ECDSA_P256] = MBEDTLS_ECP_DP_SECP256R1,         [ECDSA_P384] = MBEDTLS_ECP_DP_SECP384R1,
	[ECDSA_P521] = MBEDTLS_ECP_DP_SECP521R1,         [ECDSA_BRAINPOOL_P256] = MBEDTLS_ECP_DP_BP256R1,
	[ECDSA_BRAINPOOL_P384] = MBEDTLS_ECP_DP_BP384R1, [ECDSA_BRAINPOOL_P512] = MBEDTLS_ECP_DP_BP512R1,
};

static bool is_number(enum ecdsa_curve curve, enum curve_number which, const mbedtls_mpi *expected)
{
	struct span bytes = curve_number(curve, which);
	mbedtls_mpi number;
	bool same;

	mbedtls_mpi_init(&number);
	must(mbedtls_mpi_read_binary(&number, bytes.data, bytes.size));
	same = mbedtls_mpi_cmp_mpi(&number, expected) == 0;
	mbedtls_mpi_free(&number);
	return same;
}

bool oracle_has_curve(enum ecdsa_curve curve)
{
	mbedtls_ecp_group group;
	mbedtls_mpi a;
	bool same;

	if (!HAS_CURVES)
		return false;
	mbedtls_ecp_group_init(&group);
	mbedtls_mpi_init(&a);
	must(mbedtls_ecp_group_load(&group, groups[curve]));
	/* the library has no number where a is -3 */
	if (mbedtls_mpi_size(&group.A) == 0)
		must(mbedtls_mpi_sub_int(&a, &group.P, 3));
	else
		must(mbedtls_mpi_copy(&a, &group.A));
	same = is_number(curve, CURVE_PRIME, &group.P) && is_number(curve, CURVE_ORDER, &group.N) &&
	       is_number(curve, CURVE_A, &a) && is_number(curve, CURVE_B, &group.B) &&
	       is_number(curve, CURVE_X, &group.G.MBEDTLS_PRIVATE(X)) &&
	       is_number(curve, CURVE_Y, &group.G.MBEDTLS_PRIVATE(Y));
	mbedtls_mpi_free(&a);
	mbedtls_ecp_group_free(&group);
	return same;
}

/* With digest.size of 0 the point alone is judged. */
static bool judge(enum ecdsa_curve curve, struct span point, struct span digest, struct span r, struct span s)
{
	mbedtls_ecp_group group;
	mbedtls_ecp_point key;
	mbedtls_mpi r_number, s_number;
	bool good;

	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&key);
	mbedtls_mpi_init(&r_number);
	mbedtls_mpi_init(&s_number);
	must(mbedtls_ecp_group_load(&group, groups[curve]));
	good = point.size > 1 && point.data[0] == 4 &&
	       mbedtls_ecp_point_read_binary(&group, &key, point.data, point.size) == 0 &&
	       mbedtls_ecp_check_pubkey(&group, &key) == 0;
	if (good && digest.size > 0) {
		must(mbedtls_mpi_read_binary(&r_number, r.data, r.size));
		must(mbedtls_mpi_read_binary(&s_number, s.data, s.size));
		good = mbedtls_ecdsa_verify(&group, digest.data, digest.size, &key, &r_number, &s_number) == 0;
	}
	mbedtls_mpi_free(&s_number);
	mbedtls_mpi_free(&r_number);
	mbedtls_ecp_point_free(&key);
	mbedtls_ecp_group_free(&group);
	return good;
}

bool oracle_check_point(enum ecdsa_curve curve, struct span point)
{
	return HAS_CURVES && judge(curve, point, (struct span){ 0 }, (struct span){ 0 }, (struct span){ 0 });
}

bool oracle_verify(enum ecdsa_curve curve, struct span point, struct span digest, struct span r, struct span s)
{
	return HAS_CURVES && judge(curve, point, digest, r, s);
}
