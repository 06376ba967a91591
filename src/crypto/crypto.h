/* The memory of the cryptographic library. */
#ifndef INKI_CRYPTO_CRYPTO_H
#define INKI_CRYPTO_CRYPTO_H

#include "base/kconfig.h"

#include <stddef.h>

/* What verification takes; nothing where our own arithmetic does it. Signing takes CONFIG_CRYPTO_ARENA_KB in any case.
 */
enum { CRYPTO_VERIFY_SIZE = IS_ENABLED(CONFIG_FAST_VERIFY) ? 0 : CONFIG_CRYPTO_ARENA_KB * 1024 };

/* Hands the library its arena: size bytes, which outlive every other call. Call it once, before any other function of
 * this room but the digests. The library never allocates elsewhere. Without, or with a size of 0, whatever would take
 * memory fails. */
void crypto_start(void *memory, size_t size);

#endif
