/* The memory of the cryptographic library. */
#ifndef INKI_CRYPTO_CRYPTO_H
#define INKI_CRYPTO_CRYPTO_H

#include <stddef.h>

/* Hands the library its arena: size bytes, which outlive every other call. Call it once, before any other function of
 * this room but the digests. The library never allocates elsewhere. */
void crypto_start(void *memory, size_t size);

#endif
