/* Numbers that look random and are the same at each run, so that a failure can be repeated. */
#ifndef INKI_TESTS_UNIT_RANDOM_H
#define INKI_TESTS_UNIT_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state; /* any start but 0 */
};

/* A number from 0 to limit - 1. */
uint32_t random_below(struct random *random, uint32_t limit);

#endif
