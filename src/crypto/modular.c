#include "crypto/modular.h"

#include "base/kconfig.h"

#include <string.h>

/* Of the numbers of the curves that most people have; where they are left out, none. */
enum { USUAL_COUNT = IS_ENABLED(CONFIG_ECDSA_P256) || IS_ENABLED(CONFIG_ECDSA_BRAINPOOL) ? 256 / LIMB_BITS : 0 };

bool limbs_read(limb *number, size_t count, struct span bytes)
{
	memset(number, 0, count * sizeof(*number));
	while (bytes.size > 0 && bytes.data[0] == 0)
		bytes = span_skip(bytes, 1);
	if (bytes.size > count * sizeof(*number))
		return false;
	for (size_t i = 0; bytes.size > 0; i++) {
		const size_t last = bytes.size < sizeof(limb) ? bytes.size : sizeof(limb);

		bytes.size -= last;
		for (size_t j = 0; j < last; j++)
			number[i] = number[i] << 8 | bytes.data[bytes.size + j];
	}
	return true;
}

void limbs_write(const limb *number, size_t count, uint8_t *bytes, size_t size)
{
	for (size_t i = 0; size > 0; i++) {
		limb word = i < count ? number[i] : 0;

		for (size_t j = 0; j < sizeof(limb) && size > 0; j++, word >>= 8)
			bytes[--size] = (uint8_t)word;
	}
}

int limbs_compare(const limb *a, const limb *b, size_t count)
{
	while (count-- > 0)
		if (a[count] != b[count])
			return a[count] < b[count] ? -1 : 1;
	return 0;
}

bool limbs_are_zero(const limb *number, size_t count)
{
	limb all = 0;

	while (count-- > 0)
		all |= number[count];
	return all == 0;
}

limb limbs_add(limb *sum, const limb *a, const limb *b, size_t count)
{
	limb carry = 0;

	for (size_t i = 0; i < count; i++) {
		const wide both = (wide)a[i] + b[i] + carry;

		sum[i] = (limb)both;
		carry = (limb)(both >> LIMB_BITS);
	}
	return carry;
}

limb limbs_subtract(limb *difference, const limb *a, const limb *b, size_t count)
{
	limb borrow = 0;

	for (size_t i = 0; i < count; i++) {
		const wide both = (wide)a[i] - b[i] - borrow;

		difference[i] = (limb)both;
		borrow = (limb)(both >> LIMB_BITS) & 1;
	}
	return borrow;
}

/* Takes the modulus off once if the number, with top above its highest limb, is not below it. */
static void reduce_once(limb *number, limb top, const struct modulus *modulus)
{
	if (top || limbs_compare(number, modulus->number, modulus->count) >= 0)
		limbs_subtract(number, number, modulus->number, modulus->count);
}

void modular_add(limb *sum, const limb *a, const limb *b, const struct modulus *modulus)
{
	reduce_once(sum, limbs_add(sum, a, b, modulus->count), modulus);
}

void modular_subtract(limb *difference, const limb *a, const limb *b, const struct modulus *modulus)
{
	if (limbs_subtract(difference, a, b, modulus->count))
		limbs_add(difference, difference, modulus->number, modulus->count);
}

bool modulus_start(struct modulus *modulus, struct span number)
{
	limb inverse = 1;

	while (number.size > 0 && number.data[0] == 0)
		number = span_skip(number, 1);
	modulus->count = (number.size + sizeof(limb) - 1) / sizeof(limb);
	if (modulus->count > MODULAR_LIMBS_MAX || !limbs_read(modulus->number, modulus->count, number) ||
	    number.size == 0 || number.data[number.size - 1] % 2 == 0 || (number.size == 1 && number.data[0] == 1))
		return false;
	/* each step makes twice as many bits right (Newton); the first one is */
	for (unsigned bits = 1; bits < LIMB_BITS; bits *= 2)
		inverse *= 2 - modulus->number[0] * inverse;
	modulus->inverse = 0 - inverse;
	modulus->top_bits = (unsigned)((span_count_bits(number) - 1) % LIMB_BITS + 1);
	return true;
}

/* Each round adds a[i] * b, and then as much of the modulus as makes the lowest limb zero, which falls away: both in
 * one pass, with a carry each. Inlined, so that the compiler unrolls it where it knows the count. */
static inline __attribute__((always_inline)) void multiply(limb *product, const limb *a, const limb *b,
                                                           const struct modulus *modulus, const size_t count)
{
	const limb *number = modulus->number;
	limb sum[MODULAR_LIMBS_MAX], top = 0;

	for (size_t i = 0; i < count; i++)
		sum[i] = 0;
	for (size_t i = 0; i < count; i++) {
		const limb factor = a[i], times = (sum[0] + factor * b[0]) * modulus->inverse;
		wide one = (wide)factor * b[0] + sum[0];
		wide other = (wide)times * number[0] + (limb)one;

		for (size_t j = 1; j < count; j++) {
			one = (wide)factor * b[j] + sum[j] + (limb)(one >> LIMB_BITS);
			other = (wide)times * number[j] + (limb)one + (limb)(other >> LIMB_BITS);
			sum[j - 1] = (limb)other;
		}
		one = (one >> LIMB_BITS) + (other >> LIMB_BITS) + top;
		sum[count - 1] = (limb)one;
		top = (limb)(one >> LIMB_BITS);
	}
	for (size_t i = 0; i < count; i++)
		product[i] = sum[i];
	reduce_once(product, top, modulus);
}

