#include "core/audit.h"

#include "base/kconfig.h"
#include "core/events.h"

#include <string.h>

/* A line under way, and where it begins in the app's journal. */
struct note {
	struct journal journal;
	size_t start;
};

static struct note start_note(struct app *app, const char *event, int64_t now)
{
	struct note note = { .start = app->journal->used, .journal = journal_start(app->journal, event) };

	journal_put_time(&note.journal, "time", now);
	return note;
}

/* The line, with its end; empty where the journal had no room for it. */
static struct span end_note(struct app *app, struct note *note)
{
	journal_end(&note->journal);
	return span_skip(writer_written(app->journal), note->start);
}

static void finish(struct app *app, struct note *note, enum events_kind kind)
{
	struct span line = end_note(app, note);

	if (IS_ENABLED(CONFIG_EVENTS) && app->events && line.size > 0)
		events_keep(app->events, kind, span_first(line, line.size - 1));
}

/* ---- fields that several events have ---- */

static void put_text(struct note *note, const char *name, struct span value)
{
	if (value.size > 0)
		journal_put(&note->journal, name, value);
}

static void put_status(struct note *note, enum status status)
{
	journal_put(&note->journal, "status", span_of_string(status_name(status)));
	journal_put(&note->journal, "message", span_of_string(status_words(status)));
}

static void put_signer(struct note *note, const struct table_signer *signer, struct span user_id)
{
	journal_put_signer(&note->journal, signer);
	journal_put(&note->journal, "uid", user_id);
}

struct span audit_find_user_id(const struct pgp_keyring *keyring, const struct table_signer *signer, int64_t now)
{
	const struct span fingerprint = span_of(signer->fingerprint, signer->size);

	for (const struct pgp_certificate *each = keyring->first; each; each = each->next)
		if (span_equal(pgp_key_fingerprint(&each->primary), fingerprint))
			return certificate_user_id(each, now);
	return (struct span){ 0 };
}

/* As much of it as is known: a digest that is not, is zero. */
static void put_fingerprint(struct note *note, const struct ssh_fingerprint *fingerprint)
{
	static const struct ssh_fingerprint unknown;

	if (memcmp(fingerprint->sha256, unknown.sha256, sizeof(unknown.sha256)) != 0)
		journal_put_sha256(&note->journal, fingerprint);
	if (memcmp(fingerprint->md5, unknown.md5, sizeof(unknown.md5)) != 0)
		journal_put_md5(&note->journal, fingerprint);
}

/* A live key that goes. */
static void put_key(const struct app *app, struct note *note, const struct table_key *key)
{
	journal_put(&note->journal, "user", app->config->users[key->user].name);
	put_fingerprint(note, &key->fingerprint);
	journal_put_time(&note->journal, "expire", key->expire);
}

static void put_signers_of(const struct app *app, struct note *note, const struct table_key *key, int64_t now)
{
	const struct pgp_keyring *keyring = &app->config->users[key->user].keyring;

	for (size_t i = 0; i < key->signer_count; i++)
		put_signer(note, &key->signers[i], audit_find_user_id(keyring, &key->signers[i], now));
}

/* ---- the server ---- */

void audit_note_start(struct app *app, int64_t now)
{
	struct note note = start_note(app, "start", now);

	put_text(&note, "version", app->gauges.version);
	put_text(&note, "host", app->config->host);
	finish(app, &note, EVENTS_OF_CHANGE);
}

void audit_note_stop(struct app *app, int64_t now)
{
	struct note note = start_note(app, "stop", now);

	finish(app, &note, EVENTS_OF_CHANGE);
}

void audit_note_reload(struct app *app, struct span error, size_t dropped, int64_t now)
{
	struct note note = start_note(app, "reload", now);
	bool works = error.size == 0;

	journal_put(&note.journal, "result", works ? SPAN("success") : SPAN("failure"));
	put_text(&note, "message", error);
	if (works)
		journal_put_number(&note.journal, "dropped", dropped);
	finish(app, &note, EVENTS_OF_CHANGE);
	app->counters.reloads[works]++;
	app->gauges.reload_works = works;
	if (works)
		app->gauges.configured = (uint64_t)now;
}

/* ---- keys ---- */

static void put_request(struct note *note, const struct submission *submission)
{
	put_text(note, "user", submission->request.username);
	put_fingerprint(note, submission->has_key ? &submission->key.fingerprint : &submission->request.fingerprint);
	if (submission->has_key)
		journal_put_time(&note->journal, "expire", submission->key.expire);
	if (submission->replaces)
		journal_put_time(&note->journal, "was", submission->was);
	if (submission->verdict.count > 0)
		journal_put_time(&note->journal, "signed", submission->signed_at);
}

static const char *event_name(const struct submission *submission, enum status status, enum policy_effect effect)
{
	if (status != STATUS_OK)
		return "refused";
	if (effect == POLICY_CHANGES_NOTHING)
		return "repeated";
	if (submission->request.action == REQUEST_REMOVE)
		return "removed";
	return submission->replaces ? "replaced" : "added";
}

void audit_note_request(struct app *app, const struct submission *submission, enum status status,
                        enum policy_effect effect, struct span remote, int64_t now)
{
	struct note note = start_note(app, event_name(submission, status, effect), now);
	bool has_changed = status == STATUS_OK && effect == POLICY_CHANGES;

