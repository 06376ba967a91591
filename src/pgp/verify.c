#include "pgp/message.h"

#include "base/cursor.h"
#include "pgp/packet.h"

/* Digests of the message's text up to the trailer, made once for each algorithm that is asked for and forked for each
 * signature. */
struct text_digests {
	struct span text;
	struct digest states[DIGEST_SHA3_512 + 1];
};

/* The text is hashed with CR LF between its lines (RFC 9580 section 5.2.4). */
static void digest_text(const struct signature *signature, struct span text, struct digest *digest)
{
	size_t end;

	signature_digest_start(signature, digest);
	while ((end = span_find_byte(text, '\n')) < text.size) {
		digest_update(digest, span_first(text, end));
		digest_update(digest, SPAN("\r\n"));
		text = span_skip(text, end + 1);
	}
	digest_update(digest, text);
}

/* What can be told from the signature alone (rules 5 and 6). */
static enum status judge_signature(const struct signature *signature, int64_t now)
{
	if (signature->defect != STATUS_OK)
		return signature->defect;
	if (signature->type != SIGNATURE_TYPE_TEXT && signature->type != SIGNATURE_TYPE_BINARY)
		return STATUS_SIGNATURE_TYPE;
	if (!signature_digest_is_accepted(signature->digest_algorithm))
		return STATUS_SIGNATURE_DIGEST;
	if (signature->expires <= now)
		return STATUS_SIGNATURE_EXPIRED;
	if (signature->issuer_fingerprint_count == 0 &&
	    (signature->issuer_key_id_count == 0 || signature->version != 4))
		return STATUS_SIGNATURE_NO_ISSUER;
	return STATUS_OK;
}

/* What can be told from the signature and a key that it names, before the arithmetic (rules 9). */
static enum status judge_key(const struct signature *signature, const struct pgp_certificate *certificate,
                             const struct pgp_subkey *subkey, int64_t now)
{
	const struct pgp_key *key = subkey ? &subkey->key : &certificate->primary;
	enum status status;

	if (key->defect != STATUS_OK)
		return key->defect;
	if (!pgp_key_accepts_digest(key, signature->digest_algorithm))
		return STATUS_SIGNATURE_DIGEST;
	if (signature->created < key->created || signature->created < certificate->primary.created)
		return STATUS_SIGNATURE_OLDER_THAN_KEY;
	status = certificate_may_sign(certificate, subkey, now);
	return status == STATUS_OK ? certificate_may_sign(certificate, subkey, signature->created) : status;
}

/* One signature under examination. */
struct examination {
	const struct signature *signature;
	struct text_digests *digests;
	int64_t now;
	unsigned candidates;
	struct pgp_verdict *verdict;
	struct digest salted; /* for a signature with a salt of its own, in place of one of *digests */
};

static struct digest digest_for(struct examination *examination)
{
	const struct signature *signature = examination->signature;
	struct digest *digest = &examination->digests->states[signature->digest_algorithm];

	if (signature->salt.size > 0)
		digest = &examination->salted;
	if (digest->algorithm == DIGEST_NONE)
		digest_text(signature, examination->digests->text, digest);
	return *digest;
}

static enum status try_key(struct examination *examination, const struct pgp_certificate *certificate,
                           const struct pgp_subkey *subkey)
{
	const struct signature *signature = examination->signature;
	uint8_t result[DIGEST_SIZE_MAX];
	struct digest digest;
	enum status status;

	if (examination->verdict->failures == MESSAGE_FAILURES_MAX)
		return STATUS_SIGNATURE_TOO_MANY;
	status = judge_key(signature, certificate, subkey, examination->now);
	if (status != STATUS_OK)
		return status;
	digest = digest_for(examination);
	signature_digest_finish(signature, &digest, result);
	examination->verdict->public_key_operations++;
	status = pgp_key_verify(subkey ? &subkey->key : &certificate->primary, signature, result);
	examination->verdict->failures += status != STATUS_OK;
	/* only who really signed is told to mind the clock */
	if (status == STATUS_OK && signature->created > examination->now + MESSAGE_FUTURE_TOLERANCE)
		return STATUS_SIGNATURE_FUTURE;
	return status;
}

/* Is it one of those that the signature names, of which a limited number is tried? */
static bool is_candidate(struct examination *examination, const struct pgp_key *key)
{
	return signature_names_issuer(examination->signature, pgp_key_fingerprint(key), pgp_key_id(key), false) &&
	       examination->candidates++ < MESSAGE_CANDIDATES_MAX;
}

