#include "server/keeper.h"

#include "host/clock.h"
#include "host/folder.h"
#include "host/log.h"
#include "host/net.h"
#include "server/keeper_clearing.h"
#include "server/keeper_process.h"

#include <string.h>

enum {
	/* milliseconds */
	ANSWER_TIME = 5000,  /* that a message may take, or its start */
	RESTART_TIME = 2000, /* from one start to the next one, after two at once */
	STOP_TIME = 1000,    /* that it has to remove its files */
	ASIDE_TIME = 1000,   /* that the helper waits for what is done aside */
};

/* What is the helper's: a process that hangs must not hold it. */
static void leave(const struct keeper *keeper)
{
	if (keeper->runner)
		runner_leave(keeper->runner, keeper->ours, keeper->our_count);
	if (keeper->process > 0)
		net_close(keeper->line);
}

/* ---- beside the helper ---- */

struct look {
	const struct keeper *keeper;
	const struct config *config;
};

static bool look_at_folder(const void *context, struct writer *error)
{
	const struct look *look = context;

	leave(look->keeper);
	writer_put_string(error, "export: ");
	return folder_open(look->config->export_folder, error) >= 0;
}

enum aside_end keeper_try_folder(const struct keeper *keeper, const struct config *config, struct writer *error)
{
	const struct look look = { keeper, config };
	uint8_t room[ASIDE_TEXT_MAX];
	struct writer said = writer_of(room, sizeof(room));
	enum aside_end end = aside_do(look_at_folder, &look, ASIDE_TIME, &said);

	if (end == ASIDE_SILENT) {
		writer_put_string(error, "export: ");
		writer_put(error, config->export_folder);
		writer_put_string(error, ": it cannot be looked at: ");
	}
	if (end != ASIDE_TRUE)
		writer_put(error, writer_written(&said));
	return end;
}

static bool is_being_cleared(const struct keeper *keeper, const struct config *config)
{
	return keeper->clearing.process > 0 &&
	       span_equal(span_of(keeper->clearing.path, keeper->clearing.path_size), config->export_folder);
}

/* What it should have removed, and has not. The process holds its end of the line as long as it is at work; only one
 * that is so for long takes the place of another one, which may still be at work in its folder. */
static void clear(struct keeper *keeper, const struct config *config, int old)
{
	struct keeper_clearing clearing = { .path_size = config->export_folder.size };
	const char *why_not;
	int ends[2];
	bool has_ended;

	if (is_being_cleared(keeper, config))
		return;
	if (!channel_open(ends)) {
		log_line(LOG_LEVEL_ERROR, SPAN("the files of keys are not removed: the system refuses descriptors"));
		return;
	}
	memcpy(clearing.path, config->export_folder.data, clearing.path_size);
	clearing.process = process_fork(&why_not);
	if (clearing.process == 0) {
		leave(keeper);
		net_close(ends[0]);
		keeper_clearing_run(span_of(clearing.path, clearing.path_size), old);
	}
	net_close(ends[1]);
	has_ended = clearing.process > 0 && net_wait(ends[0], false, clock_monotonic() + ASIDE_TIME);
	net_close(ends[0]);
	if (!has_ended)
		log_line(LOG_LEVEL_ERROR,
		         clearing.process > 0
		                 ? SPAN("the files of keys are not removed yet, and let in whose keys are "
		                        "in there; it is tried for 10 minutes")
		                 : SPAN("the files of keys are not removed: the system refuses a process"));
	if (!has_ended && clearing.process > 0)
		keeper->clearing = clearing;
}

/* ---- in the helper ---- */

static void forget(struct keeper *keeper)
{
	net_close(keeper->line);
	keeper->line = -1;
	keeper->process = 0;
}

static void wait_for_answers(struct keeper *keeper, unsigned count)
{
	keeper->waiting = count;
	keeper->answer_by = clock_monotonic() + ANSWER_TIME;
}

bool keeper_start(struct keeper *keeper, const struct config *config, bool goes_on)
{
	const int64_t now = clock_monotonic(), next_start = keeper->next_start + RESTART_TIME;
	const char *why_not;
	int ends[2];

	if (keeper->process != 0)
		return !keeper->is_killed;
	if (is_being_cleared(keeper, config))
		return false;
	if (now < keeper->next_start || !channel_open(ends))
		return false;
	keeper->next_start = next_start > now ? next_start : now;
	keeper->is_killed = false;
	wait_for_answers(keeper, 1);
	keeper->process = process_fork(&why_not);
	if (keeper->process == 0) {
		leave(keeper);
		net_close(ends[0]);
		keeper_process_run(&(struct keeper_process){
			.memory = keeper->memory,
			.config = config,
			.goes_on = goes_on,
			.has_failed = keeper->has_failed,
			.log = keeper->log,
			.line = ends[1],
		});
	}
	net_close(ends[1]);
	keeper->line = ends[0];
	if (keeper->process > 0)
		return true;
	forget(keeper);
	return false;
}

