/* Random numbers for the library, that it blinds its arithmetic with: HMAC_DRBG (NIST SP 800-90A) over the entropy that
 * one signature is given. */
#ifndef INKI_CRYPTO_BLINDING_H
#define INKI_CRYPTO_BLINDING_H

#include "crypto/sign.h"

#include <mbedtls/hmac_drbg.h>

/* False if there is no memory. Whatever the result, mbedtls_hmac_drbg_free() has to follow. */
bool blinding_start(mbedtls_hmac_drbg_context *blinding, const uint8_t entropy[static SIGN_ENTROPY_SIZE]);

#endif
