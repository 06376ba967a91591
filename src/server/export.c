#include "server/export.h"

#include "core/audit.h"
#include "core/now.h"
#include "host/log.h"
#include "server/key_files.h"
#include "server/loop.h"

enum {
	/* milliseconds until it is tried again, where a file could not be written; and where the helper could not be
	 * told */
	PAUSE_OF_FILE = 2000,
	PAUSE_OF_CHANNEL = 100,
	ANSWER_TIME = 10000, /* and in which the helper has to answer: an answer may be lost */
};

bool export_is_wanted(const struct loop *loop)
{
	return IS_ENABLED(CONFIG_EXPORT) && loop->app.config->export_folder.size > 0;
}

static void note_failure(struct loop *loop, int64_t pause)
{
	struct export *export = &loop->export;
	const int64_t again_at = loop->now.monotonic + pause;

	export->is_busy = false;
	export->serial = 0;
	export->has_failed[export->user] = true;
	if (export->again_at == 0 || again_at < export->again_at)
		export->again_at = again_at;
}

static bool send_key(struct loop *loop, const struct table_key *key)
{
	const struct export *export = &loop->export;
	const struct pgp_keyring *keyring = &loop->app.config->users[key->user].keyring;
	const struct message message = {
		.kind = MESSAGE_KEY,
		.number = (uint32_t) export->user,
		.serial = export->serial,
	};
	const int64_t now = now_find(&loop->app, loop->now.wall);
	struct question *question = loop->memory->parts[MEMORY_QUESTION];
	const size_t comment = key->comment.size > 0 ? key->comment.size + 1 : 0;

	*question = (struct question){ .user = (uint32_t)key->user };
	question_put_key(question, span_first(key->line, key->line.size - comment), &key->fingerprint);
	for (size_t i = 0; i < key->signer_count; i++)
		question_put_signer(question, span_of(key->signers[i].fingerprint, key->signers[i].size),
		                    audit_find_user_id(keyring, &key->signers[i], now));
	return message_send_question(loop->helper, &message, question);
}

static bool send_end(struct loop *loop)
{
	const struct message message = {
		.kind = MESSAGE_KEYS_END,
		.number = (uint32_t)loop->export.user,
		.serial = loop->export.serial,
	};

	loop->export.is_at_end = true;
	return message_send(loop->helper, &message);
}

static void note_sent(struct loop *loop, bool works)
{
	loop->export.is_busy = works;
	loop->export.busy_until = loop->now.monotonic + ANSWER_TIME;
	if (!works)
		note_failure(loop, PAUSE_OF_CHANNEL);
}

static void tell_end(struct loop *loop)
{
	note_sent(loop, send_end(loop));
}

/* The next key of the user, or the end of them. */
static void go_on(struct loop *loop)
{
	const int64_t now = now_find(&loop->app, loop->now.wall);
	struct table_key key;
	bool found;

	do
		found = table_walk_next(loop->app.table, &loop->export.walk, &key);
	while (found && table_key_has_ended(loop->app.table, &key, now));
	if (found)
		note_sent(loop, send_key(loop, &key));
	else
		tell_end(loop);
}

static void retry(struct loop *loop)
{
	struct export *export = &loop->export;

	if (export->again_at == 0 || loop->now.monotonic < export->again_at)
		return;
	export->again_at = 0;
	for (size_t user = 0; user < CONFIG_USERS; user++) {
		if (export->has_failed[user])
			table_note_change(loop->app.table, user);
		export->has_failed[user] = false;
	}
}

int64_t export_next_turn(const struct loop *loop)
{
	const struct export *export = &loop->export;

	if (export->is_busy && (export->again_at == 0 || export->busy_until < export->again_at))
		return export->busy_until;
	return export->again_at == 0 ? INT64_MAX : export->again_at;
}

void export_turn(struct loop *loop)
{
	struct export *export = &loop->export;
	size_t user;

	if (!export_is_wanted(loop) || loop->is_stopping)
		return;
	if (export->is_busy && loop->now.monotonic >= export->busy_until) {
		if (!export->is_late)
			log_line(LOG_LEVEL_ERROR,
			         SPAN("export: nobody answers for the files of keys; until somebody does, they "
			              "let in whose keys are in there"));
		export->is_late = true;
		note_failure(loop, PAUSE_OF_FILE);
	}
	retry(loop);
	while (!export->is_busy && table_take_changed(loop->app.table, &user)) {
		if (user >= loop->app.config->user_count)
			continue;
		if (++export->count == 0)
			++export->count;
		export->serial = export->count;
		export->user = user;
		export->walk = table_walk_user(user);
		export->is_at_end = false;
		go_on(loop);
	}
}

/* None of the files is there any more. */
static void start_over_later(struct loop *loop)
{
	struct export *export = &loop->export;

	note_failure(loop, PAUSE_OF_FILE);
	for (size_t user = 0; user < CONFIG_USERS; user++)
		export->has_failed[user] = true;
}

void export_note_next(struct loop *loop, const struct message *message)
{
	struct export *export = &loop->export;

	if (!export_is_wanted(loop))
		return;
	export->is_late = false;
	if (message->code == KEY_FILES_GONE)
		start_over_later(loop);
	if (!export->is_busy || message->serial != export->serial)
		return;
	if (message->code == KEY_FILES_FULL)
		tell_end(loop);
	else if (message->code != KEY_FILES_DONE)
		note_failure(loop, PAUSE_OF_FILE);
	else if (export->is_at_end)
		export->is_busy = false;
	else
		go_on(loop);
}

void export_start_over(struct loop *loop)
{
	loop->export.is_busy = false;
}
