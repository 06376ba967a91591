/* What libsodium's configure would have found out, from what the compiler says of its target. */
#define CONFIGURED 1
#define SODIUM_STATIC 1
#define HAVE_WEAK_SYMBOLS 1

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE_LITTLE_ENDIAN 1
#else
#define NATIVE_BIG_ENDIAN 1
#endif

/* The arithmetic in 51-bit limbs, where a product of two fits a type. */
#ifdef __SIZEOF_INT128__
#define HAVE_TI_MODE 1
#endif
