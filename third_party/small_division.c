/*
 * Division of 64-bit numbers for CPUs that divide 32 bits, a bit at a time: libgcc's is ten times as fast, and 4 kB larger on MIPS.
 * Dates and durations are all that a server without SIGN divides by it; where there is SIGN, secrets would be.
 */
#include <stdint.h>

uint64_t __udivdi3(uint64_t number, uint64_t divisor);
uint64_t __umoddi3(uint64_t number, uint64_t divisor);
int64_t __divdi3(int64_t number, int64_t divisor);
int64_t __moddi3(int64_t number, int64_t divisor);

static uint64_t divide(uint64_t number, uint64_t divisor, uint64_t *rest)
{
	uint64_t quotient = 0, left = 0;

	if (divisor == 0)
		__builtin_trap();
	for (unsigned bit = 0; bit < 64; bit++) {
		const _Bool carry = left >> 63;

		left = left << 1 | number >> 63;
		number <<= 1;
		quotient <<= 1;
		if (carry || left >= divisor) {
			left -= divisor;
			quotient |= 1;
		}
	}
	*rest = left;
	return quotient;
}

static uint64_t magnitude(int64_t number)
{
	return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

static int64_t with_sign(uint64_t number, int is_negative)
{
	return (int64_t)(is_negative ? 0 - number : number);
}

uint64_t __udivdi3(uint64_t number, uint64_t divisor)
{
	uint64_t rest;

	return divide(number, divisor, &rest);
}

uint64_t __umoddi3(uint64_t number, uint64_t divisor)
{
	uint64_t rest;

	divide(number, divisor, &rest);
	return rest;
}

int64_t __divdi3(int64_t number, int64_t divisor)
{
	uint64_t rest;

	return with_sign(divide(magnitude(number), magnitude(divisor), &rest), (number < 0) != (divisor < 0));
}

/* The rest has the sign of the number. */
int64_t __moddi3(int64_t number, int64_t divisor)
{
	uint64_t rest;

	divide(magnitude(number), magnitude(divisor), &rest);
	return with_sign(rest, number < 0);
}