	put_request(&note, submission);
	journal_put(&note.journal, "remote", remote);
	if (status != STATUS_OK)
		put_status(&note, status);
	/* who it was comes before what he has chosen to say, which may be too long to be kept whole */
	for (size_t i = 0; i < submission->verdict.count; i++) {
		const struct pgp_certificate *certificate = submission->verdict.signers[i].certificate;
		const struct table_signer signer = submit_signer_of(&submission->verdict.signers[i]);

		put_signer(&note, &signer, certificate_user_id(certificate, now));
	}
	put_text(&note, "options", submission->request.key.options);
	put_text(&note, "detail", submission->detail);
	put_text(&note, "reason", submission->request.reason);
	finish(app, &note, has_changed ? EVENTS_OF_CHANGE : EVENTS_OF_REQUEST);
	app->counters.added += has_changed && submission->request.action == REQUEST_ADD;
	app->counters.removed += has_changed && submission->request.action == REQUEST_REMOVE;
}

void audit_note_refused_removal(struct app *app, struct span user, enum status status, struct span remote, int64_t now)
{
	const struct submission refused = { .request.username = user };

	audit_note_request(app, &refused, status, POLICY_CHANGES_NOTHING, remote, now);
}

void audit_note_limit(struct app *app, struct span remote, int64_t now)
{
	struct note note = start_note(app, "limited", now);

	journal_put(&note.journal, "remote", remote);
	journal_put(&note.journal, "message", SPAN("too many failed requests; more of them are answered with 429"));
	finish(app, &note, EVENTS_OF_REQUEST);
}

void audit_note_local_removal(struct app *app, const struct table_key *removed, struct span remote, int64_t now)
{
	struct note note = start_note(app, "removed", now);

	put_key(app, &note, removed);
	journal_put(&note.journal, "by", SPAN("root"));
	journal_put(&note.journal, "remote", remote);
	finish(app, &note, EVENTS_OF_CHANGE);
	app->counters.removed++;
}

void audit_note_expiry(struct app *app, const struct table_key *expired, int64_t now)
{
	struct note note = start_note(app, "expired", now);

	put_key(app, &note, expired);
	put_signers_of(app, &note, expired, now);
	finish(app, &note, EVENTS_OF_CHANGE);
	app->counters.expired++;
}

void audit_note_drop(struct app *app, const struct table_key *dropped, enum status why, int64_t now)
{
	struct note note = start_note(app, "dropped", now);

	put_key(app, &note, dropped);
	put_status(&note, why);
	put_signers_of(app, &note, dropped, now);
	finish(app, &note, EVENTS_OF_CHANGE);
	app->counters.dropped++;
}

/* ---- logins ---- */

/* One more may be written each second, but no more than a burst of them at once. */
static bool take_turn(struct audit_served *served, int64_t now)
{
	int64_t passed = now > served->time ? now - served->time : 0;

	served->spent = passed < served->spent ? served->spent - (unsigned)passed : 0;
	served->time = now;
	if (served->spent >= AUDIT_SERVED_BURST)
		return false;
	served->spent++;
	return true;
}

/* Is it the question of the last line, seconds later? question is the line from behind its time on. */
static bool is_same_question(const struct audit_served *served, struct span question, int64_t now)
{
	return span_equal(question, span_of(served->question, served->question_size)) && now >= served->written &&
	       now - served->written < AUDIT_SAME_TIME;
}

static void remember_question(struct audit_served *served, struct span question, int64_t now)
{
	served->question_size = question.size <= sizeof(served->question) ? question.size : 0;
	memcpy(served->question, question.data, served->question_size);
	served->written = now;
}

void audit_note_served(struct app *app, struct span user, const struct ssh_fingerprint *asked, size_t lines,
                       struct span remote, int64_t now)
{
	const size_t time_end = sizeof("event=served time=1970-01-01T00:00:00Z") - 1;
	struct audit_served *served = &app->served;
	struct note note = start_note(app, "served", now);
	struct span question;

	app->counters.served++;
	journal_put(&note.journal, "user", user);
	if (asked)
		put_fingerprint(&note, asked);
	journal_put(&note.journal, "remote", remote);
	journal_put_number(&note.journal, "lines", lines);
	question = span_skip(writer_written(&note.journal.line), time_end);
	if (is_same_question(served, question, now) || !take_turn(served, now)) {
		served->skipped++;
		return; /* the line that was not ended is none */
	}
	remember_question(served, question, now);
	if (served->skipped > 0)
		journal_put_number(&note.journal, "skipped", served->skipped);
	served->skipped = 0;
	finish(app, &note, EVENTS_OF_REQUEST);
}

/* ---- checks ---- */

void audit_note_check(struct app *app, const struct audit_check *check, int64_t now)
{
	struct note note = start_note(app, "check", now);
	size_t bucket = 0;

	journal_put(&note.journal, "check", check->name);
	journal_put(&note.journal, "user", check->user);
	if (check->fingerprint)
		put_fingerprint(&note, check->fingerprint);
	journal_put(&note.journal, "action", span_of_string(check->action));
	journal_put(&note.journal, "result", check->allowed ? SPAN("allowed") : SPAN("refused"));
	journal_put_number(&note.journal, "milliseconds", check->milliseconds);
	journal_put(&note.journal, "remote", check->remote);
	put_text(&note, "message", check->message);
	finish(app, &note, EVENTS_OF_REQUEST);
	app->counters.checks[check->allowed]++;
	app->counters.check_milliseconds += check->milliseconds;
	while (bucket < API_CHECK_BUCKETS && check->milliseconds > api_check_buckets[bucket])
		bucket++;
	app->counters.check_durations[bucket]++;
}
