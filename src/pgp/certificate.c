#include "pgp/certificate.h"

#include "pgp/self_signature.h"

/* A certificate is read twice. The first pass collects its parts (keys, user IDs), so that a revocation may stand
 * anywhere (rule 8.5); the second verifies signatures over them. Each pass drives a sink with one packet after
 * another. A revocation of a part that only a later copy of the certificate shows waits for it. */

static struct pgp_user_id *find_user_id(struct pgp_certificate *certificate, const struct packet *packet)
{
	struct pgp_user_id *user_id = certificate->user_ids;

	while (user_id && !(user_id->packet_type == packet->type && span_equal(user_id->text, packet->body)))
		user_id = user_id->next;
	return user_id;
}

static struct pgp_subkey *find_subkey(struct pgp_certificate *certificate, struct span body)
{
	struct pgp_subkey *subkey = certificate->subkeys;

	while (subkey && !span_equal(subkey->key.body, body))
		subkey = subkey->next;
	return subkey;
}

static struct pgp_user_id *add_user_id(struct self_signature_place *place, const struct packet *packet)
{
	struct pgp_user_id **end = &place->certificate->user_ids;
	struct pgp_user_id *user_id = arena_take_zeroed(place->arena, 1, sizeof(*user_id));

	if (!user_id || !arena_copy(place->arena, packet->body, &user_id->text))
		return NULL;
	user_id->packet_type = packet->type;
	user_id->revoked = INT64_MIN;
	while (*end)
		end = &(*end)->next;
	return *end = user_id;
}

static struct pgp_subkey *add_subkey(struct self_signature_place *place, struct span body)
{
	struct pgp_subkey **end = &place->certificate->subkeys;
	struct pgp_subkey *subkey = arena_take_zeroed(place->arena, 1, sizeof(*subkey));
	struct span copy;

	if (!subkey || !arena_copy(place->arena, body, &copy))
		return NULL;
	pgp_key_read(copy, &subkey->key);
	while (*end)
		end = &(*end)->next;
	return *end = subkey;
}

/* First pass: parts are found or added. */
static enum status collect_part(struct self_signature_place *place, const struct packet *packet)
{
	struct pgp_key key;

	switch (packet->type) {
	case PACKET_USER_ID:
	case PACKET_USER_ATTRIBUTE:
		if (!find_user_id(place->certificate, packet) && !add_user_id(place, packet))
			return STATUS_ARENA_FULL;
		return STATUS_OK;
	case PACKET_PUBLIC_SUBKEY:
		/* a subkey is of its primary key's version (RFC 9580 section 10.1) */
		if (pgp_key_read(packet->body, &key) && key.version == place->certificate->primary.version &&
		    !find_subkey(place->certificate, packet->body) && !add_subkey(place, packet->body))
			return STATUS_ARENA_FULL;
		return STATUS_OK;
	case PACKET_SIGNATURE:
	case PACKET_TRUST:
		return STATUS_OK;
	default:
		if (!packet_is_ignorable(packet))
			place->certificate->is_malformed = true;
		return STATUS_OK;
	}
}

/* Second pass: signatures are verified over the part that they follow. */
static enum status collect_signature(struct self_signature_place *place, const struct packet *packet)
{
	switch (packet->type) {
	case PACKET_USER_ID:
	case PACKET_USER_ATTRIBUTE:
		place->user_id = find_user_id(place->certificate, packet);
		place->subkey = NULL;
		return STATUS_OK;
	case PACKET_PUBLIC_SUBKEY:
		/* a subkey of an unknown version was not kept, and neither are the signatures behind it */
		place->user_id = NULL;
		place->subkey = find_subkey(place->certificate, packet->body);
		return STATUS_OK;
	case PACKET_SIGNATURE:
		return self_signature_take(place, packet->body);
	default:
		return STATUS_OK;
	}
}

/* Hands each packet up to the next primary key, or to the end, to the pass. */
static enum status drive(struct cursor *packets, struct self_signature_place *place,
                         enum status (*pass)(struct self_signature_place *, const struct packet *))
{
	while (cursor_has_more(packets)) {
		struct cursor ahead = *packets;
		struct packet packet;
		enum status status = packet_take(&ahead, &packet);

		if (status != STATUS_OK)
			return status;
		if (packet.type == PACKET_PUBLIC_KEY || packet.type == PACKET_SECRET_KEY)
			return STATUS_OK;
		status = pass(place, &packet);
		if (status != STATUS_OK)
			return status;
		*packets = ahead;
	}
	return STATUS_OK;
}

/* For a primary key of an unknown version. */
static enum status pass_over(struct self_signature_place *place, const struct packet *packet)
{
	(void)place;
	(void)packet;
	return STATUS_OK;
}

static struct pgp_certificate *find_or_add(struct arena *arena, struct pgp_certificate **list, struct span body)
{
	struct pgp_certificate *added;
	struct span copy;

	while (*list && !span_equal((*list)->primary.body, body))
		list = &(*list)->next;
	if (*list)
		return *list;
	added = arena_take_zeroed(arena, 1, sizeof(*added));
	if (!added || !arena_copy(arena, body, &copy))
		return NULL;
	pgp_key_read(copy, &added->primary);
	if (!pgp_key_prepare(&added->primary, arena))
		return NULL;
	return *list = added;
}

enum status certificate_take(struct cursor *packets, struct arena *arena, struct pgp_certificate **list)
{
	struct self_signature_place place = { .arena = arena };
	struct packet packet;
	struct pgp_key key;
	struct cursor again;
	enum status status = packet_take(packets, &packet);

	if (status != STATUS_OK)
		return status;
	if (packet_is_ignorable(&packet))
		return STATUS_OK;
	if (packet.type != PACKET_PUBLIC_KEY)
		return STATUS_CERTIFICATE_SYNTAX;
	if (!pgp_key_read(packet.body, &key))
		return drive(packets, &place, pass_over);
	place.certificate = find_or_add(arena, list, packet.body);
	if (!place.certificate)
		return STATUS_ARENA_FULL;
	again = *packets;
	status = drive(packets, &place, collect_part);
	if (status == STATUS_OK)
		status = drive(&again, &place, collect_signature);
	self_signature_retry_revocations(place.certificate);
	return status;
}
