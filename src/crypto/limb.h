/* The word that the arithmetic of large numbers goes by: half of the widest that the compiler multiplies into. */
#ifndef INKI_CRYPTO_LIMB_H
#define INKI_CRYPTO_LIMB_H

#include <stdint.h>

#ifdef __SIZEOF_INT128__
typedef uint64_t limb;
__extension__ typedef unsigned __int128 wide;
enum { LIMB_BITS = 64 };
#else
typedef uint32_t limb;
typedef uint64_t wide;
enum { LIMB_BITS = 32 };
#endif

#endif
