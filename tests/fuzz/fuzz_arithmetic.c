/* Our own arithmetic beside mbedtls'. The first byte chooses: a curve, and what follows are a point, a digest, r and s; or a modulus,
 * two numbers and an exponent. Each part has as many bytes as the byte in front of it tells, times two for the modulus and the numbers. */
#include "base/kconfig.h"
#include "crypto/curve.h"
#include "fuzz.h"
#include "oracle.h"

static struct span take_part(struct span *input, size_t unit)
{
	struct span part;

	if (input->size == 0)
		return *input;
	part = span_first(span_skip(*input, 1), input->data[0] * unit);
	*input = span_skip(*input, 1 + part.size);
	return part;
}

static void compare_numbers(struct span input)
{
	const struct span modulus = take_part(&input, 2), a = take_part(&input, 2), b = take_part(&input, 2);
	uint32_t exponent = 0;
	const char *differs;

	for (size_t i = 0; i < 4 && i < input.size; i++)
		exponent = exponent << 8 | input.data[i];
	differs = oracle_differs(modulus, a, b, exponent);
	FUZZ_CHECK(!differs || *differs == '\0');
}

static void compare_verdicts(enum ecdsa_curve curve, struct span input)
{
	const struct span point = take_part(&input, 1), digest = take_part(&input, 1), r = take_part(&input, 1),
			  s = take_part(&input, 1);

	FUZZ_CHECK(oracle_check_point(curve, point) == curve_check_point(curve, point));
	if (digest.size > 0 && digest.size <= DIGEST_SIZE_MAX)
		FUZZ_CHECK(oracle_verify(curve, point, digest, r, s) == curve_verify(curve, point, digest, r, s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned chosen = size > 0 ? data[0] % (2 * ECDSA_CURVE_COUNT) : 0;
	const struct span input = span_of(data + (size > 0), size - (size > 0));

	fuzz_start_crypto();
	if (chosen >= ECDSA_CURVE_COUNT)
		compare_numbers(input);
	else if (ecdsa_curve_is_supported(chosen))
		compare_verdicts(chosen, input);
	return 0;
}
