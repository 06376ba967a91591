#include "core/submit.h"

#include "core/audit.h"
#include "core/check.h"
#include "core/now.h"
#include "core/policy.h"
#include "core/trust.h"

#include <string.h>

enum {
	LIMIT_TEXT_MAX = 320, /* bytes: a host's name is the longest */
	/* records that a user may have, live ones included */
	RECORDS_SPARE = 64,
	RECORDS_PER_KEY = 4,
};

int64_t submit_remember_time(const struct config *config)
{
	return config->max_request_age + 1;
}

int64_t submit_remember_until(const struct app *app, int64_t signed_at)
{
	return signed_at + submit_remember_time(app->config);
}

/* A request for a user who does not exist takes as long as one that fails for a user who does: wherever a signature
 * fails, it is tried with the keyrings of the others too, until the same number of operations is spent. The result is
 * not looked at. */
static void spend_equal_time(const struct app *app, const struct pgp_message *message, int64_t now,
                             const struct submission *submission)
{
	struct pgp_verdict unused = { .failures = submission->verdict.failures };

	for (size_t i = 0; i < app->config->user_count; i++)
		if (i != submission->user)
			(void)message_verify(message, &app->config->users[i].keyring, now, &unused);
}

static enum status verify(struct app *app, const struct pgp_message *message, int64_t now,
                          struct submission *submission)
{
	static const struct pgp_keyring no_keyring;
	bool is_known = submission->user < app->config->user_count;
	const struct pgp_keyring *keyring = is_known ? &app->config->users[submission->user].keyring : &no_keyring;
	enum status status = message_verify(message, keyring, now, &submission->verdict);

	if (!is_known || status != STATUS_OK) {
		spend_equal_time(app, message, now, submission);
		return is_known ? status : STATUS_USER_UNKNOWN;
	}
	submission->first_at = INT64_MAX;
	for (size_t i = 0; i < submission->verdict.count; i++) {
		int64_t signed_at = submission->verdict.signers[i].signed_at;

		if (signed_at < submission->first_at)
			submission->first_at = signed_at;
		if (signed_at > submission->signed_at)
			submission->signed_at = signed_at;
	}
	return STATUS_OK;
}

/* What is too old by its own word is so whoever signed it, and for whatever user: no arithmetic is spent on it. */
static enum status judge_claim(struct app *app, const struct pgp_message *message, int64_t now,
                               struct submission *submission)
{
	struct writer limit = writer_of(arena_take(app->arena, LIMIT_TEXT_MAX), LIMIT_TEXT_MAX);
	enum status status;

	if (!limit.data)
		return STATUS_REQUEST_TOO_LARGE;
	status = policy_judge_age(app->config, message_newest_claim(message), now, &limit);
	submission->detail = writer_written(&limit);
	return status;
}

static enum status judge(struct app *app, int64_t now, struct submission *submission)
{
	const struct config_policy *policy = &app->config->users[submission->user].policy;
	struct writer limit = writer_of(arena_take(app->arena, LIMIT_TEXT_MAX), LIMIT_TEXT_MAX);
	enum status status;

	if (!limit.data)
		return STATUS_REQUEST_TOO_LARGE;
	status = policy_judge_request(app->config, policy, &submission->request, submission->verdict.count,
	                              submission->first_at, now, &limit);
	submission->detail = writer_written(&limit);
	return status;
}

struct table_signer submit_signer_of(const struct pgp_signer *from)
{
	struct span fingerprint = pgp_key_fingerprint(&from->certificate->primary);
	struct table_signer signer = { .size = (uint8_t)fingerprint.size };

	_Static_assert(sizeof(signer.key_id) == sizeof(from->key->key_id), "a key ID fits");
	memcpy(signer.fingerprint, fingerprint.data, fingerprint.size);
	memcpy(signer.key_id, from->key->key_id, sizeof(signer.key_id));
	return signer;
}

/* What must be remembered of removed and expired keys is limited for each user, so that one's signers cannot take up
 * the table of all. */
static bool may_add_record(const struct app *app, size_t user)
{
	return table_count_user_records(app->table, user) <
	       RECORDS_SPARE + RECORDS_PER_KEY * (size_t)app->config->users[user].policy.max_keys;
}

/* Is there room for one more key of the user, and is it sure that no later request for it was forgotten? A tombstone
 * does not know: an old removal of a forgotten key leaves one that is older than what was forgotten. */
