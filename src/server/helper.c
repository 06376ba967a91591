#include "server/helper.h"

#include "host/clock.h"
#include "host/log.h"
#include "host/net.h"
#include "host/pages.h"
#include "host/poll.h"
#include "host/process.h"
#include "host/signal.h"
#include "host/tell.h"
#include "server/aside.h"
#include "server/certificate.h"
#include "server/keeper_process.h"
#include "server/keyrings.h"
#include "server/loop.h"
#include "server/message.h"

enum {
	NUMBER_SIGNALS,
	NUMBER_CHANNEL,
	NUMBER_LOG,
	NUMBER_KEEPER,
	NUMBER_RUNNER, /* any of its lines */
	NUMBER_COUNT = NUMBER_RUNNER + CONFIG_CHECKS_AT_ONCE
};

enum {
	END_TIME = LOOP_END_TIME + 3000, /* milliseconds that the server has to end, told so */
	MESSAGES_MAX = 32,               /* of one turn: nobody keeps us from our signals by saying much, */
	LINES_MAX = 32,                  /* or by writing much to the log; */
	LINES_LEFT_MAX = 1024,           /* more than a socket holds when nobody writes to it any more */
	RETRY_TIME = 1000,               /* from one try to tell the server of lost files to the next one */
	SILENT_TIME = 1000,              /* and to be gone, once it does not listen to us any more */
};

static struct question question; /* the one that has just come */

static void end_by(struct helper *helper, int64_t milliseconds)
{
	int64_t time = clock_monotonic() + milliseconds;

	helper->is_ending = true;
	if (helper->end_by == 0 || time < helper->end_by)
		helper->end_by = time;
}

static const struct config *config_in_force(const struct helper *helper)
{
	return helper->memory->settings[helper->in_force]; /* the arena begins with it */
}

/* The files go first: see listeners_forget(). */
static void forget_files(struct helper *helper)
{
	const struct config *config = config_in_force(helper);

	if (helper->has_forgotten)
		return;
	helper->has_forgotten = true;
	listeners_forget(helper->listeners);
	if (IS_ENABLED(CONFIG_EXPORT) && config->export_folder.size > 0)
		keeper_stop(helper->keeper, config, false);
}

static void tell(struct helper *helper, enum message_kind kind, uint32_t number, struct span text)
{
	const struct message message = message_of(kind, number, text);

	if (message_send(helper->channel, &message) || helper->has_ended)
		return;
	log_line(LOG_LEVEL_ERROR, SPAN("the server process does not listen to its helper; ending it"));
	end_by(helper, 0);
}

/* ---- a new configuration ---- */

static void refuse(struct helper *helper, struct span error)
{
	uint8_t room[SETTINGS_ERROR_MAX + 64];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_string(&line, "the old configuration stays: ");
	writer_put(&line, error);
	log_line(LOG_LEVEL_ERROR, writer_written(&line));
	tell(helper, MESSAGE_CONFIG_REFUSED, 0, error);
}

/* Reads it into the arena that is not in force. */
static void reload(struct helper *helper)
{
	const unsigned number = 1 - helper->in_force;
	struct arena arena = memory_settings(helper->memory, number);
	uint8_t room[SETTINGS_ERROR_MAX];
	struct writer error = writer_of(room, sizeof(room));
	const struct config *config;

	if (helper->is_ending)
		return;
	if (helper->is_told) {
		helper->again = true;
		return;
	}
	config = settings_read(helper->source, &arena, &error);
	if (!config) {
		pages_empty(helper->memory->settings[number], arena.size);
		refuse(helper, writer_written(&error));
		return;
	}
	settings_start_log(helper->source, config);
	keyrings_log_warnings(config, clock_wall());
	if (IS_ENABLED(CONFIG_TLS))
		certificate_log(config, clock_wall());
	helper->is_told = true;
	tell(helper, MESSAGE_CONFIG, number, (struct span){ 0 });
}

/* ---- files of keys ---- */

static bool start_keeper(struct helper *helper, bool goes_on)
{
	struct keeper *keeper = helper->keeper;
	const bool had_one = keeper->process != 0;

	if (!keeper_start(keeper, config_in_force(helper), goes_on))
		return false;
	return had_one || poll_add(helper->poll, keeper->line, POLL_READ, NUMBER_KEEPER);
}

