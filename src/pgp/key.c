#include "pgp/key.h"

#include "base/cursor.h"
#include "base/kconfig.h"
#include "pgp/packet.h"

#include <string.h>

/* Curves by their object identifiers (RFC 9580 section 9.2), each for the one algorithm that signs with it. */
static const struct {
	const char *oid;
	uint8_t oid_size;
	uint8_t algorithm;
	enum ecdsa_curve curve;
} curves[] = {
	{ "\x2a\x86\x48\xce\x3d\x03\x01\x07", 8, PUBLIC_KEY_ECDSA, ECDSA_P256 },
	{ "\x2b\x81\x04\x00\x22", 5, PUBLIC_KEY_ECDSA, ECDSA_P384 },
	{ "\x2b\x81\x04\x00\x23", 5, PUBLIC_KEY_ECDSA, ECDSA_P521 },
	{ "\x2b\x24\x03\x03\x02\x08\x01\x01\x07", 9, PUBLIC_KEY_ECDSA, ECDSA_BRAINPOOL_P256 },
	{ "\x2b\x24\x03\x03\x02\x08\x01\x01\x0b", 9, PUBLIC_KEY_ECDSA, ECDSA_BRAINPOOL_P384 },
	{ "\x2b\x24\x03\x03\x02\x08\x01\x01\x0d", 9, PUBLIC_KEY_ECDSA, ECDSA_BRAINPOOL_P512 },
	{ "\x2b\x06\x01\x04\x01\xda\x47\x0f\x01", 9, PUBLIC_KEY_EDDSA_LEGACY, ECDSA_CURVE_COUNT },
};

/* Takes an object identifier and finds its row; false for a curve that is not known for this algorithm. */
static bool take_curve(struct cursor *cursor, uint8_t algorithm, enum ecdsa_curve *curve)
{
	struct span oid = cursor_take(cursor, cursor_take_u8(cursor));

	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (curves[i].algorithm == algorithm && span_equal(oid, span_of(curves[i].oid, curves[i].oid_size))) {
			*curve = curves[i].curve;
			return true;
		}
	}
	return false;
}

static enum status read_rsa(struct cursor *cursor, struct pgp_key *key)
{
	static const enum status statuses[] = {
		[RSA_KEY_GOOD] = STATUS_OK,
		[RSA_KEY_BAD_SIZE] = STATUS_KEY_SIZE,
		[RSA_KEY_BAD_NUMBERS] = STATUS_KEY_NUMBERS,
	};

	/* wide limits, so that a key of another size is told from a malformed one */
	key->material.rsa.modulus = packet_take_number(cursor, UINT16_MAX);
	key->material.rsa.exponent = packet_take_number(cursor, UINT16_MAX);
	if (!cursor_at_end(cursor))
		return STATUS_KEY_SYNTAX;
	return IS_ENABLED(CONFIG_RSA) ? statuses[rsa_check_key(&key->material.rsa)] : STATUS_KEY_ALGORITHM;
}

static enum status read_ecdsa(struct cursor *cursor, struct pgp_key *key)
{
	enum ecdsa_curve curve;

	if (!take_curve(cursor, PUBLIC_KEY_ECDSA, &curve) || !ecdsa_curve_is_supported(curve))
		return STATUS_KEY_ALGORITHM;
	key->material.ecdsa.curve = curve;
	key->material.ecdsa.point = packet_take_number(cursor, 3 + 16 * ((ecdsa_curve_bits(curve) + 7) / 8));
	if (!cursor_at_end(cursor))
		return STATUS_KEY_SYNTAX;
	return ecdsa_check_key(curve, key->material.ecdsa.point) ? STATUS_OK : STATUS_KEY_NUMBERS;
}

/* The point is a number whose first octet is 40 (RFC 9580 section 11.2.1, "prefixed native"). Version 6 has no such
 * keys. */
static enum status read_eddsa_legacy(struct cursor *cursor, struct pgp_key *key)
{
	enum ecdsa_curve unused;
	struct span point;

	if (key->version != 4 || !take_curve(cursor, PUBLIC_KEY_EDDSA_LEGACY, &unused) || !IS_ENABLED(CONFIG_ED25519))
		return STATUS_KEY_ALGORITHM;
	point = packet_take_number(cursor, 263);
	if (!cursor_at_end(cursor))
		return STATUS_KEY_SYNTAX;
	if (point.size != 33 || point.data[0] != 0x40 || !ed25519_check_key(point.data + 1))
		return STATUS_KEY_NUMBERS;
	key->material.ed25519 = point.data + 1;
	return STATUS_OK;
}

