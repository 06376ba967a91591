#include "pgp/signature.h"

#include "base/cursor.h"
#include "base/kconfig.h"
#include "crypto/verify.h"
#include "pgp/packet.h"
#include "pgp/subpacket.h"

enum digest_algorithm pgp_digest_algorithm(uint8_t number)
{
	static const uint8_t algorithms[] = {
		[1] = DIGEST_MD5,     [2] = DIGEST_SHA1,      [8] = DIGEST_SHA256,    [9] = DIGEST_SHA384,
		[10] = DIGEST_SHA512, [12] = DIGEST_SHA3_256, [14] = DIGEST_SHA3_512,
	};

	return number < sizeof(algorithms) ? (enum digest_algorithm)algorithms[number] : DIGEST_NONE;
}

bool signature_digest_is_accepted(enum digest_algorithm algorithm)
{
	return algorithm >= DIGEST_SHA256;
}

/* The numbers at the end of the packet, which they must fill (RFC 9580 section 5.2.3.1 ff.). */
static enum status read_numbers(struct cursor *cursor, struct signature *signature)
{
	unsigned count = 0, bits_max = 0;

	switch (signature->algorithm) {
	case PUBLIC_KEY_RSA:
	case PUBLIC_KEY_RSA_SIGN_ONLY:
		count = 1;
		bits_max = RSA_BITS_MAX;
		break;
	case PUBLIC_KEY_ECDSA:
		count = 2;
		bits_max = 521;
		break;
	case PUBLIC_KEY_EDDSA_LEGACY:
		count = 2;
		bits_max = 256;
		break;
	case PUBLIC_KEY_ED25519:
		signature->numbers[0] = cursor_take(cursor, 64);
		break;
	default:
		return STATUS_KEY_ALGORITHM;
	}
	for (unsigned i = 0; i < count; i++)
		signature->numbers[i] = packet_take_number(cursor, bits_max);
	return cursor_at_end(cursor) ? STATUS_OK : STATUS_SIGNATURE_NUMBERS;
}

static bool is_known_version(uint8_t version)
{
	return version == 4 || (version == 6 && IS_ENABLED(CONFIG_PGP_V6));
}

/* An area of subpackets, with its size in front. */
static struct span take_area(struct cursor *cursor, uint8_t version)
{
	return cursor_take(cursor, version == 4 ? cursor_take_u16(cursor) : cursor_take_u32(cursor));
}

/* The salt is half as large as the digest (RFC 9580 section 9.5). That of an unknown digest may have any size: such a
 * signature never counts, and not for being malformed. */
static bool take_salt(struct cursor *cursor, struct signature *signature)
{
	if (signature->version == 4)
		return true;
	signature->salt = cursor_take(cursor, cursor_take_u8(cursor));
	return signature->digest_algorithm == DIGEST_NONE ||
	       signature->salt.size == digest_size(signature->digest_algorithm) / 2;
}

/* RFC 9580 section 5.2.3:
 *   version, type, public-key algorithm, digest algorithm: an octet each
 *   hashed area, unhashed area: each with its size in front, in two octets (version 4) or four (version 6)
 *   the left 16 bits of the digest
 *   version 6: an octet with the size of the salt, salt
 *   numbers */
void signature_read(struct span body, struct signature *signature)
{
	struct cursor cursor = cursor_of(body);
	struct span hashed, unhashed;
	enum status numbers, subpackets;
	bool has_salt;

	*signature = (struct signature){ .defect = STATUS_SIGNATURE_VERSION };
	signature->version = cursor_take_u8(&cursor);
	if (!is_known_version(signature->version))
		return;
	signature->type = cursor_take_u8(&cursor);
	signature->algorithm = cursor_take_u8(&cursor);
	signature->digest_algorithm = pgp_digest_algorithm(cursor_take_u8(&cursor));
	hashed = take_area(&cursor, signature->version);
	signature->hashed = span_first(body, body.size - cursor.rest.size);
	unhashed = take_area(&cursor, signature->version);
	signature->digest_start[0] = cursor_take_u8(&cursor);
	signature->digest_start[1] = cursor_take_u8(&cursor);
	has_salt = take_salt(&cursor, signature);
	signature->defect = STATUS_SIGNATURE_SYNTAX;
	if (cursor.failed || !has_salt)
		return;
	numbers = read_numbers(&cursor, signature);
	subpackets = subpacket_read_areas(hashed, unhashed, signature);
	signature->defect = numbers != STATUS_OK ? numbers : subpackets;
}

void signature_digest_start(const struct signature *signature, struct digest *digest)
{
	digest_start(digest, signature->digest_algorithm);
	digest_update(digest, signature->salt);
}

/* The octets that were hashed, then the version, FF and their number in four octets. */
void signature_digest_finish(const struct signature *signature, struct digest *digest,
                             uint8_t result[static DIGEST_SIZE_MAX])
{
	const uint32_t size = (uint32_t)signature->hashed.size;
	const uint8_t trailer[6] = { signature->version,   0xff,         (uint8_t)(size >> 24), (uint8_t)(size >> 16),
		                     (uint8_t)(size >> 8), (uint8_t)size };

	digest_update(digest, signature->hashed);
	digest_update(digest, span_of(trailer, sizeof(trailer)));
	digest_finish(digest, result);
}

static bool contains(const struct span *hints, size_t count, struct span hint)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(hints[i], hint))
			return true;
	return false;
}

bool signature_names_issuer(const struct signature *signature, struct span fingerprint, struct span key_id,
                            bool unnamed)
{
	if (signature->issuer_fingerprint_count > 0)
		return contains(signature->issuer_fingerprints, signature->issuer_fingerprint_count, fingerprint);
	if (signature->issuer_key_id_count > 0 && signature->version == 4)
		return contains(signature->issuer_key_ids, signature->issuer_key_id_count, key_id);
	return unnamed;
}
