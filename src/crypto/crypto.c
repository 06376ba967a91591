#include "crypto/crypto.h"

#include <mbedtls/memory_buffer_alloc.h>

void crypto_start(void *memory, size_t size)
{
	if (size > 0)
		mbedtls_memory_buffer_alloc_init(memory, size);
}
