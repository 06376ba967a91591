/* See aes_alt.h. */
#include <string.h>

#include <mbedtls/aes.h>
#include <mbedtls/platform_util.h>

enum { BLOCK_SIZE = 16 };

void mbedtls_aes_init(mbedtls_aes_context *context)
{
	memset(context, 0, sizeof(*context));
}

void mbedtls_aes_free(mbedtls_aes_context *context)
{
	if (context)
		mbedtls_platform_zeroize(context, sizeof(*context));
}

static int is_key_size(unsigned bits)
{
	return bits == 128 || bits == 192 || bits == 256;
}

int mbedtls_aes_setkey_enc(mbedtls_aes_context *context, const unsigned char *key, unsigned bits)
{
	if (!is_key_size(bits))
		return MBEDTLS_ERR_AES_INVALID_KEY_LENGTH;
	INKI_AES(cbcenc_init)(&context->encipher, key, bits / 8);
	return 0;
}

int mbedtls_aes_setkey_dec(mbedtls_aes_context *context, const unsigned char *key, unsigned bits)
{
	if (!is_key_size(bits))
		return MBEDTLS_ERR_AES_INVALID_KEY_LENGTH;
	INKI_AES(cbcdec_init)(&context->decipher, key, bits / 8);
	return 0;
}

int mbedtls_aes_crypt_ecb(mbedtls_aes_context *context, int mode, const unsigned char input[BLOCK_SIZE],
                          unsigned char output[BLOCK_SIZE])
{
	unsigned char before[BLOCK_SIZE] = { 0 };

	memmove(output, input, BLOCK_SIZE);
	if (mode == MBEDTLS_AES_ENCRYPT)
		INKI_AES(cbcenc_run)(&context->encipher, before, output, BLOCK_SIZE);
	else
		INKI_AES(cbcdec_run)(&context->decipher, before, output, BLOCK_SIZE);
	mbedtls_platform_zeroize(before, sizeof(before));
	return 0;
}

int mbedtls_aes_crypt_cfb128(mbedtls_aes_context *context, int mode, size_t size, size_t *offset,
                             unsigned char iv[BLOCK_SIZE],
                             const unsigned char *input, unsigned char *output)
{
	for (size_t i = 0; i < size; i++) {
		const unsigned char byte = input[i];

		if (*offset == 0)
			mbedtls_aes_crypt_ecb(context, MBEDTLS_AES_ENCRYPT, iv, iv);
		output[i] = byte ^ iv[*offset];
		iv[*offset] = mode == MBEDTLS_AES_ENCRYPT ? output[i] : byte;
		*offset = (*offset + 1) % BLOCK_SIZE;
	}
	return 0;
}
