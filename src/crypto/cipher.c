#include "crypto/cipher.h"

#include "base/memory.h"

#include <string.h>

#include <mbedtls/aes.h>
#include <mbedtls/hkdf.h>

bool aes_cfb_decrypt(struct span key, const uint8_t iv[static AES_BLOCK_SIZE], uint8_t *data, size_t size)
{
	uint8_t register_[AES_BLOCK_SIZE];
	mbedtls_aes_context aes;
	size_t offset = 0;
	bool done;

	memcpy(register_, iv, sizeof(register_));
	mbedtls_aes_init(&aes);
	done = mbedtls_aes_setkey_enc(&aes, key.data, (unsigned)key.size * 8) == 0 &&
	       mbedtls_aes_crypt_cfb128(&aes, MBEDTLS_AES_DECRYPT, size, &offset, register_, data, data) == 0;
	mbedtls_aes_free(&aes);
	memory_wipe(register_, sizeof(register_));
	return done;
}

bool hkdf_sha256(struct span secret, struct span info, uint8_t *key, size_t size)
{
	return mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), NULL, 0, secret.data, secret.size, info.data,
	                    info.size, key, size) == 0;
}