static enum status judge_room(const struct app *app, const struct table_key *record,
                              const struct submission *submission)
{
	const size_t user = submission->user;
	const bool is_live = record && record->is_live;

	if (!is_live && submission->first_at <= table_floor(app->table, user))
		return STATUS_POLICY_FORGOTTEN;
	if (!record && !may_add_record(app, user))
		return STATUS_TABLE_USER_FULL;
	if (!is_live && table_count_user_keys(app->table, user) >= app->config->users[user].policy.max_keys)
		return STATUS_POLICY_MAX_KEYS;
	return STATUS_OK;
}

/* The key ends when so much time has really gone by as is left of its life now, however the clock is set. */
static enum status commit_add(struct app *app, const struct table_key *record, struct submission *submission)
{
	const struct request *request = &submission->request;
	struct table_key *key = &submission->key;
	enum status status;

	*key = (struct table_key){
		.user = submission->user,
		.fingerprint = request->fingerprint,
		.is_live = true,
		.signed_at = submission->signed_at,
		.expire = policy_expire(request, submission->first_at),
		.line = request->line,
		.options = request->key.options,
		.comment = request->key.comment,
		.reason = request->reason,
		.signers = submission->signers,
		.signer_count = submission->verdict.count,
	};
	key->deadline = table_uptime(app->table) + (key->expire - submission->judged_at);
	for (size_t i = 0; i < key->signer_count; i++)
		submission->signers[i] = submit_signer_of(&submission->verdict.signers[i]);
	submission->replaces = record && record->is_live;
	submission->was = record ? record->expire : 0;
	submission->has_key = true;
	status = table_put(app->table, key, submit_remember_until(app, key->signed_at));
	if (status == STATUS_OK)
		trust_note(app, key, submission->judged_at);
	return status;
}

/* A removal of a key that is not there is remembered too: a request to add it that was signed before may still be under
 * way. (Its MD5 alone does not tell which key that would be.) */
static enum status commit_remove(struct app *app, const struct table_key *record, struct submission *submission)
{
	const struct request *request = &submission->request;
	bool is_live = record && record->is_live;
	enum status status;

	if (!is_live && request->fingerprint_kind != SSH_FINGERPRINT_SHA256)
		return STATUS_KEY_NOT_FOUND;
	if (!record && !may_add_record(app, submission->user))
		return STATUS_TABLE_USER_FULL;
	if (is_live)
		submission->key = *record;
	submission->has_key = is_live;
	status = table_bury(app->table, submission->user,
	                    is_live ? record->fingerprint.sha256 : request->fingerprint.sha256, submission->signed_at,
	                    submit_remember_until(app, submission->signed_at));
	if (status == STATUS_OK && !is_live)
		status = STATUS_KEY_NOT_FOUND;
	return status;
}

/* What there is to say about the request; its key may be named by nothing but an MD5. */
static void put_question(struct app *app, const struct submission *submission, const struct table_key *record,
                         struct span remote, int64_t now)
{
	const struct request *request = &submission->request;
	const struct pgp_verdict *verdict = &submission->verdict;
	struct question *question = app->question;

	if (request->has_key)
		question_put_key(question, request->line, &request->fingerprint);
	else if (record && record->is_live)
		question_put_key(question, record->line, &record->fingerprint);
	else if (request->fingerprint_kind == SSH_FINGERPRINT_SHA256)
		question_put_key(question, (struct span){ 0 }, &request->fingerprint);
	question_put(question, QUESTION_REASON, request->reason);
	question_put(question, QUESTION_REMOTE, remote);
	if (request->action == REQUEST_ADD)
		question->expire = policy_expire(request, submission->first_at);
	for (size_t i = 0; i < verdict->count; i++)
		question_put_signer(question, pgp_key_fingerprint(&verdict->signers[i].certificate->primary),
		                    certificate_user_id(verdict->signers[i].certificate, now));
}

/* The host's own say, last of all: nobody is asked about what is refused anyway. */
static enum status ask_checks(struct app *app, const struct api_request *request, const struct table_key *record,
                              int64_t now, struct submission *submission)
{
	bool adds = submission->request.action == REQUEST_ADD;
	enum status status = check_judge(app, request, submission->user, adds ? CHECK_ADD : CHECK_REMOVE, NULL, now,
	                                 &submission->detail);

	if (status == STATUS_CHECK_ASKED)
		put_question(app, submission, record, request->remote, now);
	return status;
}