/* Another configuration is in force: the files go, unless it has the same folder; then each is written anew. */
static void renew_keeper(struct helper *helper, unsigned old)
{
	const struct config *before = helper->memory->settings[old], *config = config_in_force(helper);
	const bool is_wanted = config->export_folder.size > 0;
	uint8_t room[ASIDE_TEXT_MAX];
	struct writer error = writer_of(room, sizeof(room));
	bool can_open, goes_on;

	if (helper->has_forgotten)
		return;
	can_open = is_wanted && keeper_try_folder(helper->keeper, config, &error) == ASIDE_TRUE;
	goes_on = can_open && span_equal(before->export_folder, config->export_folder);
	if (before->export_folder.size > 0)
		keeper_stop(helper->keeper, before, goes_on);
	helper->keeper->has_failed = is_wanted && !can_open;
	if (helper->keeper->has_failed)
		log_line(LOG_LEVEL_ERROR, writer_written(&error));
	else if (is_wanted)
		(void)start_keeper(helper, goes_on);
}

/* ---- a new configuration in force ---- */

static void note_taken(struct helper *helper, uint32_t number)
{
	const unsigned old = helper->in_force;

	if (!helper->is_told || number != 1 - old) {
		log_line(LOG_LEVEL_ERROR, SPAN("the server process took a configuration that there is not; ending it"));
		end_by(helper, 0);
		return;
	}
	helper->in_force = number;
	helper->is_told = false;
	if (IS_ENABLED(CONFIG_EXPORT))
		renew_keeper(helper, old);
	pages_empty(helper->memory->settings[old], memory_settings(helper->memory, old).size);
	if (helper->again) {
		helper->again = false;
		reload(helper);
	}
}

/* ---- what comes in ---- */

static void start_check(struct helper *helper, const struct message *ask, size_t question_size)
{
	const int ours[] = { helper->channel,     helper->log,
		             helper->signals,     helper->poll,
		             helper->keeper->log, helper->keeper->process > 0 ? helper->keeper->line : -1 };
	const struct config *config = config_in_force(helper);

	if (!IS_ENABLED(CONFIG_CHECKS) || !runner_start(&helper->runner, ask, &question, question_size, config, ours,
	                                                sizeof(ours) / sizeof(ours[0]))) {
		log_line(LOG_LEVEL_ERROR, SPAN("the server process asks what it cannot mean; ending it"));
		end_by(helper, 0);
		return;
	}
	for (size_t i = 0; i < CONFIG_CHECKS_AT_ONCE; i++)
		if (helper->runner.places[i].process != 0)
			(void)poll_add(helper->poll, helper->runner.places[i].line, POLL_READ, NUMBER_RUNNER);
}

static void answer_key(const struct helper *helper, uint32_t serial, uint32_t code)
{
	const struct message next = { .kind = MESSAGE_FILE_NEXT, .serial = serial, .code = code };

	(void)message_send(helper->channel, &next);
}

/* One word about it at a time: what the server has not read must leave room for what it has to know. */
static void tell_lost(struct helper *helper)
{
	const struct message message = { .kind = MESSAGE_LOG_LOST, .number = helper->lost_lines };

	if (helper->lost_lines == 0 || helper->is_counting || !message_send(helper->channel, &message))
		return;
	helper->is_counting = true;
	helper->lost_lines = 0;
}

/* Whatever it has told of, it has to tell anew. */
static void tell_gone(struct helper *helper)
{
	const struct message gone = { .kind = MESSAGE_FILE_NEXT, .code = KEY_FILES_GONE };

	if (helper->has_lost_files && message_send(helper->channel, &gone))
		helper->has_lost_files = false;
}

static void take_key(struct helper *helper, const struct message *message, size_t question_size)
{
	const struct config *config = config_in_force(helper);

	if (!IS_ENABLED(CONFIG_EXPORT) || config->export_folder.size == 0 ||
	    !key_files_are_of(config, message, &question, question_size)) {
		log_line(LOG_LEVEL_ERROR, SPAN("the server process has keys for a file that there is not; ending it"));
		end_by(helper, 0);
		return;
	}
	if (helper->has_forgotten || !start_keeper(helper, false) || !keeper_tell(helper->keeper, message, &question))
		answer_key(helper, message->serial, KEY_FILES_FAILED);
}

