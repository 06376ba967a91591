#include "pgp/describe.h"

#include "base/date.h"
#include "base/encoding.h"

enum { NAME_SHOWN_MAX = 256 };

/* The search for the moment at which certificate_may_sign() changes its answer. It can only do so at the times that
 * stand in the keys and in the self-signatures, so these are tried, and the answer is asked for: what is told here
 * cannot differ from what is decided there. */
struct search {
	const struct pgp_certificate *certificate;
	const struct pgp_subkey *subkey;
	int64_t time;
	struct pgp_standing standing;
};

static enum status ask(const struct search *search, int64_t time)
{
	return certificate_may_sign(search->certificate, search->subkey, time);
}

/* May it sign until just before this moment, and not from it on? */
static bool is_end(const struct search *search, int64_t moment)
{
	return ask(search, moment - 1) == STATUS_OK && ask(search, moment) != STATUS_OK;
}

/* The first end after the time, where it may sign; the last one up to it, where it may not. */
static void try_moment(struct search *search, int64_t moment)
{
	struct pgp_standing *standing = &search->standing;
	bool may_sign = standing->status == STATUS_OK;
	bool is_nearer = standing->end == INT64_MAX || (may_sign ? moment < standing->end : moment > standing->end);

	if (moment > 0 && moment < INT64_MAX && (moment > search->time) == may_sign && is_nearer &&
	    is_end(search, moment))
		standing->end = moment;
}

static void try_signatures(struct search *search, const struct pgp_key *key, const struct pgp_self_signature *list)
{
	for (; list; list = list->next) {
		try_moment(search, list->created);
		try_moment(search, list->expires);
		try_moment(search, key->created + list->key_lifetime);
		try_moment(search, list->back_from);
		try_moment(search, list->back_until);
	}
}

struct pgp_standing certificate_standing(const struct pgp_certificate *certificate, const struct pgp_subkey *subkey,
                                         int64_t time)
{
	const struct pgp_key *primary = &certificate->primary;
	struct search search = { .certificate = certificate, .subkey = subkey, .time = time };

	search.standing = (struct pgp_standing){ ask(&search, time), INT64_MAX };
	try_signatures(&search, primary, certificate->direct_key_signatures);
	for (const struct pgp_user_id *user_id = certificate->user_ids; user_id; user_id = user_id->next)
		try_signatures(&search, primary, user_id->certifications);
	if (subkey)
		try_signatures(&search, &subkey->key, subkey->bindings);
	return search.standing;
}

void pgp_standing_write(struct writer *writer, const struct pgp_standing *standing)
{
	bool may_sign = standing->status == STATUS_OK;

	writer_put_string(writer, may_sign ? "may sign" : "may not sign");
	if (standing->end != INT64_MAX) {
		writer_put_string(writer, may_sign ? " until " : " since ");
		date_write(writer, standing->end);
	}
	if (!may_sign) {
		writer_put_string(writer, ": ");
		writer_put_string(writer, status_words(standing->status));
	}
}

void certificate_write_name(struct writer *writer, const struct pgp_certificate *certificate, int64_t time)
{
	const struct span name = certificate_user_id(certificate, time);
	const struct pgp_user_id *other = certificate->user_ids;

	if (name.size > 0) {
		printable_write(writer, span_first(name, NAME_SHOWN_MAX));
		return;
	}
	while (other && (other->packet_type != PACKET_USER_ID || other->text.size == 0))
		other = other->next;
	if (other) {
		printable_write(writer, span_first(other->text, NAME_SHOWN_MAX));
		writer_put_string(writer, " (a user ID without a valid signature)");
	} else {
		writer_put_string(writer, "(no user ID)");
	}
}

static bool has_signing_key(const struct pgp_certificate *certificate, int64_t time)
{
	const struct pgp_subkey *subkey = certificate->subkeys;

	if (certificate_may_sign(certificate, NULL, time) == STATUS_OK)
		return true;
	while (subkey && certificate_may_sign(certificate, subkey, time) != STATUS_OK)
		subkey = subkey->next;
	return subkey;
}

size_t pgp_keyring_count_signers(const struct pgp_keyring *keyring, int64_t time)
{
	size_t count = 0;

	for (const struct pgp_certificate *each = keyring->first; each; each = each->next)
		count += has_signing_key(each, time);
	return count;
}
