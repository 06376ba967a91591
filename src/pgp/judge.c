#include "pgp/certificate.h"

/* The newest of a list that counts at that time; the later one of two of the same second (lists are newest last). */
static const struct pgp_self_signature *effective(const struct pgp_self_signature *list, int64_t time)
{
	const struct pgp_self_signature *newest = NULL;

	for (; list; list = list->next)
		if (list->created <= time && time < list->expires && (!newest || list->created >= newest->created))
			newest = list;
	return newest;
}

/* The certification of a user ID that counts at that time and is not revoked. */
static const struct pgp_self_signature *effective_certification(const struct pgp_user_id *user_id, int64_t time)
{
	const struct pgp_self_signature *certification = effective(user_id->certifications, time);

	return certification && user_id->revoked < certification->created ? certification : NULL;
}

/* The user ID that speaks for the certificate: one marked as primary before others, then the newest. */
static const struct pgp_user_id *primary_user_id(const struct pgp_certificate *certificate, int64_t time,
                                                 const struct pgp_self_signature **certification)
{
	const struct pgp_user_id *primary = NULL;

	*certification = NULL;
	for (const struct pgp_user_id *user_id = certificate->user_ids; user_id; user_id = user_id->next) {
		const struct pgp_self_signature *candidate = effective_certification(user_id, time);
		const struct pgp_self_signature *best = *certification;

		if (!candidate || user_id->packet_type != PACKET_USER_ID)
			continue;
		if (!best || candidate->is_primary_user_id > best->is_primary_user_id ||
		    (candidate->is_primary_user_id == best->is_primary_user_id && candidate->created > best->created)) {
			primary = user_id;
			*certification = candidate;
		}
	}
	return primary;
}

struct span certificate_user_id(const struct pgp_certificate *certificate, int64_t time)
{
	const struct pgp_self_signature *certification;
	const struct pgp_user_id *user_id = primary_user_id(certificate, time, &certification);

	return user_id ? user_id->text : (struct span){ 0 };
}

static bool has_expired(const struct pgp_key *key, const struct pgp_self_signature *signature, int64_t time)
{
	return signature && signature->key_lifetime > 0 && key->created + signature->key_lifetime <= time;
}

/* Is the certificate as a whole in force (rules 9.1 to 9.4)? Hands out the two signatures that speak for its primary
 * key. */
static enum status judge_primary(const struct pgp_certificate *certificate, int64_t time,
                                 const struct pgp_self_signature *speakers[static 2])
{
	const struct pgp_key *key = &certificate->primary;

	speakers[0] = effective(certificate->direct_key_signatures, time);
	primary_user_id(certificate, time, &speakers[1]);
	if (key->defect != STATUS_OK)
		return key->defect;
	if (certificate->is_malformed)
		return STATUS_KEY_MALFORMED_CERTIFICATE;
	if (key->created > time)
		return STATUS_KEY_FUTURE;
	if (certificate->is_revoked)
		return STATUS_KEY_REVOKED;
	/* the user IDs of version 6 do not speak for the key (RFC 9580 section 10.1.1) */
	if (!speakers[0] && (!speakers[1] || key->version == 6))
		return STATUS_KEY_NOT_CERTIFIED;
	if (has_expired(key, speakers[0], time) || has_expired(key, speakers[1], time))
		return STATUS_KEY_EXPIRED;
	return STATUS_OK;
}

/* Flags must be there in one of the two, and allow it wherever they are (rule 9.5). */
static enum status judge_primary_flags(const struct pgp_self_signature *const speakers[static 2])
{
	bool has_flags = false;

	for (size_t i = 0; i < 2; i++) {
		if (!speakers[i] || !speakers[i]->has_flags)
			continue;
		if (!speakers[i]->may_sign)
			return STATUS_KEY_MAY_NOT_SIGN;
		has_flags = true;
	}
	return has_flags ? STATUS_OK : STATUS_KEY_MAY_NOT_SIGN;
}

/* Rule 9.6. */
static enum status judge_subkey(const struct pgp_subkey *subkey, int64_t time)
{
	const struct pgp_self_signature *binding = effective(subkey->bindings, time);

	if (subkey->key.defect != STATUS_OK)
		return subkey->key.defect;
	if (subkey->key.created > time)
		return STATUS_KEY_FUTURE;
	if (subkey->is_revoked)
		return STATUS_SUBKEY_REVOKED;
	if (!binding)
		return STATUS_SUBKEY_NOT_BOUND;
	if (has_expired(&subkey->key, binding, time))
		return STATUS_SUBKEY_EXPIRED;
	if (!binding->has_flags || !binding->may_sign)
		return STATUS_KEY_MAY_NOT_SIGN;
	if (time < binding->back_from || time >= binding->back_until)
		return STATUS_SUBKEY_NO_BACK_SIGNATURE;
	return STATUS_OK;
}

enum status certificate_may_sign(const struct pgp_certificate *certificate, const struct pgp_subkey *subkey,
                                 int64_t time)
{
	const struct pgp_self_signature *speakers[2];
	enum status status = judge_primary(certificate, time, speakers);

	if (status != STATUS_OK)
		return status;
	return subkey ? judge_subkey(subkey, time) : judge_primary_flags(speakers);
}
