#include "pgp/protection.h"

#include "base/cursor.h"
#include "base/memory.h"
#include "crypto/cipher.h"
#include "pgp/signature.h"

#include <string.h>

enum protection_usage { USAGE_NONE = 0, USAGE_AEAD = 253, USAGE_CFB_SHA1 = 254, USAGE_CFB_CHECKSUM = 255 };

enum { S2K_TYPE_SIMPLE = 0, S2K_TYPE_SALTED = 1, S2K_TYPE_ITERATED = 3, S2K_TYPE_ARGON2 = 4, S2K_TYPE_GNU = 101 };

enum { CIPHER_AES128 = 7, CIPHER_AES256 = 9, AEAD_OCB = 2, SHA1_SIZE = 20, CHECKSUM_SIZE = 2 };

static size_t key_size(uint8_t cipher)
{
	return 16U + 8U * (cipher - CIPHER_AES128);
}

/* What GnuPG writes where it has no secret: "GNU" and a number, 1 for a secret that was left out, 2 for one on a card
 * (its doc/DETAILS, "GNU extensions to the S2K algorithm"). */
static enum status read_gnu(struct cursor *cursor)
{
	struct span name = cursor_take(cursor, 3);
	uint8_t mode = cursor_take_u8(cursor);

	if (!span_equal(name, SPAN("GNU")) || mode < 1 || mode > 2)
		return STATUS_SECRET_KEY_PROTECTION;
	return mode == 1 ? STATUS_SECRET_KEY_STUB : STATUS_SECRET_KEY_ON_CARD;
}

/* RFC 9580 section 3.7.1 */
static enum status read_s2k(struct cursor *cursor, struct s2k *s2k)
{
	uint8_t type = cursor_take_u8(cursor);
	uint8_t digest;

	if (type == S2K_TYPE_ARGON2)
		return STATUS_SECRET_KEY_ARGON2;
	digest = cursor_take_u8(cursor);
	if (type == S2K_TYPE_GNU)
		return read_gnu(cursor);
	if (type != S2K_TYPE_SIMPLE && type != S2K_TYPE_SALTED && type != S2K_TYPE_ITERATED)
		return STATUS_SECRET_KEY_PROTECTION;
	s2k->algorithm = pgp_digest_algorithm(digest);
	if (type != S2K_TYPE_SIMPLE) {
		struct span salt = cursor_take(cursor, S2K_SALT_SIZE);

		s2k->salt_size = S2K_SALT_SIZE;
		if (!cursor->failed)
			memcpy(s2k->salt, salt.data, S2K_SALT_SIZE);
	}
	if (type == S2K_TYPE_ITERATED)
		s2k->count = s2k_count(cursor_take_u8(cursor));
	return s2k->algorithm == DIGEST_NONE ? STATUS_SECRET_KEY_PROTECTION : STATUS_OK;
}

/* The fields between the usage and the material:
 *   cipher; AEAD: its mode; version 6: the size of the specifier; S2K specifier; IV or nonce */
static enum status read_fields(struct cursor *cursor, uint8_t version, struct pgp_protection *protection)
{
	const bool is_aead = protection->usage == USAGE_AEAD;
	enum status status;

	protection->cipher = cursor_take_u8(cursor);
	protection->aead = is_aead ? cursor_take_u8(cursor) : 0;
	if (version == 6)
		cursor_take_u8(cursor);
	status = read_s2k(cursor, &protection->s2k);
	if (status != STATUS_OK)
		return cursor->failed ? STATUS_SECRET_KEY_SYNTAX : status;
	if (protection->cipher < CIPHER_AES128 || protection->cipher > CIPHER_AES256 ||
	    (is_aead && protection->aead != AEAD_OCB))
		return STATUS_SECRET_KEY_PROTECTION;
	protection->nonce = cursor_take(cursor, is_aead ? OCB_NONCE_SIZE : AES_BLOCK_SIZE);
	return cursor->failed ? STATUS_SECRET_KEY_SYNTAX : STATUS_OK;
}

static size_t check_size(uint8_t usage, uint8_t version)
{
	switch (usage) {
	case USAGE_AEAD:
		return OCB_TAG_SIZE;
	case USAGE_CFB_SHA1:
		return SHA1_SIZE;
	case USAGE_CFB_CHECKSUM:
		return CHECKSUM_SIZE;
	default:
		return version == 4 ? CHECKSUM_SIZE : 0;
	}
}

