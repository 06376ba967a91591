/* What mbedtls says to what our own arithmetic of crypto/modular.h and crypto/curve.h has made. */
#ifndef INKI_TESTS_UNIT_ORACLE_H
#define INKI_TESTS_UNIT_ORACLE_H

#include "crypto/verify.h"

/* Does each operation on a and b, taken modulo the modulus, and raises a to the exponent. Returns the name of the first one of
 * which mbedtls has another result, or NULL; "" for a modulus that is none. All numbers are big-endian. */
const char *oracle_differs(struct span modulus, struct span a, struct span b, uint32_t exponent);

/* Is the constant of the curve (crypto/curve.h) that of mbedtls? */
bool oracle_has_curve(enum ecdsa_curve curve);

/* As ecdsa_verify() and ecdsa_check_key(). */
bool oracle_verify(enum ecdsa_curve curve, struct span point, struct span digest, struct span r, struct span s);
bool oracle_check_point(enum ecdsa_curve curve, struct span point);

#endif
