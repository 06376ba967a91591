#include "crypto/curve.h"

#include "crypto/modular.h"

#include <string.h>

enum {
	LIMBS_MAX = (521 + LIMB_BITS - 1) / LIMB_BITS,
	WINDOW = 4, /* bits of a digit */
	DIGITS_MAX = LIMBS_MAX * LIMB_BITS,
	ODD_COUNT = 1 << (WINDOW - 1), /* odd digits: 1, 3, ... 15 */
};

/* All numbers of points are modulo the field's prime, times the radix (modular.h). */

/* (x / z^2, y / z^3); z is 0 at infinity. */
struct point {
	limb x[LIMBS_MAX], y[LIMBS_MAX], z[LIMBS_MAX];
};

struct curve {
	struct modulus field, order;
	limb radix_squared[LIMBS_MAX]; /* of the field */
	limb a[LIMBS_MAX], b[LIMBS_MAX];
	bool a_is_minus_3;
	struct point base;
};

/* Reads a number below the field's prime. */
static bool read_coordinate(const struct curve *curve, struct span bytes, limb *number)
{
	const struct modulus *field = &curve->field;

	if (!limbs_read(number, field->count, bytes) || limbs_compare(number, field->number, field->count) >= 0)
		return false;
	modular_multiply(number, number, curve->radix_squared, field);
	return true;
}

/* y^2 = x^3 + a x + b */
static bool is_on_curve(const struct curve *curve, const struct point *point)
{
	const struct modulus *field = &curve->field;
	limb left[LIMBS_MAX], right[LIMBS_MAX];

	modular_square(right, point->x, field);
	modular_add(right, right, curve->a, field);
	modular_multiply(right, right, point->x, field);
	modular_add(right, right, curve->b, field);
	modular_square(left, point->y, field);
	return limbs_compare(left, right, field->count) == 0;
}

static bool read_point(const struct curve *curve, struct span x, struct span y, struct point *point)
{
	limb one[LIMBS_MAX] = { 1 };

	modular_multiply(point->z, one, curve->radix_squared, &curve->field);
	return read_coordinate(curve, x, point->x) && read_coordinate(curve, y, point->y) && is_on_curve(curve, point);
}

static bool is_minus_3(const struct curve *curve)
{
	const struct modulus *field = &curve->field;
	limb sum[LIMBS_MAX] = { 3 };

	modular_multiply(sum, sum, curve->radix_squared, field);
	modular_add(sum, sum, curve->a, field);
	return limbs_are_zero(sum, field->count);
}

static bool load(struct curve *curve, enum ecdsa_curve which)
{
	if (!modulus_start(&curve->field, curve_number(which, CURVE_PRIME)) ||
	    !modulus_start(&curve->order, curve_number(which, CURVE_ORDER)) || curve->field.count > LIMBS_MAX ||
	    curve->field.count != curve->order.count)
		return false;
	modular_square_radix(curve->radix_squared, &curve->field);
	if (!read_coordinate(curve, curve_number(which, CURVE_A), curve->a))
		return false;
	curve->a_is_minus_3 = is_minus_3(curve);
	return read_coordinate(curve, curve_number(which, CURVE_B), curve->b) &&
	       read_point(curve, curve_number(which, CURVE_X), curve_number(which, CURVE_Y), &curve->base);
}

/* 04 || x || y. Infinity has no such form, and each point on these curves is of the base point's order. */
static bool read_key(const struct curve *curve, enum ecdsa_curve which, struct span bytes, struct point *point)
{
	const size_t size = curve_number(which, CURVE_PRIME).size;

	return bytes.size == 1 + 2 * size && bytes.data[0] == 4 &&
	       read_point(curve, span_of(bytes.data + 1, size), span_of(bytes.data + 1 + size, size), point);
}

bool curve_check_point(enum ecdsa_curve which, struct span point)
{
	struct curve curve;
	struct point read;

	return load(&curve, which) && read_key(&curve, which, point, &read);
}

/* The tangent's slope, but for its denominator: 3 x^2 + a z^4, which is 3 (x + z^2) (x - z^2) where a is -3. */
static void find_slope(limb *slope, const struct point *point, const struct curve *curve)
{
	const struct modulus *field = &curve->field;
	limb sum[LIMBS_MAX], square[LIMBS_MAX];

	modular_square(square, point->z, field);
	if (curve->a_is_minus_3) {
		modular_add(sum, point->x, square, field);
		modular_subtract(square, point->x, square, field);
		modular_multiply(slope, sum, square, field);
		memset(square, 0, sizeof(square));
	} else {
		modular_square(square, square, field);
		modular_multiply(square, square, curve->a, field);
		modular_square(slope, point->x, field);
	}
	modular_add(sum, slope, slope, field);
	modular_add(slope, sum, slope, field);
	modular_add(slope, slope, square, field);
}

