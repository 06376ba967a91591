#include "base/memory.h"

#include <stdint.h>
#include <string.h>

/* A call through a volatile pointer: no compiler may prove that the store is dead. */
static void *(*const volatile wipe)(void *, int, size_t) = memset;

void memory_wipe(void *data, size_t size)
{
	if (size > 0)
		wipe(data, 0, size);
}

__attribute__((noinline)) void memory_wipe_stack(void)
{
	uint8_t left_there[8192];

	memory_wipe(left_there, sizeof(left_there));
}

bool memory_equal(const void *a, const void *b, size_t size)
{
	const volatile uint8_t *left = a;
	const volatile uint8_t *right = b;
	unsigned difference = 0;

	for (size_t i = 0; i < size; i++)
		difference |= (unsigned)(left[i] ^ right[i]);
	return difference == 0;
}
