#include "pgp/secret_packet.h"

#include "base/cursor.h"
#include "pgp/packet.h"

enum { FIXED_FIELDS_SIZE = 6 /* version, creation time, algorithm */ };

/* What the public part of a key consists of, by algorithm (RFC 9580 sections 5.5.5 and 9.1): n is a number, o an
 * octet with the size of what follows (an object identifier, the parameters of ECDH). Encryption keys count too: the
 * file has them, and what comes behind them. */
static const struct {
	uint8_t algorithm;
	uint8_t octets; /* of a fixed size, in front of the fields */
	const char *fields;
} layouts[] = {
	{ 1, 0, "nn" },    /* RSA */
	{ 2, 0, "nn" },    /* RSA, to encrypt only */
	{ 3, 0, "nn" },    /* RSA, to sign only */
	{ 16, 0, "nnn" },  /* Elgamal */
	{ 17, 0, "nnnn" }, /* DSA */
	{ 18, 0, "ono" },  /* ECDH */
	{ 19, 0, "on" },   /* ECDSA */
	{ 22, 0, "on" },   /* EdDSALegacy */
	{ 25, 32, "" },    /* X25519 */
	{ 26, 56, "" },    /* X448 */
	{ 27, 32, "" },    /* Ed25519 */
	{ 28, 57, "" },    /* Ed448 */
};

static void pass_fields(struct cursor *cursor, uint8_t octets, const char *fields)
{
	cursor_take(cursor, octets);
	for (; *fields; fields++) {
		if (*fields == 'n')
			packet_take_number(cursor, UINT16_MAX);
		else
			cursor_take(cursor, cursor_take_u8(cursor));
	}
}

static bool pass_material(struct cursor *cursor, uint8_t version, uint8_t algorithm)
{
	if (version == 6) {
		cursor_take(cursor, cursor_take_u32(cursor));
		return true;
	}
	for (size_t i = 0; version == 4 && i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (layouts[i].algorithm == algorithm) {
			pass_fields(cursor, layouts[i].octets, layouts[i].fields);
			return true;
		}
	}
	return false;
}

struct span secret_packet_public_part(struct span body)
{
	struct cursor cursor = cursor_of(body);
	uint8_t version = cursor_take_u8(&cursor), algorithm;

	cursor_take_u32(&cursor);
	algorithm = cursor_take_u8(&cursor);
	if (!pass_material(&cursor, version, algorithm) || cursor.failed)
		return (struct span){ 0 };
	return span_first(body, body.size - cursor.rest.size);
}

static void write_public_key(struct writer *writer, const struct packet *packet)
{
	struct span part = secret_packet_public_part(packet->body);

	if (part.size == 0)
		part = span_first(packet->body, FIXED_FIELDS_SIZE);
	packet_write(writer, packet->type == PACKET_SECRET_KEY ? PACKET_PUBLIC_KEY : PACKET_PUBLIC_SUBKEY, part);
}

enum status secret_packets_write_public(struct span packets, struct writer *public)
{
	enum status status = STATUS_SECRET_KEY_NONE;
	struct cursor cursor = cursor_of(packets);
	struct packet packet;

	while (cursor_has_more(&cursor)) {
		if (packet_take(&cursor, &packet) != STATUS_OK)
			return STATUS_PACKET_SYNTAX;
		if (packet.type == PACKET_PUBLIC_KEY && status != STATUS_OK)
			status = STATUS_SECRET_KEY_PUBLIC;
		if (packet.type != PACKET_SECRET_KEY && packet.type != PACKET_SECRET_SUBKEY) {
			packet_write(public, packet.type, packet.body);
			continue;
		}
		write_public_key(public, &packet);
		status = STATUS_OK;
	}
	return status == STATUS_OK && public->overflowed ? STATUS_ARENA_FULL : status;
}