/* Changes what the request says. A removal of what is not there counts as much as one that was done. */
static enum status change(struct app *app, const struct table_key *record, struct submission *submission)
{
	table_note_signature(app->table, submission->signed_at);
	return submission->request.action == REQUEST_ADD ? commit_add(app, record, submission)
	                                                 : commit_remove(app, record, submission);
}

static enum status commit(struct app *app, const struct api_request *from, int64_t now, struct submission *submission,
                          enum policy_effect *effect)
{
	const struct request *request = &submission->request;
	struct table_key found;
	bool is_known = table_find(app->table, submission->user, request->fingerprint_kind, &request->fingerprint,
	                           &found);
	const struct table_key *record = is_known ? &found : NULL;
	int64_t expire = policy_expire(request, submission->first_at);
	enum status status = policy_judge_order(request, record, submission->first_at, submission->signed_at, expire,
	                                        effect);

	if (status != STATUS_OK)
		return status;
	if (*effect == POLICY_CHANGES_NOTHING) {
		submission->has_key = found.is_live;
		submission->key = found;
		return STATUS_OK;
	}
	if (request->action == REQUEST_ADD)
		status = judge_room(app, record, submission);
	if (status != STATUS_OK)
		return status;
	status = ask_checks(app, from, record, now, submission);
	if (status != STATUS_OK)
		return status;
	return change(app, record, submission);
}

/* Does a request to add come out like this, that would be well-formed with "action":"remove"? */
static bool status_is_of_add(enum status status)
{
	return status == STATUS_OK || status == STATUS_REQUEST_NO_KEY || status == STATUS_REQUEST_NO_EXPIRE ||
	       status == STATUS_REQUEST_FINGERPRINT;
}

/* Everything before the table: nothing has changed after it. */
static enum status examine(struct app *app, struct span body, bool must_remove, int64_t now,
                           struct submission *submission)
{
	struct pgp_message message;
	enum status status = message_read(body, app->arena, &message);

	if (status != STATUS_OK)
		return status;
	status = request_read(message.text, app->arena, &submission->request, &submission->detail);
	if (must_remove && submission->request.action != REQUEST_REMOVE && status_is_of_add(status))
		return STATUS_REQUEST_ACTION_METHOD;
	if (status != STATUS_OK)
		return status;
	status = now_admit(app, &message, submission->request.action, &now);
	if (status == STATUS_OK)
		status = judge_claim(app, &message, now, submission);
	if (status != STATUS_OK)
		return status;
	submission->user = config_find_user(app->config, submission->request.username);
	submission->judged_at = now;
	status = verify(app, &message, now, submission);
	return status == STATUS_OK ? judge(app, now, submission) : status;
}

enum status submit_request(struct app *app, const struct api_request *request, bool must_remove, int64_t now,
                           struct submission *submission)
{
	const struct span body = request->body, remote = request->remote;
	enum policy_effect effect = POLICY_CHANGES;
	enum status status;

	memset(submission, 0, sizeof(*submission));
	status = body.size == 0 ? STATUS_BODY_EMPTY : examine(app, body, must_remove, now, submission);
	if (status == STATUS_OK)
		status = commit(app, request, now, submission, &effect);
	if (status != STATUS_CHECK_ASKED)
		audit_note_request(app, submission, status, effect, remote, now);
	return status;
}

enum status submit_local_removal(struct app *app, size_t user, enum ssh_fingerprint_kind kind,
                                 const struct ssh_fingerprint *fingerprint, struct span remote, int64_t now,
                                 struct table_key *removed)
{
	int64_t signed_at;

	if (user >= app->config->user_count || !table_find(app->table, user, kind, fingerprint, removed) ||
	    !removed->is_live)
		return STATUS_KEY_NOT_FOUND;
	/* it outdates every request signed by now, and the one that added the key even if that was dated ahead */
	signed_at = removed->signed_at > now ? removed->signed_at : now;
	(void)table_bury(app->table, user, removed->fingerprint.sha256, signed_at,
	                 submit_remember_until(app, signed_at));
	audit_note_local_removal(app, removed, remote, now);
	return STATUS_OK;
}