/* The keeper's answers are handed on, as they are. */
static void take_answers(struct helper *helper)
{
	struct message message;
	enum channel_taken taken = CHANNEL_MESSAGE;

	for (unsigned i = 0; i < MESSAGES_MAX && taken == CHANNEL_MESSAGE; i++) {
		taken = keeper_take(helper->keeper, &message);
		if (taken == CHANNEL_MESSAGE && message.serial != 0)
			answer_key(helper, message.serial, message.code);
	}
	if (taken == CHANNEL_ENDED)
		poll_remove(helper->poll, helper->keeper->line);
}

static void take_message(struct helper *helper, const struct message *message, size_t question_size)
{
	switch ((enum message_kind)message->kind) {
	case MESSAGE_TAKEN:
		note_taken(helper, message->number);
		break;
	case MESSAGE_ENDING:
		forget_files(helper);
		break;
	case MESSAGE_ASK:
		start_check(helper, message, question_size);
		break;
	case MESSAGE_LOG_LOST:
		helper->is_counting = false;
		tell_lost(helper);
		break;
	case MESSAGE_CANCEL:
		runner_cancel(&helper->runner, message);
		break;
	case MESSAGE_KEY:
	case MESSAGE_KEYS_END:
		take_key(helper, message, question_size);
		break;
	default:
		log_line(LOG_LEVEL_ERROR, SPAN("the server process says what only its helper says; ending it"));
		end_by(helper, 0);
	}
}

static void take_messages(struct helper *helper)
{
	struct message message;
	enum channel_taken taken = CHANNEL_NOTHING;
	size_t question_size;

	for (unsigned i = 0; i < MESSAGES_MAX; i++) {
		taken = message_take_any(helper->channel, &message, &question, &question_size);
		if (taken != CHANNEL_MESSAGE)
			break;
		take_message(helper, &message, question_size);
	}
	if (taken != CHANNEL_ENDED)
		return;
	poll_remove(helper->poll, helper->channel);
	end_by(helper, SILENT_TIME);
}

/* Syslog is out of the server's reach, and may come later or be started anew. A line that it does not take is the
 * server's to count. */
static void take_log(struct helper *helper, unsigned lines_max)
{
	uint8_t room[LOG_DATAGRAM_MAX];
	enum channel_taken taken = CHANNEL_MESSAGE;
	size_t size;

	for (unsigned i = 0; i < lines_max && taken == CHANNEL_MESSAGE; i++) {
		taken = channel_take(helper->log, room, sizeof(room), &size);
		if (taken == CHANNEL_MESSAGE && size <= sizeof(room) && !log_relay(span_of(room, size)))
			helper->lost_lines++;
	}
	tell_lost(helper);
	if (taken == CHANNEL_ENDED)
		poll_remove(helper->poll, helper->log);
}

/* What the server's end means for us. */
static void note_end(struct helper *helper, const struct process_end *end)
{
	uint8_t room[128];
	struct writer line = writer_of(room, sizeof(room));

	helper->has_ended = true;
	helper->exit_code = end->was_killed ? TELL_FAILED : end->code;
	if (!end->was_killed)
		return; /* it has said why */
	writer_put_string(&line, "the server process was ended by ");
	process_write_end(&line, end);
	writer_put_string(&line, "; ending");
	log_line(LOG_LEVEL_ERROR, writer_written(&line));
}

/* Another one removes what it has left behind, at once or, if that is too soon, when the next key comes. Who may not
 * serve without its walls, ends. */
static void note_keeper_end(struct helper *helper, const struct process_end *end)
{
	helper->has_lost_files = true;
	tell_gone(helper);
	if (!end->was_killed && end->code == KEEPER_NOT_CONFINED)
		end_by(helper, 0);
	else if (!helper->has_forgotten && config_in_force(helper)->export_folder.size > 0)
		(void)start_keeper(helper, false);
}

