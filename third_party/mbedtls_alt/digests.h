/*
 * BearSSL's digests under mbedtls' names, so that there is one of each in the program: they are there for TLS anyway, and are half
 * as large. mbedtls asks for NAME_alt.h where its configuration says that somebody else has a NAME.
 */
#ifndef INKI_MBEDTLS_ALT_DIGESTS_H
#define INKI_MBEDTLS_ALT_DIGESTS_H

#include <bearssl_hash.h>

typedef br_md5_context mbedtls_md5_context;
typedef br_sha1_context mbedtls_sha1_context;
typedef br_sha256_context mbedtls_sha256_context;
typedef br_sha512_context mbedtls_sha512_context;

#endif
