#include "core/key_line.h"

#include "core/policy.h"

enum { FINGERPRINT_MAX = 64, USER_ID_MAX = 64 }; /* of what is written of them */

static const struct span mark = SPAN_INITIALIZER("inki-");

bool key_line_takes_options(struct span options, struct ssh_option *option)
{
	while (ssh_options_take(&options, option))
		if (!ssh_option_is_dropbears(option))
			return false;
	return true;
}

static bool is_safe(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       byte == '.' || byte == '@' || byte == '-';
}

/* Each run of other bytes becomes one low line, unless nothing follows it. */
static void write_safe(struct writer *writer, struct span text, size_t max)
{
	const size_t start = writer->used;
	bool has_gap = false;

	for (size_t i = 0; i < text.size && writer->used - start < max; i++) {
		if (!is_safe(text.data[i])) {
			has_gap = writer->used > start;
			continue;
		}
		if (has_gap)
			writer_put_byte(writer, '_');
		has_gap = false;
		writer_put_byte(writer, text.data[i]);
	}
}

static enum status judge_options(const struct config_policy *policy, const struct ssh_key *key, struct writer *detail)
{
	struct ssh_option option;

	if (key_line_takes_options(policy->options, &option) && key_line_takes_options(key->options, &option))
		return policy_judge_options(policy, key->options, detail);
	writer_put_string(detail, ssh_option_text(option.name));
	return STATUS_KEY_FILE_OPTION;
}

static void write_comment(struct writer *writer, const struct key_line_signer *signer)
{
	writer_put_byte(writer, ' ');
	writer_put(writer, mark);
	write_safe(writer, signer->fingerprint, FINGERPRINT_MAX);
	if (signer->user_id.size == 0)
		return;
	writer_put_byte(writer, '-');
	write_safe(writer, signer->user_id, USER_ID_MAX);
}

enum status key_line_write(struct writer *writer, const struct config_user *user, const struct ssh_key *key,
                           const struct key_line_signer *signer, struct writer *detail)
{
	const struct config_policy *policy = &user->policy;
	const enum status status = judge_options(policy, key, detail);
	const size_t used = writer->used;
	struct ssh_key bare = *key;

	if (status != STATUS_OK)
		return status;
	bare.comment = (struct span){ 0 };
	writer_put(writer, policy->options);
	if (policy->options.size > 0)
		writer_put_byte(writer, key->options.size > 0 ? ',' : ' ');
	ssh_key_write(writer, &bare);
	write_comment(writer, signer);
	if (writer->overflowed || writer->used - used > KEY_LINE_MAX) {
		writer_rewind(writer, used);
		return STATUS_KEY_FILE_LINE;
	}
	writer_put_byte(writer, '\n');
	return STATUS_OK;
}

bool key_line_is_ours(struct span line)
{
	size_t end = line.size;

	while (end > 0 && line.data[end - 1] != ' ')
		end--;
	return end > 0 && span_starts_with(span_skip(line, end), mark);
}