static void take_children(struct helper *helper)
{
	struct process_end end;

	while (process_take_end(&end))
		if (end.process == helper->server)
			note_end(helper, &end);
		else if (!runner_note_end(&helper->runner, end.process) && IS_ENABLED(CONFIG_EXPORT) &&
		         keeper_note_end(helper->keeper, &end))
			note_keeper_end(helper, &end);
}

static void end(struct helper *helper)
{
	forget_files(helper);
	end_by(helper, END_TIME);
	tell(helper, MESSAGE_END, 0, (struct span){ 0 });
}

static void take_signals(struct helper *helper)
{
	enum signal_kind kind;

	while ((kind = signal_take(helper->signals)) != SIGNAL_NONE) {
		if (kind == SIGNAL_CHILD)
			take_children(helper);
		else if (kind == SIGNAL_RELOAD)
			reload(helper);
		else
			end(helper);
	}
}

/* ---- the loop ---- */

/* In milliseconds; negative: for ever. */
static int64_t time_to_wait(const struct helper *helper)
{
	int64_t until = helper->end_by == 0 ? INT64_MAX : helper->end_by, wait;

	if (IS_ENABLED(CONFIG_EXPORT) && keeper_next_watch(helper->keeper) < until)
		until = keeper_next_watch(helper->keeper);
	if (IS_ENABLED(CONFIG_EXPORT) && helper->has_lost_files && clock_monotonic() + RETRY_TIME < until)
		until = clock_monotonic() + RETRY_TIME;
	if (until == INT64_MAX)
		return -1;
	wait = until - clock_monotonic();
	return wait < 0 ? 0 : wait;
}

static void take_turn(struct helper *helper)
{
	uint32_t ready[NUMBER_COUNT];
	size_t count = poll_wait(helper->poll, ready, NUMBER_COUNT, time_to_wait(helper));

	for (size_t i = 0; i < count; i++) {
		if (ready[i] == NUMBER_SIGNALS)
			take_signals(helper);
		else if (ready[i] == NUMBER_RUNNER)
			runner_take_results(&helper->runner);
		else if (ready[i] == NUMBER_LOG)
			take_log(helper, LINES_MAX);
		else if (IS_ENABLED(CONFIG_EXPORT) && ready[i] == NUMBER_KEEPER)
			take_answers(helper);
		else
			take_messages(helper);
	}
	if (IS_ENABLED(CONFIG_EXPORT)) {
		keeper_watch(helper->keeper);
		tell_gone(helper);
	}
	if (!helper->has_ended && helper->end_by != 0 && clock_monotonic() >= helper->end_by) {
		log_line(LOG_LEVEL_ERROR, SPAN("the server process does not end; killing it"));
		process_kill(helper->server);
		helper->end_by = 0;
	}
}

static void ready_keeper(struct helper *helper)
{
	struct keeper *keeper = helper->keeper;

	helper->ours[0] = helper->channel;
	helper->ours[1] = helper->log;
	helper->ours[2] = helper->signals;
	helper->ours[3] = helper->poll;
	keeper->memory = helper->memory;
	keeper->runner = &helper->runner;
	keeper->ours = helper->ours;
	keeper->our_count = sizeof(helper->ours) / sizeof(helper->ours[0]);
	if (config_in_force(helper)->export_folder.size > 0)
		(void)start_keeper(helper, false);
}

int helper_run(struct helper *helper)
{
	bool works;

	helper->poll = poll_open();
	helper->runner = runner_of(helper->channel);
	works = helper->poll >= 0 && poll_add(helper->poll, helper->signals, POLL_READ, NUMBER_SIGNALS) &&
	        poll_add(helper->poll, helper->channel, POLL_READ, NUMBER_CHANNEL) &&
	        poll_add(helper->poll, helper->log, POLL_READ, NUMBER_LOG);
	if (!works)
		process_kill(helper->server);
	if (works && IS_ENABLED(CONFIG_EXPORT))
		ready_keeper(helper);
	take_children(helper);
	pages_leave_program();
	while (works && !helper->has_ended)
		take_turn(helper);
	forget_files(helper);
	take_log(helper, LINES_LEFT_MAX);
	return works ? helper->exit_code : tell_failure(SPAN("the system refuses to watch the server process"));
}