void modular_multiply(limb *product, const limb *a, const limb *b, const struct modulus *modulus)
{
	if (modulus->count == USUAL_COUNT)
		multiply(product, a, b, modulus, USUAL_COUNT);
	else
		multiply(product, a, b, modulus, modulus->count);
}

/* sum += number * factor; returns what is carried out of the highest limb. */
static limb add_multiple(limb *sum, const limb *number, limb factor, size_t count)
{
	limb carry = 0;

#pragma GCC unroll 8
	for (size_t i = 0; i < count; i++) {
		const wide both = (wide)number[i] * factor + sum[i] + carry;

		sum[i] = (limb)both;
		carry = (limb)(both >> LIMB_BITS);
	}
	return carry;
}

/* All products of two different limbs once. */
static void multiply_different(limb *products, const limb *a, size_t count)
{
	memset(products, 0, 2 * count * sizeof(*products));
	for (size_t i = 0; i + 1 < count; i++)
		products[i + count] = add_multiple(products + 2 * i + 1, a + i + 1, a[i], count - i - 1);
}

/* Those twice, and each limb's square once. */
static void double_and_add_squares(limb *products, const limb *a, size_t count)
{
	limb shifted = 0, carry = 0;

	for (size_t i = 0; i < count; i++) {
		const wide square = (wide)a[i] * a[i];
		const limb low = products[2 * i], high = products[2 * i + 1];
		wide both = (wide)(limb)square + (limb)(low << 1 | shifted) + carry;

		products[2 * i] = (limb)both;
		both = (wide)(limb)(square >> LIMB_BITS) + (limb)(high << 1 | low >> (LIMB_BITS - 1)) +
		       (limb)(both >> LIMB_BITS);
		products[2 * i + 1] = (limb)both;
		carry = (limb)(both >> LIMB_BITS);
		shifted = high >> (LIMB_BITS - 1);
	}
}

/* A third of the multiplications less, from so many limbs on that it is worth it. */
void modular_square(limb *square, const limb *a, const struct modulus *modulus)
{
	const size_t count = modulus->count;
	limb products[2 * MODULAR_LIMBS_MAX], top = 0;

	if (count <= USUAL_COUNT) {
		modular_multiply(square, a, a, modulus);
		return;
	}
	multiply_different(products, a, count);
	double_and_add_squares(products, a, count);
	for (size_t i = 0; i < count; i++) {
		const limb times = products[i] * modulus->inverse;
		const wide both = (wide)add_multiple(products + i, modulus->number, times, count) +
		                  products[i + count] + top;

		products[i + count] = (limb)both;
		top = (limb)(both >> LIMB_BITS);
	}
	memcpy(square, products + count, count * sizeof(*square));
	reduce_once(square, top, modulus);
}

/* From the highest power of 2 below the modulus to radix * 2 ^ count by doubling; each square then doubles the exponent
 * of that 2, until it is count * LIMB_BITS. */
void modular_square_radix(limb *square, const struct modulus *modulus)
{
	const size_t count = modulus->count;

	memset(square, 0, count * sizeof(*square));
	square[count - 1] = (limb)1 << (modulus->top_bits - 1);
	for (size_t i = modulus->top_bits - 1; i < LIMB_BITS + count; i++)
		modular_add(square, square, square, modulus);
	for (unsigned bits = 1; bits < LIMB_BITS; bits *= 2)
		modular_square(square, square, modulus);
}

/* The base times the radix, squared for each further bit of the exponent, and multiplied for each that is set; the last
 * one is, as the exponent is odd, and there the plain base takes the radix away again. */
void modular_raise(limb *power, const limb *base, struct span exponent, const limb *radix_squared,
                   const struct modulus *modulus)
{
	limb scaled[MODULAR_LIMBS_MAX], result[MODULAR_LIMBS_MAX];

	modular_multiply(scaled, base, radix_squared, modulus);
	memcpy(result, scaled, modulus->count * sizeof(*result));
	for (unsigned bit = span_count_bits(exponent) - 1; bit-- > 0;) {
		const bool is_set = exponent.data[exponent.size - 1 - bit / 8] >> bit % 8 & 1;

		modular_square(result, result, modulus);
		if (is_set)
			modular_multiply(result, result, bit == 0 ? base : scaled, modulus);
	}
	memcpy(power, span_count_bits(exponent) > 1 ? result : base, modulus->count * sizeof(*power));
}
