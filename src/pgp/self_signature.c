#include "pgp/self_signature.h"

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

/* Is this a self-signature that counts, times apart (rule 8.4)? */
static bool verify_self_signature(const struct pgp_certificate *certificate, const struct signature *signature,
                                  const struct pgp_user_id *user_id, const struct pgp_subkey *subkey)
{
	const struct pgp_key *primary = &certificate->primary;
	uint8_t digest[DIGEST_SIZE_MAX];

	if (signature->defect != STATUS_OK || primary->defect != STATUS_OK ||
	    !pgp_key_accepts_digest(primary, signature->digest_algorithm))
		return false;
	digest_parts(certificate, user_id, subkey, signature, digest);
	return pgp_key_verify(primary, signature, digest) == STATUS_OK;
}

/* A revocation counts whatever its subpackets say, and with SHA-1 too (rule 8.5): doubt is on the side of "revoked".
 */
static bool verify_revocation(const struct pgp_certificate *certificate, const struct signature *signature,
                              const struct pgp_user_id *user_id, const struct pgp_subkey *subkey)
{
	uint8_t digest[DIGEST_SIZE_MAX];

	if (!signature_digest_is_accepted(signature->digest_algorithm) && signature->digest_algorithm != DIGEST_SHA1)
		return false;
	digest_parts(certificate, user_id, subkey, signature, digest);
	return pgp_key_verify(&certificate->primary, signature, digest) == STATUS_OK;
}

/* The signature by which the subkey itself says that it belongs to this certificate (RFC 9580 section 5.2.1.8). */
static void read_back_signature(const struct self_signature_place *place, const struct signature *binding,
                                struct pgp_self_signature *added)
{
	const struct pgp_key *key = &place->subkey->key;

	for (size_t i = 0; i < binding->embedded_count; i++) {
		struct signature back;
		uint8_t digest[DIGEST_SIZE_MAX];

		signature_read(binding->embedded[i], &back);
		if (back.defect != STATUS_OK || back.type != SIGNATURE_TYPE_PRIMARY_KEY_BINDING ||
		    key->defect != STATUS_OK || !pgp_key_accepts_digest(key, back.digest_algorithm))
			continue;
		digest_parts(place->certificate, NULL, place->subkey, &back, digest);
		if (pgp_key_verify(key, &back, digest) != STATUS_OK)
			continue;
		added->back_from = back.created;
		added->back_until = back.expires;
		return;
	}
}

static enum status take_certification(const struct self_signature_place *place, const struct signature *signature)
{
	if (!place->user_id || !verify_self_signature(place->certificate, signature, place->user_id, NULL))
		return STATUS_OK;
	return add_self_signature(place->arena, &place->user_id->certifications, signature) ? STATUS_OK
	                                                                                    : STATUS_ARENA_FULL;
}

static enum status take_binding(const struct self_signature_place *place, const struct signature *signature)
{
	struct pgp_self_signature *added;

	if (!place->subkey || !verify_self_signature(place->certificate, signature, NULL, place->subkey))
		return STATUS_OK;
	added = add_self_signature(place->arena, &place->subkey->bindings, signature);
	if (!added)
		return STATUS_ARENA_FULL;
	if (!added->may_sign)
		return STATUS_OK;
	if (!pgp_key_prepare(&place->subkey->key, place->arena))
		return STATUS_ARENA_FULL;
	read_back_signature(place, signature, added);
	return STATUS_OK;
}

static enum status take_direct_key_signature(const struct self_signature_place *place,
                                             const struct signature *signature)
{
	if (!verify_self_signature(place->certificate, signature, NULL, NULL))
		return STATUS_OK;
	return add_self_signature(place->arena, &place->certificate->direct_key_signatures, signature)
	               ? STATUS_OK
	               : STATUS_ARENA_FULL;
}

/* Finds the subkey or the user ID that this revokes. False if the certificate has no such part. */
static bool revoke_part(struct pgp_certificate *certificate, const struct signature *signature)
{
	/* one whose time cannot be trusted revokes for all time */
	const int64_t created = signature->defect == STATUS_OK ? signature->created : INT64_MAX;

	if (signature->type == SIGNATURE_TYPE_SUBKEY_REVOCATION) {
		for (struct pgp_subkey *subkey = certificate->subkeys; subkey; subkey = subkey->next)
			if (verify_revocation(certificate, signature, NULL, subkey))
				return subkey->is_revoked = true;
		return false;
	}
	for (struct pgp_user_id *user_id = certificate->user_ids; user_id; user_id = user_id->next) {
		if (!verify_revocation(certificate, signature, user_id, NULL))
			continue;
		if (user_id->revoked < created)
			user_id->revoked = created;
		return true;
	}
	return false;
}

static enum status take_revocation_of_part(const struct self_signature_place *place, const struct signature *signature,
                                           struct span body)
{
	struct pgp_revocation *added;

	if (revoke_part(place->certificate, signature))
		return STATUS_OK;
	added = arena_take_zeroed(place->arena, 1, sizeof(*added));
	if (!added || !arena_copy(place->arena, body, &added->body))
		return STATUS_ARENA_FULL;
	added->next = place->certificate->waiting_revocations;
	place->certificate->waiting_revocations = added;
	return STATUS_OK;
}

enum status self_signature_take(const struct self_signature_place *place, struct span body)
{
	struct pgp_certificate *certificate = place->certificate;
	struct signature signature;

	signature_read(body, &signature);
	/* what other keys say of this one is passed over without computing anything */
	if (!signature_names_issuer(&signature, pgp_key_fingerprint(&certificate->primary),
	                            pgp_key_id(&certificate->primary), true))
		return STATUS_OK;
	switch (signature.type) {
	case SIGNATURE_TYPE_SUBKEY_BINDING:
		return take_binding(place, &signature);
	case SIGNATURE_TYPE_DIRECT_KEY:
		return take_direct_key_signature(place, &signature);
	case SIGNATURE_TYPE_KEY_REVOCATION:
		certificate->is_revoked = certificate->is_revoked ||
		                          verify_revocation(certificate, &signature, NULL, NULL);
		return STATUS_OK;
	case SIGNATURE_TYPE_SUBKEY_REVOCATION:
	case SIGNATURE_TYPE_CERTIFICATION_REVOCATION:
		return take_revocation_of_part(place, &signature, body);
	default:
		if (signature.type >= SIGNATURE_TYPE_CERTIFICATION_FIRST &&
		    signature.type <= SIGNATURE_TYPE_CERTIFICATION_LAST)
			return take_certification(place, &signature);
		return STATUS_OK;
	}
}

void self_signature_retry_revocations(struct pgp_certificate *certificate)
{
	struct pgp_revocation **each = &certificate->waiting_revocations;

	while (*each) {
		struct signature signature;

		signature_read((*each)->body, &signature);
		if (revoke_part(certificate, &signature))
			*each = (*each)->next;
		else
			each = &(*each)->next;
	}
}