/* In place; infinity stays there, as z is multiplied. No point of these curves has y = 0. */
static void double_point(struct point *point, const struct curve *curve)
{
	const struct modulus *field = &curve->field;
	limb slope[LIMBS_MAX], square[LIMBS_MAX], s[LIMBS_MAX];

	find_slope(slope, point, curve);
	modular_multiply(point->z, point->z, point->y, field);
	modular_add(point->z, point->z, point->z, field);
	modular_square(square, point->y, field);
	modular_add(square, square, square, field); /* 2 y^2 */
	modular_multiply(s, point->x, square, field);
	modular_add(s, s, s, field); /* 4 x y^2 */
	modular_square(square, square, field);
	modular_add(square, square, square, field); /* 8 y^4 */
	modular_square(point->x, slope, field);
	modular_subtract(point->x, point->x, s, field);
	modular_subtract(point->x, point->x, s, field);
	modular_subtract(s, s, point->x, field);
	modular_multiply(point->y, slope, s, field);
	modular_subtract(point->y, point->y, square, field);
}

static bool is_infinite(const struct point *point, const struct curve *curve)
{
	return limbs_are_zero(point->z, curve->field.count);
}

/* Both points with the same denominators: u = x and s = y of one, h and r what the other's are more. */
struct chord {
	limb u[LIMBS_MAX], s[LIMBS_MAX], h[LIMBS_MAX], r[LIMBS_MAX];
};

static void find_chord(struct chord *chord, const struct point *one, const struct point *other,
                       const struct modulus *field)
{
	limb square[LIMBS_MAX];

	modular_square(square, other->z, field);
	modular_multiply(chord->u, one->x, square, field);
	modular_multiply(square, square, other->z, field);
	modular_multiply(chord->s, one->y, square, field);
	modular_square(square, one->z, field);
	modular_multiply(chord->h, other->x, square, field);
	modular_subtract(chord->h, chord->h, chord->u, field);
	modular_multiply(square, square, one->z, field);
	modular_multiply(chord->r, other->y, square, field);
	modular_subtract(chord->r, chord->r, chord->s, field);
}

/* sum += other, which is not at infinity. */
static void add_point(struct point *sum, const struct point *other, const struct curve *curve)
{
	const struct modulus *field = &curve->field;
	struct chord chord;
	limb cube[LIMBS_MAX];

	if (is_infinite(sum, curve)) {
		*sum = *other;
		return;
	}
	find_chord(&chord, sum, other, field);
	if (limbs_are_zero(chord.h, field->count) && limbs_are_zero(chord.r, field->count)) {
		double_point(sum, curve); /* they are the same */
		return;
	}
	modular_multiply(sum->z, sum->z, other->z, field);
	modular_multiply(sum->z, sum->z, chord.h, field); /* 0 where one is the other's negative */
	modular_square(cube, chord.h, field);
	modular_multiply(chord.u, chord.u, cube, field);
	modular_multiply(cube, cube, chord.h, field);
	modular_multiply(chord.s, chord.s, cube, field);
	modular_square(sum->x, chord.r, field);
	modular_subtract(sum->x, sum->x, cube, field);
	modular_subtract(sum->x, sum->x, chord.u, field);
	modular_subtract(sum->x, sum->x, chord.u, field);
	modular_subtract(chord.u, chord.u, sum->x, field);
	modular_multiply(sum->y, chord.r, chord.u, field);
	modular_subtract(sum->y, sum->y, chord.s, field);
}

/* The bits of a number as digits that are zero or odd, each where the lowest of its bits is. */
static void split_digits(const limb *number, size_t count, uint8_t digits[static DIGITS_MAX])
{
	size_t used = WINDOW; /* bits since the last digit */

	memset(digits, 0, DIGITS_MAX);
	for (size_t i = 0; i < count * LIMB_BITS; i++, used++) {
		if (!(number[i / LIMB_BITS] >> i % LIMB_BITS & 1))
			continue;
		if (used >= WINDOW)
			used = 0;
		digits[i - used] = (uint8_t)(digits[i - used] | 1U << used);
	}
}

