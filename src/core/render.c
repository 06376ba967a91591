#include "core/render.h"

#include "base/date.h"
#include "base/encoding.h"
#include "core/policy.h"
#include "core/submit.h"
#include "http/write.h"
#include "json/write.h"

/* ,"name": */
static void put_name(struct writer *writer, const char *name)
{
	writer_put_string(writer, ",\"");
	writer_put_string(writer, name);
	writer_put_string(writer, "\":");
}

static void put_time(struct writer *writer, const char *name, int64_t time)
{
	put_name(writer, name);
	writer_put_byte(writer, '"');
	date_write(writer, time);
	writer_put_byte(writer, '"');
}

static void put_signers(struct writer *writer, const struct table_key *key)
{
	bool is_array = key->signer_count != 1;

	put_name(writer, is_array ? "signers" : "signer");
	writer_put_string(writer, is_array ? "[" : "");
	for (size_t i = 0; i < key->signer_count; i++) {
		writer_put_string(writer, i > 0 ? ",\"" : "\"");
		hex_write_upper(writer, span_of(key->signers[i].fingerprint, key->signers[i].size));
		writer_put_byte(writer, '"');
	}
	writer_put_string(writer, is_array ? "]" : "");
}

void render_key(struct writer *writer, const struct config *config, const struct table_key *key)
{
	writer_put_string(writer, "{\"user\":");
	json_write_string(writer, config->users[key->user].name);
	put_name(writer, "key");
	json_write_string(writer, key->line);
	put_time(writer, "expire", key->expire);
	put_name(writer, "fingerprint");
	writer_put_byte(writer, '"');
	ssh_fingerprint_write_sha256(writer, key->fingerprint.sha256);
	writer_put_byte(writer, '"');
	put_name(writer, "md5");
	writer_put_byte(writer, '"');
	ssh_fingerprint_write_md5(writer, key->fingerprint.md5);
	writer_put_byte(writer, '"');
	put_signers(writer, key);
	put_time(writer, "signed", key->signed_at);
	if (key->reason.size > 0) {
		put_name(writer, "reason");
		json_write_string(writer, key->reason);
	}
	writer_put_byte(writer, '}');
}

static bool may_have(const struct config_policy *policy, struct span options)
{
	return options.size == 0 || policy_judge_options(policy, options, &(struct writer){ 0 }) == STATUS_OK;
}

void render_authorized_key(struct writer *writer, const struct config_policy *policy, struct span line,
                           struct span options)
{
	if (!may_have(policy, options))
		return;
	if (policy->options.size > 0) {
		writer_put(writer, policy->options);
		writer_put_byte(writer, options.size > 0 ? ',' : ' ');
	}
	writer_put(writer, line);
	writer_put_byte(writer, '\n');
}

void render_error(struct writer *writer, enum status status, struct span detail)
{
	uint8_t message[512];
	struct writer words = writer_of(message, sizeof(message));
	size_t used;

	writer_put_string(&words, status_words_for_client(status));
	used = words.used;
	if (detail.size > 0) {
		writer_put_string(&words, ": ");
		writer_put(&words, detail);
	}
	if (words.overflowed)
		writer_rewind(&words, used);
	writer_put_string(writer, "{\"code\":");
	writer_put_number(writer, status_http_code(status));
	put_name(writer, "error");
	json_write_string(writer, span_of_string(http_reason_phrase(status_http_code(status))));
	put_name(writer, "message");
	json_write_string(writer, writer_written(&words));
	writer_put_string(writer, "}\n");
}
