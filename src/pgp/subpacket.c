#include "pgp/subpacket.h"

#include "base/cursor.h"

/* One subpacket, as it is read. */
struct subpacket {
	uint8_t type;
	bool is_critical;
	bool is_hashed;
	struct span body;
};

/* What an area has shown so far. */
struct reader {
	struct signature *signature;
	bool is_hashed;
	bool has_creation_time;
	struct {
		bool was_seen;
		struct span body;
	} once[ONCE_TYPE_COUNT]; /* the hashed ones that may not be repeated with other contents */
};

/* What is known of each type. RECOGNISED ones may be marked critical; a fixed size must be met in both areas; ONCE
 * ones may be repeated in the hashed area with the same contents only. */
enum { RECOGNISED = 1, ONCE = 2 };

static const struct {
	uint8_t properties, size;
} rows[SUBPACKET_TYPE_COUNT] = {
	[SUBPACKET_CREATION_TIME] = { RECOGNISED | ONCE, 4 },
	[SUBPACKET_EXPIRATION_TIME] = { RECOGNISED | ONCE, 4 },
	[4] = { RECOGNISED, 1 }, /* exportable certification */
	[7] = { RECOGNISED, 1 }, /* revocable */
	[SUBPACKET_KEY_EXPIRATION_TIME] = { RECOGNISED | ONCE, 4 },
	[11] = { RECOGNISED, 0 }, /* preferred symmetric ciphers */
	[SUBPACKET_ISSUER_KEY_ID] = { RECOGNISED, 8 },
	[21] = { RECOGNISED, 0 }, /* preferred hash algorithms */
	[22] = { RECOGNISED, 0 }, /* preferred compression algorithms */
	[23] = { RECOGNISED, 0 }, /* key server preferences */
	[24] = { RECOGNISED, 0 }, /* preferred key server */
	[SUBPACKET_PRIMARY_USER_ID] = { RECOGNISED | ONCE, 1 },
	[26] = { RECOGNISED, 0 }, /* policy URI */
	[SUBPACKET_KEY_FLAGS] = { RECOGNISED | ONCE, 0 },
	[28] = { RECOGNISED, 0 }, /* signer's user ID */
	[29] = { RECOGNISED, 0 }, /* reason for revocation */
	[30] = { RECOGNISED, 0 }, /* features */
	[SUBPACKET_EMBEDDED_SIGNATURE] = { RECOGNISED, 0 },
	[SUBPACKET_ISSUER_FINGERPRINT] = { RECOGNISED, 0 },
	[34] = { RECOGNISED, 0 }, /* preferred AEAD algorithms */
	[39] = { RECOGNISED, 0 }, /* preferred AEAD ciphersuites */
};

static int64_t number_of(struct span body)
{
	struct cursor cursor = cursor_of(body);

	return cursor_take_u32(&cursor);
}

/* Adds a hint to a list of limited length. */
static enum status add_hint(struct span *hints, size_t *count, size_t limit, struct span hint)
{
	if (*count == limit)
		return STATUS_SIGNATURE_SUBPACKET;
	hints[(*count)++] = hint;
	return STATUS_OK;
}

/* Subpackets that are believed in both areas, because what they say is proved otherwise. */
static enum status read_hint(struct signature *signature, const struct subpacket *subpacket)
{
	struct span body = subpacket->body;

	switch (subpacket->type) {
	case SUBPACKET_ISSUER_KEY_ID:
		return add_hint(signature->issuer_key_ids, &signature->issuer_key_id_count, SIGNATURE_ISSUERS_MAX,
		                body);
	case SUBPACKET_ISSUER_FINGERPRINT:
		/* an octet for the version of the key, and 20 octets for version 4 or 32 for version 6 */
		if (!(body.size == 21 && body.data[0] == 4) && !(body.size == 33 && body.data[0] == 6))
			return STATUS_SIGNATURE_SUBPACKET;
		if (body.data[0] != signature->version)
			return STATUS_SIGNATURE_NO_ISSUER;
		return add_hint(signature->issuer_fingerprints, &signature->issuer_fingerprint_count,
		                SIGNATURE_ISSUERS_MAX, span_skip(body, 1));
	case SUBPACKET_EMBEDDED_SIGNATURE:
		return add_hint(signature->embedded, &signature->embedded_count, SIGNATURE_EMBEDDED_MAX, body);
	default:
		return STATUS_OK;
	}
}

/* Subpackets that are believed in the hashed area only. Times relative to another are made absolute at the end. */
static enum status read_hashed(struct reader *reader, const struct subpacket *subpacket)
{
	struct signature *signature = reader->signature;
	struct span body = subpacket->body;

