#include "server/checks.h"

#include "core/audit.h"
#include "host/child.h"
#include "server/loop.h"
#include "server/pump.h"

#include <string.h>

static bool is_serving(const struct checks_place *place)
{
	return place->subject.action == CHECK_SERVE;
}

/* May the last place be taken for that? */
static bool may_take_last(const struct checks *checks, const struct slot *slot, enum config_check_action action)
{
	bool may = slot->is_local && slot->uid >= 0 && action == CHECK_SERVE;

	for (size_t i = 0; i < CONFIG_CHECKS_AT_ONCE && slot->uid != 0; i++) {
		const struct checks_place *place = &checks->places[i];

		may = may && (place->serial == 0 || !place->is_local || place->uid != slot->uid);
	}
	return may;
}

/* A free place that may be taken for that; NULL if there is none. */
static struct checks_place *find_place(struct checks *checks, const struct slot *slot, enum config_check_action action)
{
	struct checks_place *free = NULL;
	size_t taken = 0, serving = 0;

	for (size_t i = 0; i < CONFIG_CHECKS_AT_ONCE; i++) {
		struct checks_place *place = &checks->places[i];

		if (place->serial == 0)
			free = place;
		taken += place->serial != 0;
		serving += place->serial != 0 && !place->is_local && is_serving(place);
	}
	if (!slot->is_local && action == CHECK_SERVE && serving >= CHECKS_SERVING_MAX)
		return NULL;
	if (taken + CHECKS_KEPT >= CONFIG_CHECKS_AT_ONCE && !may_take_last(checks, slot, action))
		return NULL;
	return free;
}

static bool send(struct loop *loop, struct slot *slot)
{
	struct checks *checks = &loop->checks;
	const enum config_check_action action = (enum config_check_action)loop->app.asked.action;
	struct checks_place *place = find_place(checks, slot, action);
	struct message message = { .kind = MESSAGE_ASK };

	if (!place || checks->is_closed)
		return false;
	if (++checks->serial == 0)
		checks->serial = 1;
	message.number = (uint32_t)(place - checks->places);
	message.serial = checks->serial;
	message.code = may_take_last(checks, slot, action);
	if (!message_send_question(loop->helper, &message, loop->app.question))
		return false;
	*place = (struct checks_place){
		.serial = checks->serial,
		.slot = slot,
		.is_local = slot->is_local,
		.uid = slot->uid,
		.since = loop->now.monotonic,
		.subject = loop->app.asked,
	};
	slot->ticket = message.number + 1;
	return true;
}

void checks_ask(struct loop *loop, struct slot *slot)
{
	static const struct api_verdict busy = { .status = STATUS_CHECK_BUSY };

	if (IS_ENABLED(CONFIG_CHECKS) && slot->conn.state == CONN_CHECK && slot->ticket == 0 && !send(loop, slot))
		conn_resume(&slot->conn, &loop->app, loop->app.asked.check, &busy, loop->now);
}

/* ---- answers ---- */

enum { DETAIL_MAX = CHECK_NAME_SIZE_MAX + MESSAGE_TEXT_MAX + 2 };

static enum status status_of(const struct message *message)
{
	static const enum status statuses[CHILD_OUTCOME_COUNT] = {
		[CHILD_EXITED] = STATUS_CHECK_REFUSED,   [CHILD_OUTRAN] = STATUS_CHECK_OUTRAN,
		[CHILD_KILLED] = STATUS_CHECK_FAILED,    [CHILD_NOT_STARTED] = STATUS_CHECK_FAILED,
		[CHILD_CANCELLED] = STATUS_CHECK_FAILED,
	};

	if (message->outcome == CHILD_EXITED && message->code == 0)
		return STATUS_OK;
	if (message->outcome == MESSAGE_OUTCOME_BUSY)
		return STATUS_CHECK_BUSY;
	return message->outcome < CHILD_OUTCOME_COUNT ? statuses[message->outcome] : STATUS_CHECK_FAILED;
}