/* 32 octets as they are (RFC 9580 section 5.5.5.9). */
static enum status read_ed25519(struct cursor *cursor, struct pgp_key *key)
{
	struct span point = cursor_take(cursor, 32);

	if (!IS_ENABLED(CONFIG_ED25519))
		return STATUS_KEY_ALGORITHM;
	if (!cursor_at_end(cursor))
		return STATUS_KEY_SYNTAX;
	key->material.ed25519 = point.data;
	return ed25519_check_key(point.data) ? STATUS_OK : STATUS_KEY_NUMBERS;
}

static enum status read_material(struct cursor *cursor, struct pgp_key *key)
{
	switch (key->algorithm) {
	case PUBLIC_KEY_RSA:
	case PUBLIC_KEY_RSA_SIGN_ONLY:
		return read_rsa(cursor, key);
	case PUBLIC_KEY_ECDSA:
		return read_ecdsa(cursor, key);
	case PUBLIC_KEY_EDDSA_LEGACY:
		return read_eddsa_legacy(cursor, key);
	case PUBLIC_KEY_ED25519:
		return read_ed25519(cursor, key);
	default:
		return STATUS_KEY_ALGORITHM;
	}
}

/* The SHA-1 of what signatures hash of the key, and the end of that (version 4); the SHA-256, and its start (version 6)
 * (RFC 9580 section 5.5.4). */
static void compute_fingerprint(struct pgp_key *key)
{
	const enum digest_algorithm algorithm = key->version == 4 ? DIGEST_SHA1 : DIGEST_SHA256;
	uint8_t result[DIGEST_SIZE_MAX];
	struct digest digest;

	digest_start(&digest, algorithm);
	pgp_key_digest(key, &digest);
	digest_finish(&digest, result);
	key->fingerprint_size = digest_size(algorithm);
	memcpy(key->fingerprint, result, key->fingerprint_size);
	memcpy(key->key_id, key->version == 4 ? result + key->fingerprint_size - PGP_KEY_ID_SIZE : result,
	       PGP_KEY_ID_SIZE);
}

static bool is_known_version(uint8_t version, size_t size)
{
	return (version == 4 && size <= UINT16_MAX) || (version == 6 && IS_ENABLED(CONFIG_PGP_V6));
}

/* RFC 9580 section 5.5.2: version, creation time in four octets, algorithm; in version 6 the size of the material, in
 * four; material. */
bool pgp_key_read(struct span body, struct pgp_key *key)
{
	struct cursor cursor = cursor_of(body);

	*key = (struct pgp_key){ .defect = STATUS_KEY_VERSION, .body = body };
	key->version = cursor_take_u8(&cursor);
	key->created = cursor_take_u32(&cursor);
	key->algorithm = cursor_take_u8(&cursor);
	if (cursor.failed || !is_known_version(key->version, body.size))
		return false;
	compute_fingerprint(key);
	key->defect = STATUS_KEY_SYNTAX;
	if (key->version == 4 || cursor_take_u32(&cursor) == cursor.rest.size)
		key->defect = read_material(&cursor, key);
	return true;
}

static bool is_rsa(const struct pgp_key *key)
{
	return key->algorithm == PUBLIC_KEY_RSA || key->algorithm == PUBLIC_KEY_RSA_SIGN_ONLY;
}

bool pgp_key_prepare(struct pgp_key *key, struct arena *arena)
{
	uint8_t *room;

	if (key->defect != STATUS_OK || !is_rsa(key) || key->material.rsa.ready.size > 0)
		return true;
	room = arena_take(arena, key->material.rsa.modulus.size);
	if (!room)
		return false;
	key->material.rsa.ready = rsa_prepare(&key->material.rsa, room);
	return true;
}

struct span pgp_key_fingerprint(const struct pgp_key *key)
{
	return span_of(key->fingerprint, key->fingerprint_size);
}

struct span pgp_key_id(const struct pgp_key *key)
{
	return span_of(key->key_id, PGP_KEY_ID_SIZE);
}