/* Tries the keys of one certificate that the signature names. Leaves *status alone if there is none. */
static const struct pgp_key *try_certificate(struct examination *examination, const struct pgp_certificate *certificate,
                                             enum status *status)
{
	if (is_candidate(examination, &certificate->primary)) {
		*status = try_key(examination, certificate, NULL);
		if (*status == STATUS_OK)
			return &certificate->primary;
	}
	for (const struct pgp_subkey *subkey = certificate->subkeys; subkey; subkey = subkey->next) {
		if (!is_candidate(examination, &subkey->key))
			continue;
		*status = try_key(examination, certificate, subkey);
		if (*status == STATUS_OK)
			return &subkey->key;
	}
	return NULL;
}

static void add_signer(struct pgp_verdict *verdict, struct pgp_signer signer)
{
	struct pgp_signer *known = verdict->signers;

	while (known < verdict->signers + verdict->count && known->certificate != signer.certificate)
		known++;
	if (known < verdict->signers + verdict->count && known->signed_at >= signer.signed_at)
		return;
	if (known == verdict->signers + verdict->count)
		verdict->count++;
	*known = signer;
}

/* One signature against all certificates: a signer is added, or the reason comes back. */
static enum status examine(struct examination *examination, const struct pgp_keyring *keyring)
{
	const struct signature *signature = examination->signature;
	enum status status = judge_signature(signature, examination->now);

	if (status != STATUS_OK)
		return status;
	status = STATUS_SIGNATURE_UNKNOWN_ISSUER;
	for (const struct pgp_certificate *each = keyring->first; each; each = each->next) {
		const struct pgp_key *key = try_certificate(examination, each, &status);

		if (!key)
			continue;
		add_signer(examination->verdict, (struct pgp_signer){ each, key, signature->created });
		return STATUS_OK;
	}
	return status;
}

static bool is_from_keyring(const struct signature *signature, const struct pgp_keyring *keyring)
{
	for (const struct pgp_certificate *each = keyring->first; each; each = each->next) {
		if (signature_names_issuer(signature, pgp_key_fingerprint(&each->primary), pgp_key_id(&each->primary),
		                           false))
			return true;
		for (const struct pgp_subkey *subkey = each->subkeys; subkey; subkey = subkey->next)
			if (signature_names_issuer(signature, pgp_key_fingerprint(&subkey->key),
			                           pgp_key_id(&subkey->key), false))
				return true;
	}
	return false;
}

/* How much the reason against a signature explains: a stranger's says the least, one that names a key of the keyring
 * the most; between them are those that do not even tell whose they are. */
static unsigned weigh(enum status reason, const struct signature *signature, const struct pgp_keyring *keyring)
{
	if (reason == STATUS_OK)
		return 0;
	if (reason == STATUS_SIGNATURE_UNKNOWN_ISSUER)
		return 1;
	return is_from_keyring(signature, keyring) ? 3 : 2;
}

enum status message_verify(const struct pgp_message *message, const struct pgp_keyring *keyring, int64_t now,
                           struct pgp_verdict *verdict)
{
	struct text_digests digests = { .text = message->text };
	struct cursor packets = cursor_of(message->signatures);
	struct packet packet;
	unsigned heaviest = 0;

	verdict->count = 0;
	verdict->reason = STATUS_SIGNATURE_NONE;
	while (cursor_has_more(&packets) && packet_take(&packets, &packet) == STATUS_OK) {
		struct signature signature;
		struct examination examination = { &signature, &digests, now, 0, verdict, { 0 } };
		enum status reason;
		unsigned weight;

		if (packet.type != PACKET_SIGNATURE)
			continue;
		signature_read(packet.body, &signature);
		reason = examine(&examination, keyring);
		weight = weigh(reason, &signature, keyring);
		if (weight > heaviest) {
			heaviest = weight;
			verdict->reason = reason;
		}
	}
	return verdict->count > 0 ? STATUS_OK : verdict->reason;
}

int64_t message_newest_claim(const struct pgp_message *message)
{
	struct cursor packets = cursor_of(message->signatures);
	struct packet packet;
	int64_t newest = INT64_MIN;

	while (cursor_has_more(&packets) && packet_take(&packets, &packet) == STATUS_OK) {
		struct signature signature;

		if (packet.type != PACKET_SIGNATURE)
			continue;
		signature_read(packet.body, &signature);
		if (signature.defect == STATUS_OK && signature.created > newest)
			newest = signature.created;
	}
	return newest == INT64_MIN ? INT64_MAX : newest;
}
