#include "core/policy.h"

#include "base/date.h"

int64_t policy_expire(const struct request *request, int64_t signed_at)
{
	/* both are far from overflow: a time of 32 bits, and at most a hundred years */
	int64_t expire = request->expire_is_lifetime ? signed_at + request->expire : request->expire;

	return expire < DATE_MAX ? expire : DATE_MAX;
}

static bool names_host(const struct request *request, struct span host)
{
	for (size_t i = 0; i < request->host_count; i++)
		if (span_equal_ignoring_case(request->hosts[i], host))
			return true;
	return false;
}

static enum status judge_hosts(const struct config *config, const struct config_policy *policy,
                               const struct request *request, struct writer *limit)
{
	bool is_for_any = request->host_count == 0;

	if (is_for_any ? !policy->bind_host : names_host(request, config->host))
		return STATUS_OK;
	writer_put(limit, SPAN("this host is "));
	writer_put(limit, config->host);
	return is_for_any ? STATUS_POLICY_HOST_MISSING : STATUS_POLICY_HOST;
}

enum status policy_judge_options(const struct config_policy *policy, struct span options, struct writer *limit)
{
	struct ssh_option option;

	while (ssh_options_take(&options, &option)) {
		bool is_allowed = policy->allow_options & UINT32_C(1) << option.name && ssh_option_narrows(option.name);
		bool is_taken = ssh_option_is_single(option.name) && ssh_options_have(policy->options, option.name);

		if (is_allowed && !is_taken)
			continue;
		writer_put_string(limit, ssh_option_text(option.name));
		return is_allowed ? STATUS_POLICY_OPTION_TAKEN : STATUS_POLICY_OPTION;
	}
	return STATUS_OK;
}

static enum status judge_key(const struct config_policy *policy, const struct ssh_key *key, struct writer *limit)
{
	if (!(policy->key_types & 1U << key->type)) {
		writer_put_string(limit, ssh_key_type_name(key->type));
		return STATUS_POLICY_KEY_TYPE;
	}
	if (key->type == SSH_KEY_RSA && key->rsa_bits < policy->min_rsa_bits) {
		writer_put_number(limit, key->rsa_bits);
		writer_put(limit, SPAN(" bits, and min_rsa_bits is "));
		writer_put_number(limit, policy->min_rsa_bits);
		return STATUS_POLICY_RSA_BITS;
	}
	return policy_judge_options(policy, key->options, limit);
}

static enum status judge_lifetime(const struct config_policy *policy, int64_t expire, int64_t signed_at, int64_t now,
                                  struct writer *limit)
{
	if (expire <= now) {
		date_write(limit, expire);
		return STATUS_POLICY_EXPIRED;
	}
	if (expire - signed_at > policy->max_lifetime) {
		writer_put(limit, SPAN("max_lifetime is "));
		duration_write(limit, policy->max_lifetime);
		return STATUS_POLICY_LIFETIME;
	}
	return STATUS_OK;
}

enum status policy_judge_age(const struct config *config, int64_t signed_at, int64_t now, struct writer *limit)
{
	if (now - signed_at <= config->max_request_age)
		return STATUS_OK;
	writer_put(limit, SPAN("max_request_age is "));
	duration_write(limit, config->max_request_age);
	return STATUS_POLICY_TOO_OLD;
}

enum status policy_judge_request(const struct config *config, const struct config_policy *policy,
                                 const struct request *request, size_t signer_count, int64_t signed_at, int64_t now,
                                 struct writer *limit)
{
	enum status status = policy_judge_age(config, signed_at, now, limit);

	if (status != STATUS_OK)
		return status;
	if (signer_count < policy->signatures) {
		writer_put_padded_number(limit, signer_count, 1);
		writer_put(limit, SPAN(" of "));
		writer_put_number(limit, policy->signatures);
		return STATUS_POLICY_SIGNATURES;
	}
	status = judge_hosts(config, policy, request, limit);
	if (status != STATUS_OK || request->action == REQUEST_REMOVE)
		return status;
	status = judge_key(policy, &request->key, limit);
	if (status != STATUS_OK)
		return status;
	return judge_lifetime(policy, policy_expire(request, signed_at), signed_at, now, limit);
}

/* Would the request leave the record as it is? */
static bool is_same(const struct request *request, const struct table_key *record, int64_t expire)
{
	return record->is_live && record->expire == expire && span_equal(record->options, request->key.options) &&
	       span_equal(record->comment, request->key.comment) && span_equal(record->reason, request->reason);
}

enum status policy_judge_order(const struct request *request, const struct table_key *record, int64_t first_at,
                               int64_t signed_at, int64_t expire, enum policy_effect *effect)
{
	*effect = POLICY_CHANGES;
	if (!record || first_at > record->signed_at)
		return STATUS_OK;
	/* an old signature counts for nothing new, whoever puts a fresh one beside it */
	if (signed_at != record->signed_at ||
	    (request->action == REQUEST_REMOVE && record->is_live && first_at < record->signed_at))
		return STATUS_POLICY_OUTDATED;
	/* of the same second: a remove comes last, and an add may only be the very one that was taken before */
	if (request->action == REQUEST_REMOVE) {
		*effect = record->is_live ? POLICY_CHANGES : POLICY_CHANGES_NOTHING;
		return STATUS_OK;
	}
	*effect = POLICY_CHANGES_NOTHING;
	return is_same(request, record, expire) ? STATUS_OK : STATUS_POLICY_SAME_SECOND;
}