/* inverse = radix / number, by Fermat: to the power of the modulus, which is a prime, less 2. */
static void invert(limb *inverse, const limb *number, const struct modulus *modulus)
{
	limb exponent[LIMBS_MAX], odd[ODD_COUNT][LIMBS_MAX], square[LIMBS_MAX];
	uint8_t digits[DIGITS_MAX];
	bool started = false;

	memcpy(exponent, modulus->number, modulus->count * sizeof(*exponent));
	exponent[0] -= 2;
	split_digits(exponent, modulus->count, digits);
	modular_square_radix(square, modulus);
	modular_multiply(odd[0], number, square, modulus);
	modular_square(square, odd[0], modulus);
	for (size_t i = 1; i < ODD_COUNT; i++)
		modular_multiply(odd[i], odd[i - 1], square, modulus);
	for (size_t i = modulus->count * LIMB_BITS; i-- > 0;) {
		if (started)
			modular_square(inverse, inverse, modulus);
		if (digits[i] == 0)
			continue;
		if (started)
			modular_multiply(inverse, inverse, odd[digits[i] / 2], modulus);
		else
			memcpy(inverse, odd[digits[i] / 2], modulus->count * sizeof(*inverse));
		started = true;
	}
}

/* sum = factors[0] * points[0] + factors[1] * points[1]; the points are not at infinity. */
static void multiply_points(struct point *sum, limb factors[2][LIMBS_MAX], const struct point points[2],
                            const struct curve *curve)
{
	struct point odd[2][ODD_COUNT], twice;
	uint8_t digits[2][DIGITS_MAX];

	for (size_t k = 0; k < 2; k++) {
		split_digits(factors[k], curve->order.count, digits[k]);
		twice = odd[k][0] = points[k];
		double_point(&twice, curve);
		for (size_t i = 1; i < ODD_COUNT; i++) {
			odd[k][i] = odd[k][i - 1];
			add_point(&odd[k][i], &twice, curve);
		}
	}
	memset(sum, 0, sizeof(*sum));
	for (size_t i = curve->order.count * LIMB_BITS; i-- > 0;) {
		if (!is_infinite(sum, curve))
			double_point(sum, curve);
		for (size_t k = 0; k < 2; k++)
			if (digits[k][i])
				add_point(sum, &odd[k][digits[k][i] / 2], curve);
	}
}

/* Is x / z^2, taken modulo the order, this number, which is below the order? There may be two such x. */
static bool has_x(const struct curve *curve, const struct point *point, const limb *number)
{
	const struct modulus *field = &curve->field;
	limb candidate[LIMBS_MAX], square[LIMBS_MAX], x[LIMBS_MAX], carry = 0;

	if (is_infinite(point, curve))
		return false;
	modular_square(square, point->z, field);
	modular_multiply(square, square, curve->radix_squared, field);
	memcpy(candidate, number, field->count * sizeof(*candidate));
	while (!carry && limbs_compare(candidate, field->number, field->count) < 0) {
		modular_multiply(x, candidate, square, field);
		if (limbs_compare(x, point->x, field->count) == 0)
			return true;
		carry = limbs_add(candidate, candidate, curve->order.number, field->count);
	}
	return false;
}

/* From 1 to the order - 1. */
static bool read_scalar(const struct curve *curve, struct span bytes, limb *number)
{
	const struct modulus *order = &curve->order;

	return limbs_read(number, order->count, bytes) && !limbs_are_zero(number, order->count) &&
	       limbs_compare(number, order->number, order->count) < 0;
}

/* Names are those of FIPS 186-5 section 6.4.2. No digest has more bits than an order of which it is not cut to whole
 * bytes. */
bool curve_verify(enum ecdsa_curve which, struct span point, struct span digest, struct span r, struct span s)
{
	limb r_number[LIMBS_MAX], s_number[LIMBS_MAX], e[LIMBS_MAX], factors[2][LIMBS_MAX];
	struct point points[2], sum;
	struct curve curve;

	if (!load(&curve, which) || !read_key(&curve, which, point, &points[1]) || digest.size > DIGEST_SIZE_MAX ||
	    !read_scalar(&curve, r, r_number) || !read_scalar(&curve, s, s_number) ||
	    !limbs_read(e, curve.order.count, span_first(digest, curve_number(which, CURVE_ORDER).size)))
		return false;
	points[0] = curve.base;
	invert(s_number, s_number, &curve.order);
	modular_multiply(factors[0], e, s_number, &curve.order);
	modular_multiply(factors[1], r_number, s_number, &curve.order);
	multiply_points(&sum, factors, points, &curve);
	return has_x(&curve, &sum, r_number);
}