bool keeper_tell(struct keeper *keeper, const struct message *message, const struct question *question)
{
	bool works = message->kind == MESSAGE_KEY ? message_send_question(keeper->line, message, question)
	                                          : message_send(keeper->line, message);

	if (works && keeper->waiting == 0)
		wait_for_answers(keeper, 1);
	else if (works)
		keeper->waiting++;
	return works;
}

enum channel_taken keeper_take(struct keeper *keeper, struct message *answer)
{
	enum channel_taken taken = keeper->line < 0 ? CHANNEL_NOTHING : message_take(keeper->line, answer);

	if (taken == CHANNEL_MESSAGE && keeper->waiting > 0)
		wait_for_answers(keeper, keeper->waiting - 1);
	if (taken == CHANNEL_MESSAGE)
		keeper->has_failed = false;
	return taken;
}

int64_t keeper_next_watch(const struct keeper *keeper)
{
	return keeper->process == 0 || keeper->waiting == 0 || keeper->is_killed ? INT64_MAX : keeper->answer_by;
}

static void kill_it(struct keeper *keeper)
{
	process_kill(keeper->process);
	keeper->is_killed = true;
}

void keeper_watch(struct keeper *keeper)
{
	if (clock_monotonic() < keeper_next_watch(keeper))
		return;
	log_line(LOG_LEVEL_ERROR,
	         SPAN("the process that keeps the files of keys does not answer; killing it. Until it has ended, they "
	              "let in whose keys are in there"));
	kill_it(keeper);
}

/* Its own end of the line is closed last of all: when it can do nothing more. */
static bool has_left(struct keeper *keeper, int64_t until)
{
	struct message answer;
	enum channel_taken taken = CHANNEL_NOTHING;

	while (taken != CHANNEL_ENDED && net_wait(keeper->line, false, until))
		taken = message_take(keeper->line, &answer);
	return taken == CHANNEL_ENDED;
}

/* Returns whether it ended by itself; a process that waits for a disk does not even when it is killed. What has closed
 * its end and is not gone is no keeper any more. */
static bool end(struct keeper *keeper, bool keeps_files)
{
	static const struct message stay = { .kind = MESSAGE_CONFIG };
	bool has_ended;

	if (keeps_files)
		(void)message_send(keeper->line, &stay);
	net_end_writing(keeper->line);
	has_ended = !keeper->is_killed && has_left(keeper, clock_monotonic() + STOP_TIME);
	if (!has_ended && !keeper->is_killed)
		log_line(LOG_LEVEL_ERROR, SPAN("the process that keeps the files of keys does not end; killing it"));
	kill_it(keeper);
	if (has_ended || has_left(keeper, clock_monotonic() + STOP_TIME))
		forget(keeper);
	return has_ended;
}

/* Where the files stay, what has not ended yet is waited for, and the next one begins by removing them. Else nobody
 * works there any more. */
void keeper_stop(struct keeper *keeper, const struct config *config, bool keeps_files)
{
	const int old = keeper->process;
	bool has_ended = old != 0 && end(keeper, keeps_files);

	keeper->next_start = 0;
	if (keeper->process != 0)
		log_line(LOG_LEVEL_ERROR, SPAN("the process that keeps the files of keys does not end even when it is "
		                               "killed: it waits for its disk. Until then the files stay, and let in "
		                               "whose keys are in there"));
	if (!keeps_files || (keeper->process == 0 && !has_ended))
		clear(keeper, config, keeper->process);
	if (!keeps_files && keeper->process != 0)
		forget(keeper);
}

bool keeper_note_end(struct keeper *keeper, const struct process_end *end)
{
	uint8_t room[128];
	struct writer line = writer_of(room, sizeof(room));

	if (keeper->clearing.process > 0 && end->process == keeper->clearing.process) {
		keeper->clearing.process = 0;
		return true;
	}
	if (keeper->process == 0 || end->process != keeper->process)
		return false;
	forget(keeper);
	keeper->has_failed = !end->was_killed && end->code == KEEPER_NO_FOLDER;
	if (keeper->has_failed || (!end->was_killed && end->code == 0))
		return true;
	writer_put_string(&line, "the process that keeps the files of keys was ended by ");
	process_write_end(&line, end);
	log_line(LOG_LEVEL_ERROR, writer_written(&line));
	return true;
}
