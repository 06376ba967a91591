#include "crypto/crypto.h"

#include <mbedtls/memory_buffer_alloc.h>

void crypto_start(void *memory, size_t size)
{
	mbedtls_memory_buffer_alloc_init(memory, size);
}
