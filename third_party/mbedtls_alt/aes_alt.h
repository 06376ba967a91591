/*
 * BearSSL's AES under mbedtls' names, as TLS brings it anyway: it is smaller, and looks nothing up in tables, so that who shares the
 * cache of the processor learns nothing of a key.
 */
#ifndef INKI_MBEDTLS_ALT_AES_H
#define INKI_MBEDTLS_ALT_AES_H

#include <stdint.h>

#include <bearssl_block.h>

#if UINTPTR_MAX > UINT32_MAX
#define INKI_AES(name) br_aes_ct64_##name
#else
#define INKI_AES(name) br_aes_ct_##name
#endif

/* For one direction, by how the key was set. A block goes by itself where its chain has but one block. */
typedef union mbedtls_aes_context {
	INKI_AES(cbcenc_keys) encipher;
	INKI_AES(cbcdec_keys) decipher;
} mbedtls_aes_context;

#endif
