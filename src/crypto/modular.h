/* Arithmetic modulo a large odd number, by Montgomery's method: for verification alone. It is quick because it works
 * with public numbers only and may take as long as they like: no secret ever comes in here.
 *
 * A number is an array of modulus->count limbs, the lowest first, and below the modulus unless it says otherwise.
 * Results may be written over what they are made of.
 */
#ifndef INKI_CRYPTO_MODULAR_H
#define INKI_CRYPTO_MODULAR_H

#include "base/span.h"
#include "crypto/limb.h"

enum { MODULAR_BITS_MAX = 4096, MODULAR_LIMBS_MAX = MODULAR_BITS_MAX / LIMB_BITS };

struct modulus {
	size_t count;      /* limbs of all numbers; the radix is 2 ^ (count * LIMB_BITS) */
	unsigned top_bits; /* of the highest limb that are not leading zeros */
	limb inverse;      /* -1 / the modulus, modulo 2 ^ LIMB_BITS */
	limb number[MODULAR_LIMBS_MAX];
};

/* Takes a number of at most MODULAR_BITS_MAX bits, big-endian; false if it is larger, even or 1. */
bool modulus_start(struct modulus *modulus, struct span number);

/* Reads a number big-endian, with leading zeros or without; false, and zero, unless it fits into count limbs. */
bool limbs_read(limb *number, size_t count, struct span bytes);

/* Writes all limbs big-endian, or of a longer number the last size bytes. */
void limbs_write(const limb *number, size_t count, uint8_t *bytes, size_t size);

/* Below 0, 0 or above, as a is to b. */
int limbs_compare(const limb *a, const limb *b, size_t count);
bool limbs_are_zero(const limb *number, size_t count);

/* Both return what is carried out of the highest limb. */
limb limbs_add(limb *sum, const limb *a, const limb *b, size_t count);
limb limbs_subtract(limb *difference, const limb *a, const limb *b, size_t count);

void modular_add(limb *sum, const limb *a, const limb *b, const struct modulus *modulus);
void modular_subtract(limb *difference, const limb *a, const limb *b, const struct modulus *modulus);

/* product = a * b / radix. One of the two may be as large as its limbs can hold. */
void modular_multiply(limb *product, const limb *a, const limb *b, const struct modulus *modulus);
void modular_square(limb *square, const limb *a, const struct modulus *modulus);

/* The square of the radix: what a number is multiplied by to get it times the radix, as the functions above want it. */
void modular_square_radix(limb *square, const struct modulus *modulus);

/* power = base ^ exponent, both plain. The exponent is big-endian and odd; the other one is what modular_square_radix()
 * makes of the modulus. */
void modular_raise(limb *power, const limb *base, struct span exponent, const limb *radix_squared,
                   const struct modulus *modulus);

#endif