void pgp_protection_read(struct span bytes, uint8_t version, struct pgp_protection *protection)
{
	struct cursor cursor = cursor_of(bytes);

	*protection = (struct pgp_protection){ .defect = STATUS_SECRET_KEY_SYNTAX };
	protection->usage = cursor_take_u8(&cursor);
	protection->check_size = check_size(protection->usage, version);
	if (cursor.failed)
		return;
	if (protection->usage == USAGE_NONE) {
		protection->defect = STATUS_OK;
	} else if (protection->usage < USAGE_AEAD || (version == 6 && protection->usage == USAGE_CFB_CHECKSUM)) {
		/* a cipher's number in place of the usage is from before 1998; version 6 does without 255 too */
		protection->defect = STATUS_SECRET_KEY_PROTECTION;
	} else {
		if (version == 6)
			cursor_take_u8(&cursor);
		protection->defect = read_fields(&cursor, version, protection);
	}
	protection->material = cursor.rest;
	if (protection->defect == STATUS_OK && protection->material.size < protection->check_size)
		protection->defect = STATUS_SECRET_KEY_SYNTAX;
}

bool pgp_protection_needs_passphrase(const struct pgp_protection *protection)
{
	return protection->usage != USAGE_NONE;
}

/* The sum of the octets, in two octets at their end. */
static bool checksum_is_right(const uint8_t *data, size_t size)
{
	uint16_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (uint16_t)(sum + data[i]);
	return memory_equal((const uint8_t[CHECKSUM_SIZE]){ (uint8_t)(sum >> 8), (uint8_t)sum }, data + size,
	                    CHECKSUM_SIZE);
}

static bool sha1_is_right(const uint8_t *data, size_t size)
{
	uint8_t result[DIGEST_SIZE_MAX];
	struct digest digest;
	bool is_right;

	digest_start(&digest, DIGEST_SHA1);
	digest_update(&digest, span_of(data, size));
	digest_finish(&digest, result);
	is_right = memory_equal(result, data + size, SHA1_SIZE);
	memory_wipe(result, sizeof(result));
	return is_right;
}

/* The key is made anew for this very packet, and what is not secret of it is associated data: its type, as it is in a
 * header of the new format, and the public part (RFC 9580 section 5.5.3). */
static bool decrypt_aead(const struct pgp_protection *protection, struct span associated, uint8_t *key, uint8_t *data,
                         size_t size)
{
	const uint8_t info[4] = { associated.data[0], associated.data[1], protection->cipher, protection->aead };

	return hkdf_sha256(span_of(key, key_size(protection->cipher)), span_of(info, sizeof(info)), key,
	                   key_size(protection->cipher)) &&
	       aes_ocb_decrypt(span_of(key, key_size(protection->cipher)), protection->nonce.data, associated, data,
	                       size);
}

static bool decrypt(const struct pgp_protection *protection, struct span passphrase, struct span associated,
                    uint8_t *data, size_t size)
{
	uint8_t key[AES_KEY_SIZE_MAX];
	bool done;

	s2k_derive(&protection->s2k, passphrase, key, key_size(protection->cipher));
	if (protection->usage == USAGE_AEAD)
		done = decrypt_aead(protection, associated, key, data, size);
	else
		done = aes_cfb_decrypt(span_of(key, key_size(protection->cipher)), protection->nonce.data, data,
		                       size + protection->check_size);
	memory_wipe(key, sizeof(key));
	return done;
}

static bool is_right(const struct pgp_protection *protection, const uint8_t *data, size_t size)
{
	switch (protection->check_size) {
	case SHA1_SIZE:
		return sha1_is_right(data, size);
	case CHECKSUM_SIZE:
		return checksum_is_right(data, size);
	default:
		return true; /* the tag has been looked at */
	}
}

enum status pgp_protection_remove(const struct pgp_protection *protection, struct span passphrase, uint8_t packet_type,
                                  struct span public_part, struct arena *arena, struct span *material)
{
	const bool is_protected = pgp_protection_needs_passphrase(protection);
	const size_t used = arena->used, size = protection->material.size - protection->check_size;
	uint8_t *data, *associated;

	*material = (struct span){ 0 };
	if (protection->defect != STATUS_OK)
		return protection->defect;
	data = arena_take(arena, protection->material.size + 1 + public_part.size);
	if (!data)
		return STATUS_ARENA_FULL;
	associated = data + protection->material.size;
	memcpy(data, protection->material.data, protection->material.size);
	associated[0] = 0xc0 | packet_type;
	memcpy(associated + 1, public_part.data, public_part.size);
	if ((is_protected && !decrypt(protection, passphrase, span_of(associated, 1 + public_part.size), data, size)) ||
	    !is_right(protection, data, size)) {
		arena_release(arena, used);
		return is_protected ? STATUS_PASSPHRASE_WRONG : STATUS_SECRET_KEY_SYNTAX;
	}
	*material = span_of(data, size);
	return STATUS_OK;
}
