#include "pgp/make_signature.h"

#include "base/cursor.h"
#include "base/memory.h"
#include "pgp/packet.h"
#include "pgp/subpacket.h"

#include <string.h>

/* The digests that sign, the shortest first: a key takes the first that is long enough for it. */
static const struct {
	enum digest_algorithm algorithm;
	uint8_t number; /* RFC 9580 section 9.5 */
	const char *name;
} digests[] = {
	{ DIGEST_SHA256, 8, "SHA256" },
	{ DIGEST_SHA384, 9, "SHA384" },
	{ DIGEST_SHA512, 10, "SHA512" },
};

/* ---- the numbers ---- */

/* A number like those of public keys, but its count of bits may be too large: some write leading zeros. */
static struct span take_secret_number(struct cursor *cursor)
{
	return cursor_take(cursor, (cursor_take_u16(cursor) + 7U) / 8);
}

/* 32 octets, which may have lost zeros in front. */
static bool sign_eddsa(struct span number, struct span digest, uint8_t signature[static 64])
{
	uint8_t seed[32] = { 0 };

	if (number.size > sizeof(seed))
		return false;
	if (number.size > 0)
		memcpy(seed + sizeof(seed) - number.size, number.data, number.size);
	ed25519_sign(seed, digest, signature);
	memory_wipe(seed, sizeof(seed));
	return true;
}

static bool put_rsa(struct pgp_signing *signing, struct cursor *cursor, const uint8_t *digest)
{
	const struct rsa_key *key = &signing->secret->key->material.rsa;
	struct rsa_secret secret;
	uint8_t signature[RSA_SIZE_MAX];

	secret.exponent = take_secret_number(cursor);
	secret.p = take_secret_number(cursor);
	secret.q = take_secret_number(cursor);
	take_secret_number(cursor);
	if (!cursor_at_end(cursor) || !rsa_sign(key, &secret, signing->algorithm, digest, signing->blinding, signature))
		return false;
	packet_write_number(&signing->body, span_of(signature, key->modulus.size));
	return true;
}

static bool put_ecdsa(struct pgp_signing *signing, struct cursor *cursor, const uint8_t *digest)
{
	const enum ecdsa_curve curve = signing->secret->key->material.ecdsa.curve;
	const struct span number = take_secret_number(cursor);
	const size_t size = (ecdsa_curve_bits(curve) + 7) / 8;
	uint8_t r[ECDSA_NUMBER_SIZE_MAX], s[ECDSA_NUMBER_SIZE_MAX];

	if (!cursor_at_end(cursor) || !ecdsa_sign(curve, number, signing->algorithm, digest, signing->blinding, r, s))
		return false;
	packet_write_number(&signing->body, span_of(r, size));
	packet_write_number(&signing->body, span_of(s, size));
	return true;
}

static bool put_ed25519(struct pgp_signing *signing, struct cursor *cursor, struct span digest)
{
	const bool is_legacy = signing->secret->key->algorithm == PUBLIC_KEY_EDDSA_LEGACY;
	const struct span number = is_legacy ? take_secret_number(cursor) : cursor_take(cursor, 32);
	uint8_t signature[64];

	if (!cursor_at_end(cursor) || !sign_eddsa(number, digest, signature))
		return false;
	if (!is_legacy) {
		writer_put(&signing->body, span_of(signature, 64));
		return true;
	}
	packet_write_number(&signing->body, span_of(signature, 32));
	packet_write_number(&signing->body, span_of(signature + 32, 32));
	return true;
}

static bool put_numbers(struct pgp_signing *signing, const uint8_t *digest)
{
	struct cursor cursor = cursor_of(signing->secret->material);

	switch (signing->secret->key->algorithm) {
	case PUBLIC_KEY_RSA:
	case PUBLIC_KEY_RSA_SIGN_ONLY:
		return put_rsa(signing, &cursor, digest);
	case PUBLIC_KEY_ECDSA:
		return put_ecdsa(signing, &cursor, digest);
	case PUBLIC_KEY_EDDSA_LEGACY:
	case PUBLIC_KEY_ED25519:
		return put_ed25519(signing, &cursor, span_of(digest, digest_size(signing->algorithm)));
	default:
		return false;
	}
}

/* ---- the rest of the packet ---- */

/* The sizes are those of subpackets with their type. */
enum { CRITICAL = 0x80, CREATION_TIME_SIZE = 1 + 4, ISSUER_KEY_ID_SIZE = 1 + PGP_KEY_ID_SIZE };

