/* ECDSA's verification by our own arithmetic of points; with CONFIG_FAST_VERIFY, verify.h goes by it. Only public
 * numbers come in here. */
#ifndef INKI_CRYPTO_CURVE_H
#define INKI_CRYPTO_CURVE_H

#include "crypto/verify.h"

/* As ecdsa_check_key() and ecdsa_verify(). */
bool curve_check_point(enum ecdsa_curve curve, struct span point);
bool curve_verify(enum ecdsa_curve curve, struct span point, struct span digest, struct span r, struct span s);

/* What a curve y^2 = x^3 + a x + b is made of (FIPS 186-5, SP 800-186 section 3.2.1; RFC 5639 section 3): the field's
 * prime, the order of its base point, a, b, and the base point; all big-endian of the same size. */
enum curve_number { CURVE_PRIME, CURVE_ORDER, CURVE_A, CURVE_B, CURVE_X, CURVE_Y, CURVE_NUMBER_COUNT };

/* Empty where Kconfig left the curve out. */
struct span curve_number(enum ecdsa_curve curve, enum curve_number which);

#endif
