/*
 * What mbedtls is asked for: the arithmetic of RSA and ECDSA and the digests of OpenPGP, no TLS, no files, no clock, no random
 * numbers of its own. Checked by mbedtls itself (check_config.h) at each build.
 */
#ifndef INKI_MBEDTLS_CONFIG_H
#define INKI_MBEDTLS_CONFIG_H

#include "generated/autoconf.h"

/* It takes memory from the arena it is given and knows neither malloc nor printf. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MEMORY_ALIGN_MULTIPLE 8

#define MBEDTLS_BIGNUM_C
/* There is none for MIPS16. */
#ifndef __mips16
#define MBEDTLS_HAVE_ASM
#endif

#define MBEDTLS_MD_C
#define MBEDTLS_MD5_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_SHA3_C

/* BearSSL's: see mbedtls_alt. */
#define MBEDTLS_MD5_ALT
#define MBEDTLS_SHA1_ALT
#define MBEDTLS_SHA256_ALT
#define MBEDTLS_SHA512_ALT
#define MBEDTLS_AES_ALT

/* For signing with a secret-key file. Where that is left out nothing calls these, so the linker leaves them out. */
#define MBEDTLS_HMAC_DRBG_C
#define MBEDTLS_HKDF_C
#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_AES_C
#define MBEDTLS_CIPHER_MODE_CFB

#ifdef CONFIG_RSA
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_OID_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#endif

#if defined(CONFIG_ECDSA_P256) || defined(CONFIG_ECDSA_P384) || defined(CONFIG_ECDSA_P521) || \
	defined(CONFIG_ECDSA_BRAINPOOL)
#define MBEDTLS_ECP_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_ECP_NIST_OPTIM
#ifdef CONFIG_ECDSA_TABLES
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 1
#else
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#endif
#endif

#ifdef CONFIG_ECDSA_P256
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#endif
#ifdef CONFIG_ECDSA_P384
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#endif
#ifdef CONFIG_ECDSA_P521
#define MBEDTLS_ECP_DP_SECP521R1_ENABLED
#endif
#ifdef CONFIG_ECDSA_BRAINPOOL
#define MBEDTLS_ECP_DP_BP256R1_ENABLED
#define MBEDTLS_ECP_DP_BP384R1_ENABLED
#define MBEDTLS_ECP_DP_BP512R1_ENABLED
#endif

#endif
