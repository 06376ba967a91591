#include "pgp/certificate.h"

/* A certificate is read twice. The first pass collects its parts (keys, user IDs), so that a revocation may stand
 * anywhere (PGP.md 8.5); the second verifies signatures over them. Each pass drives a sink with one packet after
 * another. Where a signature stands tells what it is about: the last key or user ID before it. */
struct builder {
	struct arena *arena;
	struct pgp_certificate *certificate;
	struct pgp_user_id *user_id; /* the part that signatures are about now: one of these two, */
	struct pgp_subkey *subkey;   /* or, with neither, the primary key or one that was not kept */
};

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

static struct pgp_user_id *add_user_id(struct builder *builder, const struct packet *packet)
{
	struct pgp_user_id **end = &builder->certificate->user_ids;
	struct pgp_user_id *user_id = arena_take_zeroed(builder->arena, 1, sizeof(*user_id));

	if (!user_id || !arena_copy(builder->arena, packet->body, &user_id->text))
		return NULL;
	user_id->packet_type = packet->type;
	user_id->revoked = INT64_MIN;
	while (*end)
		end = &(*end)->next;
	return *end = user_id;
}

static struct pgp_subkey *add_subkey(struct builder *builder, struct span body)
{
	struct pgp_subkey **end = &builder->certificate->subkeys;
	struct pgp_subkey *subkey = arena_take_zeroed(builder->arena, 1, sizeof(*subkey));
	struct span copy;

	if (!subkey || !arena_copy(builder->arena, body, &copy))
		return NULL;
	pgp_key_read(copy, &subkey->key);
	while (*end)
		end = &(*end)->next;
	return *end = subkey;
}

static struct pgp_self_signature *add_self_signature(struct arena *arena, struct pgp_self_signature **list,
                                                     const struct signature *signature)
{
	struct pgp_self_signature *added = arena_take_zeroed(arena, 1, sizeof(*added));

	if (!added)
		return NULL;
	added->created = signature->created;
	added->expires = signature->expires;
	added->key_lifetime = signature->key_lifetime;
	added->has_flags = signature->has_flags;
	added->may_sign = signature->flags & KEY_FLAG_SIGN;
	added->is_primary_user_id = signature->is_primary_user_id;
	added->back_from = INT64_MAX;
	while (*list)
		list = &(*list)->next;
	return *list = added;
}

/* The digest that a signature over parts of the certificate covers (RFC 9580 section 5.2.4): the primary key, then one
 * user ID, or one subkey, or nothing. */
