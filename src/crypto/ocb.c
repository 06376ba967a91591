#include "crypto/cipher.h"

#include "base/memory.h"

#include <string.h>

#include <mbedtls/aes.h>

struct block {
	uint8_t bytes[AES_BLOCK_SIZE];
};

/* Names are those of RFC 7253 section 4. L_i is not kept: it is L_$ doubled i + 1 times. */
struct ocb {
	mbedtls_aes_context encipher, decipher;
	struct block l_star, l_dollar;
	struct block offset, checksum;
};

static void add(struct block *sum, const struct block *other)
{
	for (size_t i = 0; i < AES_BLOCK_SIZE; i++)
		sum->bytes[i] ^= other->bytes[i];
}

/* Times x in the field of 2^128, with no branch on what is in it. */
static void double_block(struct block *block)
{
	const uint8_t reduction = (uint8_t)(0x87 & (0U - (block->bytes[0] >> 7)));

	for (size_t i = 0; i + 1 < AES_BLOCK_SIZE; i++)
		block->bytes[i] = (uint8_t)(block->bytes[i] << 1 | block->bytes[i + 1] >> 7);
	block->bytes[AES_BLOCK_SIZE - 1] = (uint8_t)(block->bytes[AES_BLOCK_SIZE - 1] << 1) ^ reduction;
}

/* The library's result is not looked at here: with a key in place these calls cannot fail. */
static void encipher(struct ocb *ocb, struct block *block)
{
	mbedtls_aes_crypt_ecb(&ocb->encipher, MBEDTLS_AES_ENCRYPT, block->bytes, block->bytes);
}

/* Less than a block, then a one bit, then zeros. */
static struct block padded(struct span bytes)
{
	struct block block = { { 0 } };

	memcpy(block.bytes, bytes.data, bytes.size);
	block.bytes[bytes.size] = 0x80;
	return block;
}

/* Adds L_i, where i is how many zero bits the number of the block, from 1, ends in. */
static void add_mask(const struct ocb *ocb, size_t number, struct block *offset)
{
	struct block mask = ocb->l_dollar;

	double_block(&mask);
	for (; (number & 1) == 0; number >>= 1)
		double_block(&mask);
	add(offset, &mask);
}

/* HASH(K, A) */
static struct block hash(struct ocb *ocb, struct span associated)
{
	struct block sum = { { 0 } }, offset = { { 0 } }, block;

	for (size_t number = 1; associated.size >= AES_BLOCK_SIZE; number++) {
		memcpy(block.bytes, associated.data, AES_BLOCK_SIZE);
		add_mask(ocb, number, &offset);
		add(&block, &offset);
		encipher(ocb, &block);
		add(&sum, &block);
		associated = span_skip(associated, AES_BLOCK_SIZE);
	}
	if (associated.size > 0) {
		block = padded(associated);
		add(&offset, &ocb->l_star);
		add(&block, &offset);
		encipher(ocb, &block);
		add(&sum, &block);
	}
	return sum;
}

/* Offset_0, for a nonce of 120 bits and a tag of 128: the nonce shifts an enciphered block by its last six bits. */
static void start_offset(struct ocb *ocb, const uint8_t nonce[static OCB_NONCE_SIZE])
{
	const unsigned bottom = nonce[OCB_NONCE_SIZE - 1] & 0x3f;
	uint8_t stretch[AES_BLOCK_SIZE + 8];
	struct block top = { { 1 } };

	memcpy(top.bytes + 1, nonce, OCB_NONCE_SIZE);
	top.bytes[AES_BLOCK_SIZE - 1] &= 0xc0;
	encipher(ocb, &top);
	memcpy(stretch, top.bytes, AES_BLOCK_SIZE);
	for (size_t i = 0; i < 8; i++)
		stretch[AES_BLOCK_SIZE + i] = top.bytes[i] ^ top.bytes[i + 1];
	for (size_t i = 0; i < AES_BLOCK_SIZE; i++) {
		const uint8_t *from = stretch + i + bottom / 8;

		ocb->offset.bytes[i] = (uint8_t)((from[0] << 8 | from[1]) >> (8 - bottom % 8));
	}
}

/* Decrypts in place, and leaves Offset and Checksum as the tag needs them. */
static void decrypt_blocks(struct ocb *ocb, uint8_t *data, size_t size)
{
	struct block block;

	for (size_t number = 1; size >= AES_BLOCK_SIZE; number++) {
		add_mask(ocb, number, &ocb->offset);
		memcpy(block.bytes, data, AES_BLOCK_SIZE);
		add(&block, &ocb->offset);
		mbedtls_aes_crypt_ecb(&ocb->decipher, MBEDTLS_AES_DECRYPT, block.bytes, block.bytes);
		add(&block, &ocb->offset);
		add(&ocb->checksum, &block);
		memcpy(data, block.bytes, AES_BLOCK_SIZE);
		data += AES_BLOCK_SIZE;
		size -= AES_BLOCK_SIZE;
	}
	if (size > 0) {
		add(&ocb->offset, &ocb->l_star);
		block = ocb->offset;
		encipher(ocb, &block);
		for (size_t i = 0; i < size; i++)
			data[i] ^= block.bytes[i];
		block = padded(span_of(data, size));
		add(&ocb->checksum, &block);
	}
	memory_wipe(&block, sizeof(block));
}

bool aes_ocb_decrypt(struct span key, const uint8_t nonce[static OCB_NONCE_SIZE], struct span associated, uint8_t *data,
                     size_t size)
{
	struct ocb ocb = { .l_star = { { 0 } } };
	struct block sum, tag;
	bool is_right = false;

	mbedtls_aes_init(&ocb.encipher);
	mbedtls_aes_init(&ocb.decipher);
	if (mbedtls_aes_setkey_enc(&ocb.encipher, key.data, (unsigned)key.size * 8) == 0 &&
	    mbedtls_aes_setkey_dec(&ocb.decipher, key.data, (unsigned)key.size * 8) == 0) {
		encipher(&ocb, &ocb.l_star);
		ocb.l_dollar = ocb.l_star;
		double_block(&ocb.l_dollar);
		start_offset(&ocb, nonce);
		decrypt_blocks(&ocb, data, size);
		tag = ocb.checksum;
		add(&tag, &ocb.offset);
		add(&tag, &ocb.l_dollar);
		encipher(&ocb, &tag);
		sum = hash(&ocb, associated);
		add(&tag, &sum);
		is_right = memory_equal(tag.bytes, data + size, OCB_TAG_SIZE);
	}
	if (!is_right)
		memory_wipe(data, size);
	memory_wipe(&ocb, sizeof(ocb));
	return is_right;
}
