#include "crypto/blinding.h"

bool blinding_start(mbedtls_hmac_drbg_context *blinding, const uint8_t entropy[static SIGN_ENTROPY_SIZE])
{
	mbedtls_hmac_drbg_init(blinding);
	return mbedtls_hmac_drbg_seed_buf(blinding, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), entropy,
	                                  SIGN_ENTROPY_SIZE) == 0;
}
