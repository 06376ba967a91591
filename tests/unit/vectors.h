/* Keys, signatures and signed messages that vectors.py has real programs and plain arithmetic make when the tests are
 * built. */
#ifndef INKI_TESTS_UNIT_VECTORS_H
#define INKI_TESTS_UNIT_VECTORS_H

#include "base/span.h"

/* The vector of that name (see vectors.py); the test fails if there is none. */
struct span vector(const char *name);

/* The same, of a name with a printf() format. */
struct span vector_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