/* Salt and blinding come of the same entropy, and neither tells anything of the other. */
static void spread_entropy(struct pgp_signing *signing, const uint8_t entropy[static PGP_ENTROPY_SIZE])
{
	uint8_t result[DIGEST_SIZE_MAX];
	struct digest digest;

	digest_start(&digest, DIGEST_SHA512);
	digest_update(&digest, span_of(entropy, PGP_ENTROPY_SIZE));
	digest_finish(&digest, result);
	memcpy(signing->blinding, result, sizeof(signing->blinding));
	memcpy(signing->salt, result + sizeof(signing->blinding), sizeof(signing->salt));
	memory_wipe(result, sizeof(result));
}

static struct span salt_of(const struct pgp_signing *signing)
{
	if (signing->secret->key->version == 4)
		return (struct span){ 0 };
	return span_of(signing->salt, digest_size(signing->algorithm) / 2);
}

/* Version, type, algorithms, and the hashed area: when, and by which key. */
static void put_hashed(struct pgp_signing *signing, int64_t now, uint8_t digest_number)
{
	const struct pgp_key *key = signing->secret->key;
	const uint32_t issuer_size = (uint32_t)(2 + key->fingerprint_size);
	struct writer *body = &signing->body;

	packet_write_octets(body, key->version, 1);
	packet_write_octets(body, SIGNATURE_TYPE_TEXT, 1);
	packet_write_octets(body, key->algorithm, 1);
	packet_write_octets(body, digest_number, 1);
	packet_write_octets(body, 1 + CREATION_TIME_SIZE + 1 + issuer_size, key->version == 4 ? 2 : 4);
	packet_write_octets(body, CREATION_TIME_SIZE, 1);
	packet_write_octets(body, CRITICAL | SUBPACKET_CREATION_TIME, 1);
	packet_write_octets(body, (uint32_t)now, 4);
	packet_write_octets(body, issuer_size, 1);
	packet_write_octets(body, SUBPACKET_ISSUER_FINGERPRINT, 1);
	packet_write_octets(body, key->version, 1);
	writer_put(body, pgp_key_fingerprint(key));
	signing->hashed = writer_written(body);
}

/* The unhashed area: the key ID, for those who do not know of fingerprints. Version 6 has none of it. */
static void put_unhashed(struct pgp_signing *signing)
{
	const struct pgp_key *key = signing->secret->key;

	if (key->version == 6) {
		packet_write_octets(&signing->body, 0, 4);
		return;
	}
	packet_write_octets(&signing->body, 1 + ISSUER_KEY_ID_SIZE, 2);
	packet_write_octets(&signing->body, ISSUER_KEY_ID_SIZE, 1);
	packet_write_octets(&signing->body, SUBPACKET_ISSUER_KEY_ID, 1);
	writer_put(&signing->body, pgp_key_id(key));
}

void pgp_signing_start(struct pgp_signing *signing, const struct pgp_secret_key *secret, int64_t now,
                       const uint8_t entropy[static PGP_ENTROPY_SIZE], struct digest *digest)
{
	size_t row = 0;

	*signing = (struct pgp_signing){ .secret = secret };
	while (row + 1 < sizeof(digests) / sizeof(digests[0]) &&
	       !pgp_key_accepts_digest(secret->key, digests[row].algorithm))
		row++;
	signing->algorithm = digests[row].algorithm;
	signing->digest_name = digests[row].name;
	signing->body = writer_of(signing->room, sizeof(signing->room));
	spread_entropy(signing, entropy);
	put_hashed(signing, now, digests[row].number);
	digest_start(digest, signing->algorithm);
	digest_update(digest, salt_of(signing));
}

enum status pgp_signing_finish(struct pgp_signing *signing, struct digest *digest)
{
	const struct pgp_key *key = signing->secret->key;
	const struct span salt = salt_of(signing);
	struct signature signature = { .version = key->version, .hashed = signing->hashed };
	uint8_t result[DIGEST_SIZE_MAX];
	bool is_made;

	signature_digest_finish(&signature, digest, result);
	put_unhashed(signing);
	writer_put(&signing->body, span_of(result, 2));
	if (key->version == 6)
		packet_write_octets(&signing->body, (uint32_t)salt.size, 1);
	writer_put(&signing->body, salt);
	is_made = put_numbers(signing, result);
	memory_wipe(signing->blinding, sizeof(signing->blinding));
	memory_wipe_stack();
	signature_read(writer_written(&signing->body), &signature);
	if (!is_made || signing->body.overflowed || signature.defect != STATUS_OK ||
	    pgp_key_verify(key, &signature, result) != STATUS_OK)
		return STATUS_SECRET_KEY_MISMATCH;
	return STATUS_OK;
}