/* 99 and the size in two octets (version 4), 9B and the size in four (version 6) */
void pgp_key_digest(const struct pgp_key *key, struct digest *digest)
{
	const uint32_t size = (uint32_t)key->body.size;
	const uint8_t version_4[3] = { 0x99, (uint8_t)(size >> 8), (uint8_t)size };
	const uint8_t version_6[5] = { 0x9b, (uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
		                       (uint8_t)size };

	digest_update(digest, key->version == 4 ? span_of(version_4, sizeof(version_4))
	                                        : span_of(version_6, sizeof(version_6)));
	digest_update(digest, key->body);
}

bool pgp_key_accepts_digest(const struct pgp_key *key, enum digest_algorithm algorithm)
{
	unsigned bits_needed = 256;

	/* P-521 takes the longest digest that there is */
	if (key->algorithm == PUBLIC_KEY_ECDSA)
		bits_needed = ecdsa_curve_bits(key->material.ecdsa.curve);
	if (bits_needed > 8 * DIGEST_SIZE_MAX)
		bits_needed = 8 * DIGEST_SIZE_MAX;
	return signature_digest_is_accepted(algorithm) && 8 * digest_size(algorithm) >= bits_needed;
}

/* R and S lose their leading zeros as numbers and get them back here. */
static bool verify_eddsa_legacy(const struct pgp_key *key, const struct signature *signature, struct span digest)
{
	uint8_t numbers[64] = { 0 };

	for (size_t i = 0; i < 2; i++) {
		struct span number = signature->numbers[i];

		if (number.size == 0 || number.size > 32)
			return false;
		memcpy(numbers + 32 * (i + 1) - number.size, number.data, number.size);
	}
	return ed25519_verify(key->material.ed25519, digest, numbers);
}

enum status pgp_key_verify(const struct pgp_key *key, const struct signature *signature, const uint8_t *digest)
{
	const struct span digest_span = span_of(digest, digest_size(signature->digest_algorithm));
	bool is_right = false;

	if (key->defect != STATUS_OK)
		return key->defect;
	if (signature->version != key->version)
		return STATUS_SIGNATURE_VERSION;
	if (signature->algorithm != key->algorithm)
		return STATUS_SIGNATURE_ALGORITHM;
	if (digest_span.size < 2 || !span_equal(span_first(digest_span, 2), span_of(signature->digest_start, 2)))
		return STATUS_SIGNATURE_WRONG;
	switch (key->algorithm) {
	case PUBLIC_KEY_RSA:
	case PUBLIC_KEY_RSA_SIGN_ONLY:
		is_right = rsa_verify(&key->material.rsa, signature->digest_algorithm, digest, signature->numbers[0]);
		break;
	case PUBLIC_KEY_ECDSA:
		is_right = ecdsa_verify(key->material.ecdsa.curve, key->material.ecdsa.point, digest_span,
		                        signature->numbers[0], signature->numbers[1]);
		break;
	case PUBLIC_KEY_EDDSA_LEGACY:
		is_right = verify_eddsa_legacy(key, signature, digest_span);
		break;
	case PUBLIC_KEY_ED25519:
		is_right = signature->numbers[0].size == 64 &&
		           ed25519_verify(key->material.ed25519, digest_span, signature->numbers[0].data);
		break;
	default:
		break;
	}
	return is_right ? STATUS_OK : STATUS_SIGNATURE_WRONG;
}

void pgp_key_write_algorithm(struct writer *writer, const struct pgp_key *key)
{
	switch (key->defect == STATUS_OK ? key->algorithm : 0) {
	case PUBLIC_KEY_RSA:
	case PUBLIC_KEY_RSA_SIGN_ONLY:
		writer_put_string(writer, "RSA ");
		writer_put_number(writer, span_count_bits(key->material.rsa.modulus));
		break;
	case PUBLIC_KEY_ECDSA:
		writer_put_string(writer, "ECDSA ");
		writer_put_string(writer, ecdsa_curve_name(key->material.ecdsa.curve));
		break;
	case PUBLIC_KEY_EDDSA_LEGACY:
	case PUBLIC_KEY_ED25519:
		writer_put_string(writer, "Ed25519");
		break;
	default:
		writer_put_string(writer, "algorithm ");
		writer_put_number(writer, key->algorithm);
		break;
	}
}