	switch (subpacket->type) {
	case SUBPACKET_CREATION_TIME:
		signature->created = number_of(body);
		reader->has_creation_time = true;
		break;
	case SUBPACKET_EXPIRATION_TIME:
		signature->expires = number_of(body);
		break;
	case SUBPACKET_KEY_EXPIRATION_TIME:
		signature->key_lifetime = number_of(body);
		break;
	case SUBPACKET_PRIMARY_USER_ID:
		signature->is_primary_user_id = body.data[0] != 0;
		break;
	case SUBPACKET_KEY_FLAGS:
		signature->has_flags = true;
		signature->flags = body.size > 0 ? body.data[0] : 0;
		break;
	case SUBPACKET_INTENDED_RECIPIENT:
		return STATUS_SIGNATURE_RECIPIENT;
	default:
		break;
	}
	return STATUS_OK;
}

/* Flags, two inner lengths, and a name and a value that fill the rest (RFC 9580 section 5.2.3.24). */
static bool notation_is_well_formed(struct span body)
{
	struct cursor cursor = cursor_of(body);
	uint16_t name_size, value_size;

	cursor_take_u32(&cursor);
	name_size = cursor_take_u16(&cursor);
	value_size = cursor_take_u16(&cursor);
	cursor_take(&cursor, name_size);
	cursor_take(&cursor, value_size);
	return cursor_at_end(&cursor);
}

static bool is_first_or_equal(struct reader *reader, const struct subpacket *subpacket)
{
	if (reader->once[subpacket->type].was_seen)
		return span_equal(reader->once[subpacket->type].body, subpacket->body);
	reader->once[subpacket->type].was_seen = true;
	reader->once[subpacket->type].body = subpacket->body;
	return true;
}

static enum status read_subpacket(struct reader *reader, const struct subpacket *subpacket)
{
	const uint8_t size = rows[subpacket->type].size, properties = rows[subpacket->type].properties;
	enum status status;

	if ((size > 0 && subpacket->body.size != size) ||
	    (subpacket->type == SUBPACKET_NOTATION && !notation_is_well_formed(subpacket->body)))
		return STATUS_SIGNATURE_SUBPACKET;
	status = read_hint(reader->signature, subpacket);
	if (status != STATUS_OK || !reader->is_hashed)
		return status;
	if (subpacket->is_critical && !(properties & RECOGNISED))
		return STATUS_SIGNATURE_CRITICAL;
	if ((properties & ONCE) && !is_first_or_equal(reader, subpacket))
		return STATUS_SIGNATURE_SUBPACKET_TWICE;
	return read_hashed(reader, subpacket);
}

/* Lengths (RFC 9580 section 5.2.3.7) are of 1, 2 or 5 octets and count the type octet:
 *   0 … 191: one octet    192 … 254: two    255: four more */
static bool take_subpacket(struct cursor *area, struct subpacket *subpacket)
{
	uint32_t length = cursor_take_u8(area);
	struct cursor contents;
	uint8_t type;

	if (length == 255)
		length = cursor_take_u32(area);
	else if (length >= 192)
		length = ((length - 192) << 8) + cursor_take_u8(area) + 192;
	contents = cursor_of(cursor_take(area, length));
	type = cursor_take_u8(&contents);
	subpacket->type = type & 0x7f;
	subpacket->is_critical = type & 0x80;
	subpacket->body = contents.rest;
	return !area->failed && !contents.failed;
}

static enum status read_area(struct reader *reader, struct span bytes, bool is_hashed)
{
	struct cursor area = cursor_of(bytes);
	struct subpacket subpacket;
	size_t count = 0;

	reader->is_hashed = is_hashed;
	while (cursor_has_more(&area)) {
		enum status status;

		if (++count > SIGNATURE_SUBPACKETS_MAX || !take_subpacket(&area, &subpacket))
			return STATUS_SIGNATURE_SUBPACKET;
		status = read_subpacket(reader, &subpacket);
		if (status != STATUS_OK)
			return status;
	}
	return cursor_at_end(&area) ? STATUS_OK : STATUS_SIGNATURE_SUBPACKET;
}

enum status subpacket_read_areas(struct span hashed, struct span unhashed, struct signature *signature)
{
	struct reader reader = { .signature = signature };
	enum status status;

	if (hashed.size > SIGNATURE_AREA_SIZE_MAX || unhashed.size > SIGNATURE_AREA_SIZE_MAX)
		return STATUS_SIGNATURE_SUBPACKET;
	status = read_area(&reader, hashed, true);
	if (status == STATUS_OK)
		status = read_area(&reader, unhashed, false);
	if (status == STATUS_OK && !reader.has_creation_time)
		status = STATUS_SIGNATURE_NO_TIME;
	signature->expires = signature->expires == 0 ? INT64_MAX : signature->created + signature->expires;
	return status;
}
