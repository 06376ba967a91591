#include "client/verdict.h"

#include "base/date.h"
#include "base/encoding.h"
#include "json/write.h"
#include "pgp/describe.h"

static void write_fingerprint(struct writer *writer, const struct pgp_key *key)
{
	hex_write_upper(writer, pgp_key_fingerprint(key));
}

void verdict_write_signer(struct writer *words, const struct pgp_signer *signer, int64_t now)
{
	const struct pgp_key *primary = &signer->certificate->primary;

	writer_put_string(words, "signed by ");
	certificate_write_name(words, signer->certificate, now);
	writer_put_string(words, ", certificate ");
	write_fingerprint(words, primary);
	if (signer->key != primary) {
		writer_put_string(words, ", subkey ");
		write_fingerprint(words, signer->key);
	}
	writer_put_string(words, ", ");
	pgp_key_write_algorithm(words, signer->key);
	writer_put_string(words, ", on ");
	date_write(words, signer->signed_at);
}

void verdict_write_refusal(struct writer *words, enum status status)
{
	writer_put_string(words, "not accepted: ");
	writer_put_string(words, status_words(status));
	writer_put_string(words, " (");
	writer_put_string(words, status_name(status));
	writer_put_byte(words, ')');
}

/* ---- JSON ---- */

/* A member that is not the first of its object. */
static void put_member(struct writer *json, const char *name, struct span value)
{
	writer_put_string(json, ",\"");
	writer_put_string(json, name);
	writer_put_string(json, "\":");
	json_write_string(json, value);
}

static void put_fingerprint(struct writer *json, const char *name, const struct pgp_key *key)
{
	uint8_t room[2 * PGP_FINGERPRINT_SIZE_MAX];
	struct writer digits = writer_of(room, sizeof(room));

	write_fingerprint(&digits, key);
	put_member(json, name, writer_written(&digits));
}

static void put_signer(struct writer *json, const struct pgp_signer *signer, int64_t now)
{
	const struct span user_id = certificate_user_id(signer->certificate, now);
	uint8_t room[64];
	struct writer value = writer_of(room, sizeof(room));

	pgp_key_write_algorithm(&value, signer->key);
	writer_put_string(json, "{\"algorithm\":");
	json_write_string(json, writer_written(&value));
	put_fingerprint(json, "fingerprint", &signer->certificate->primary);
	put_fingerprint(json, "key", signer->key);
	writer_rewind(&value, 0);
	date_write(&value, signer->signed_at);
	put_member(json, "signed", writer_written(&value));
	if (user_id.size > 0 && user_id.size <= VERDICT_USER_ID_MAX && utf8_is_valid(user_id))
		put_member(json, "user_id", user_id);
	writer_put_byte(json, '}');
}

void verdict_write_json(struct writer *json, const struct judgement *judgement)
{
	const struct pgp_verdict *verdict = &judgement->verdict;

	if (judgement->status != STATUS_OK) {
		writer_put_string(json, "{\"accepted\":false");
		put_member(json, "status", span_of_string(status_name(judgement->status)));
		put_member(json, "message", span_of_string(status_words(judgement->status)));
	} else {
		writer_put_string(json, "{\"accepted\":true,\"signers\":[");
		for (size_t i = 0; i < verdict->count; i++) {
			writer_put_string(json, i > 0 ? "," : "");
			put_signer(json, &verdict->signers[i], judgement->now);
		}
		writer_put_byte(json, ']');
		put_member(json, "text", judgement->message.text);
	}
	writer_put_string(json, "}\n");
}
