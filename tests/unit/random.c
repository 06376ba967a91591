#include "random.h"

/* xorshift64* (Marsaglia, Vigna). */
uint32_t random_below(struct random *random, uint32_t limit)
{
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return (uint32_t)((random->state * UINT64_C(2685821657736338717)) >> 32) % limit;
}