/* What went wrong, in front of what the program has said. */
static void write_message(struct writer *writer, const struct message *message)
{
	static const char *const words[CHILD_OUTCOME_COUNT] = {
		[CHILD_EXITED] = "",
		[CHILD_OUTRAN] = "it has not answered in its time",
		[CHILD_KILLED] = "it was killed",
		[CHILD_CANCELLED] = "nobody waited for its answer any more",
		[CHILD_NOT_STARTED] = "it cannot be run",
	};
	bool is_busy = message->outcome == MESSAGE_OUTCOME_BUSY;

	if (message->outcome < CHILD_OUTCOME_COUNT)
		writer_put_string(writer, words[message->outcome]);
	writer_put_string(writer, is_busy ? "too many are running" : "");
	if (message->outcome == CHILD_KILLED && message->code != 0) {
		writer_put_string(writer, " by signal ");
		writer_put_number(writer, message->code);
	}
	writer_put_string(writer, writer->used > 0 && message->text_size > 0 ? ": " : "");
	writer_put(writer, message_text(message));
}

static const char *action_name(uint32_t action)
{
	return action == CHECK_SERVE ? "serve" : action == CHECK_REMOVE ? "remove" : "add";
}

static void note(struct loop *loop, const struct checks_place *place, const struct message *message)
{
	const struct config *config = loop->app.config;
	const struct check_subject *subject = &place->subject;
	const struct conn_peer *peer = &place->slot->conn.peer;
	struct ssh_fingerprint fingerprint = { 0 };
	uint8_t room[MESSAGE_TEXT_MAX + 128];
	struct writer words = writer_of(room, sizeof(room));
	struct audit_check check = {
		.name = config->checks[subject->check].name,
		.user = config->users[subject->user].name,
		.fingerprint = subject->has_key ? &fingerprint : NULL,
		.action = action_name(subject->action),
		.allowed = status_of(message) == STATUS_OK,
		.milliseconds = message->milliseconds,
		.remote = span_of(peer->remote, peer->remote_size),
	};

	memcpy(fingerprint.sha256, subject->sha256, sizeof(fingerprint.sha256));
	write_message(&words, message);
	check.message = writer_written(&words);
	audit_note_check(&loop->app, &check, loop->now.wall);
	pump_flush_journal(loop);
}

static void resume(struct loop *loop, struct slot *slot, unsigned check, enum status status, struct span text)
{
	uint8_t room[DETAIL_MAX];
	struct writer detail = writer_of(room, sizeof(room));
	struct api_verdict verdict = { .status = status };

	writer_put(&detail, loop->app.config->checks[check].name);
	writer_put_string(&detail, text.size > 0 ? ": " : "");
	writer_put(&detail, text);
	verdict.detail = writer_written(&detail);
	slot->ticket = 0;
	conn_resume(&slot->conn, &loop->app, check, &verdict, loop->now);
	pump_flush_journal(loop);
	checks_ask(loop, slot);
	pump_turn(loop, slot);
}

void checks_answer(struct loop *loop, const struct message *message)
{
	struct checks_place *place, answered;
	enum status status = status_of(message);

	if (!IS_ENABLED(CONFIG_CHECKS) || message->number >= CONFIG_CHECKS_AT_ONCE)
		return;
	place = &loop->checks.places[message->number];
	if (place->serial == 0 || place->serial != message->serial)
		return;
	answered = *place;
	place->serial = 0;
	if (!answered.slot)
		return;
	note(loop, &answered, message);
	if (status_http_code(status) != 503)
		check_remember(&loop->app, &answered.subject, status == STATUS_OK, loop->now.wall);
	resume(loop, answered.slot, answered.subject.check, status, message_text(message));
}

/* ---- who does not wait any more ---- */

static struct slot *cancel(struct loop *loop, struct checks_place *place)
{
	const struct message message = {
		.kind = MESSAGE_CANCEL,
		.number = (uint32_t)(place - loop->checks.places),
		.serial = place->serial,
		.outcome = CHILD_CANCELLED,
		.milliseconds = (uint32_t)(loop->now.monotonic - place->since),
	};
	struct slot *slot = place->slot;

	(void)message_send(loop->helper, &message);
	note(loop, place, &message);
	place->slot = NULL;
	slot->ticket = 0;
	return slot;
}

void checks_cancel(struct loop *loop, struct slot *slot)
{
	if (IS_ENABLED(CONFIG_CHECKS) && slot->ticket != 0)
		(void)cancel(loop, &loop->checks.places[slot->ticket - 1]);
}

void checks_drop(struct loop *loop, enum status status)
{
	loop->checks.is_closed = true;
	for (size_t i = 0; IS_ENABLED(CONFIG_CHECKS) && i < CONFIG_CHECKS_AT_ONCE; i++) {
		struct checks_place *place = &loop->checks.places[i];

		if (place->serial != 0 && place->slot)
			resume(loop, cancel(loop, place), place->subject.check, status, (struct span){ 0 });
	}
}