static void digest_parts(const struct pgp_certificate *certificate, const struct pgp_user_id *user_id,
                         const struct pgp_subkey *subkey, const struct signature *signature,
                         uint8_t result[static DIGEST_SIZE_MAX])
{
	struct digest digest;

	signature_digest_start(signature, &digest);
	pgp_key_digest(&certificate->primary, &digest);
	if (subkey)
		pgp_key_digest(&subkey->key, &digest);
	if (user_id) {
		const size_t size = user_id->text.size;
		const uint8_t prefix[5] = { user_id->packet_type == PACKET_USER_ID ? 0xb4 : 0xd1, (uint8_t)(size >> 24),
			                    (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size };

		digest_update(&digest, span_of(prefix, sizeof(prefix)));
		digest_update(&digest, user_id->text);
	}
	signature_digest_finish(signature, &digest, result);
}

/* Is this a self-signature that counts, times apart (PGP.md 8.4)? */
static bool verify_self_signature(const struct builder *builder, const struct signature *signature,
                                  const struct pgp_user_id *user_id, const struct pgp_subkey *subkey)
{
	const struct pgp_key *primary = &builder->certificate->primary;
	uint8_t digest[DIGEST_SIZE_MAX];

	if (signature->defect != STATUS_OK || primary->defect != STATUS_OK ||
	    !pgp_key_accepts_digest(primary, signature->digest_algorithm))
		return false;
	digest_parts(builder->certificate, user_id, subkey, signature, digest);
	return pgp_key_verify(primary, signature, digest) == STATUS_OK;
}

/* A revocation counts whatever its subpackets say, and with SHA-1 too (PGP.md 8.5): doubt is on the side of "revoked".
 */
static bool verify_revocation(const struct builder *builder, const struct signature *signature,
                              const struct pgp_user_id *user_id, const struct pgp_subkey *subkey)
{
	uint8_t digest[DIGEST_SIZE_MAX];

	if (!signature_digest_is_accepted(signature->digest_algorithm) && signature->digest_algorithm != DIGEST_SHA1)
		return false;
	digest_parts(builder->certificate, user_id, subkey, signature, digest);
	return pgp_key_verify(&builder->certificate->primary, signature, digest) == STATUS_OK;
}

/* The signature by which the subkey itself says that it belongs to this certificate (RFC 9580 section 5.2.1.8). */
static void read_back_signature(const struct builder *builder, const struct signature *binding,
                                struct pgp_self_signature *added)
{
	const struct pgp_key *key = &builder->subkey->key;

	for (size_t i = 0; i < binding->embedded_count; i++) {
		struct signature back;
		uint8_t digest[DIGEST_SIZE_MAX];

		signature_read(binding->embedded[i], &back);
		if (back.defect != STATUS_OK || back.type != SIGNATURE_TYPE_PRIMARY_KEY_BINDING ||
		    key->defect != STATUS_OK || !pgp_key_accepts_digest(key, back.digest_algorithm))
			continue;
		digest_parts(builder->certificate, NULL, builder->subkey, &back, digest);
		if (pgp_key_verify(key, &back, digest) != STATUS_OK)
			continue;
		added->back_from = back.created;
		added->back_until = back.expires;
		return;
	}
}

static enum status take_certification(struct builder *builder, const struct signature *signature)
{
	if (!builder->user_id || !verify_self_signature(builder, signature, builder->user_id, NULL))
		return STATUS_OK;
	return add_self_signature(builder->arena, &builder->user_id->certifications, signature) ? STATUS_OK
	                                                                                        : STATUS_ARENA_FULL;
}

static enum status take_binding(struct builder *builder, const struct signature *signature)
{
	struct pgp_self_signature *added;

	if (!builder->subkey || !verify_self_signature(builder, signature, NULL, builder->subkey))
		return STATUS_OK;
	added = add_self_signature(builder->arena, &builder->subkey->bindings, signature);
	if (!added)
		return STATUS_ARENA_FULL;
	if (added->may_sign)
		read_back_signature(builder, signature, added);
	return STATUS_OK;
}

static enum status take_direct_key_signature(struct builder *builder, const struct signature *signature)
{
	if (!verify_self_signature(builder, signature, NULL, NULL))
		return STATUS_OK;
	return add_self_signature(builder->arena, &builder->certificate->direct_key_signatures, signature)
	               ? STATUS_OK
	               : STATUS_ARENA_FULL;
}

static void take_subkey_revocation(struct builder *builder, const struct signature *signature)
{
	for (struct pgp_subkey *subkey = builder->certificate->subkeys; subkey; subkey = subkey->next)
		if (!subkey->is_revoked && verify_revocation(builder, signature, NULL, subkey))
			subkey->is_revoked = true;
}

static void take_certification_revocation(struct builder *builder, const struct signature *signature)
{
	/* one whose time cannot be trusted revokes for all time */
	int64_t created = signature->defect == STATUS_OK ? signature->created : INT64_MAX;

	for (struct pgp_user_id *user_id = builder->certificate->user_ids; user_id; user_id = user_id->next)
		if (user_id->revoked < created && verify_revocation(builder, signature, user_id, NULL))
			user_id->revoked = created;
}

static enum status take_signature(struct builder *builder, struct span body)
{
	struct pgp_certificate *certificate = builder->certificate;
	struct signature signature;

	signature_read(body, &signature);
	/* what other keys say of this one is passed over without computing anything */
	if (!signature_names_issuer(&signature, pgp_key_fingerprint(&certificate->primary),
	                            pgp_key_id(&certificate->primary), true))
		return STATUS_OK;
	switch (signature.type) {
	case SIGNATURE_TYPE_SUBKEY_BINDING:
		return take_binding(builder, &signature);
	case SIGNATURE_TYPE_DIRECT_KEY:
		return take_direct_key_signature(builder, &signature);
	case SIGNATURE_TYPE_KEY_REVOCATION:
		certificate->is_revoked = certificate->is_revoked || verify_revocation(builder, &signature, NULL, NULL);
		return STATUS_OK;
	case SIGNATURE_TYPE_SUBKEY_REVOCATION:
		take_subkey_revocation(builder, &signature);
		return STATUS_OK;
	case SIGNATURE_TYPE_CERTIFICATION_REVOCATION:
		take_certification_revocation(builder, &signature);
		return STATUS_OK;
	default:
		if (signature.type >= SIGNATURE_TYPE_CERTIFICATION_FIRST &&
		    signature.type <= SIGNATURE_TYPE_CERTIFICATION_LAST)
			return take_certification(builder, &signature);
		return STATUS_OK;
	}
}

/* First pass: parts are found or added. */
static enum status collect_part(struct builder *builder, const struct packet *packet)
{
	struct pgp_key key;

	switch (packet->type) {
	case PACKET_USER_ID:
	case PACKET_USER_ATTRIBUTE:
		if (!find_user_id(builder->certificate, packet) && !add_user_id(builder, packet))
			return STATUS_ARENA_FULL;
		return STATUS_OK;
	case PACKET_PUBLIC_SUBKEY:
		/* a subkey is of its primary key's version (RFC 9580 section 10.1) */
		if (pgp_key_read(packet->body, &key) && key.version == builder->certificate->primary.version &&
		    !find_subkey(builder->certificate, packet->body) && !add_subkey(builder, packet->body))
			return STATUS_ARENA_FULL;
		return STATUS_OK;
	case PACKET_SIGNATURE:
	case PACKET_TRUST:
		return STATUS_OK;
	default:
		if (!packet_is_ignorable(packet))
			builder->certificate->is_malformed = true;
		return STATUS_OK;
	}
}

/* Second pass: signatures are verified over the part that they follow. */
static enum status collect_signature(struct builder *builder, const struct packet *packet)
{
	switch (packet->type) {
	case PACKET_USER_ID:
	case PACKET_USER_ATTRIBUTE:
		builder->user_id = find_user_id(builder->certificate, packet);
		builder->subkey = NULL;
		return STATUS_OK;
	case PACKET_PUBLIC_SUBKEY:
		/* a subkey of an unknown version was not kept, and neither are the signatures behind it */
		builder->user_id = NULL;
		builder->subkey = find_subkey(builder->certificate, packet->body);
		return STATUS_OK;
	case PACKET_SIGNATURE:
		return take_signature(builder, packet->body);
	default:
		return STATUS_OK;
	}
}

/* Hands each packet up to the next primary key, or to the end, to the pass. */
static enum status drive(struct cursor *packets, struct builder *builder,
                         enum status (*pass)(struct builder *, const struct packet *))
{
	while (cursor_has_more(packets)) {
		struct cursor ahead = *packets;
		struct packet packet;
		enum status status = packet_take(&ahead, &packet);

		if (status != STATUS_OK)
			return status;
		if (packet.type == PACKET_PUBLIC_KEY || packet.type == PACKET_SECRET_KEY)
			return STATUS_OK;
		status = pass(builder, &packet);
		if (status != STATUS_OK)
			return status;
		*packets = ahead;
	}
	return STATUS_OK;
}

/* For a primary key of an unknown version. */
static enum status pass_over(struct builder *builder, const struct packet *packet)
{
	(void)builder;
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
	return *list = added;
}

enum status certificate_take(struct cursor *packets, struct arena *arena, struct pgp_certificate **list)
{
	struct builder builder = { .arena = arena };
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
		return drive(packets, &builder, pass_over);
	builder.certificate = find_or_add(arena, list, packet.body);
	if (!builder.certificate)
		return STATUS_ARENA_FULL;
	again = *packets;
	status = drive(packets, &builder, collect_part);
	return status == STATUS_OK ? drive(&again, &builder, collect_signature) : status;
}
