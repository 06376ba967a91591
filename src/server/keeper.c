#include "server/keeper.h"

#include "host/clock.h"
#include "host/confine.h"
#include "host/folder.h"
#include "host/log.h"
#include "host/net.h"

enum {
	STOP_TIME = 1000, /* milliseconds that it has to remove its files */
	NOT_CONFINED = 1, /* exit code */
};

/* ---- in the keeper ---- */

static void confine(const struct key_files *files)
{
	const char *why_not = confine_to_folder(files->folder);
	uint8_t room[256];
	struct writer line = writer_of(room, sizeof(room));
	bool is_required = files->config->require_confinement;

	if (!why_not)
		return;
	writer_put_string(&line, "the process that keeps the files of keys is not confined to them: ");
	writer_put_string(&line, why_not);
	writer_put_string(&line, is_required ? "; require_confinement asks for that" : "");
	log_line(is_required ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, writer_written(&line));
	if (is_required)
		process_exit(NOT_CONFINED);
}

/* Until the helper has closed its end, or is gone. */
static bool take_message(struct key_files *files, int line, bool *keeps_files)
{
	static struct question question;
	struct message message, next = { .kind = MESSAGE_FILE_NEXT };
	size_t question_size;
	enum channel_taken taken = message_take_any(line, &message, &question, &question_size);

	if (taken != CHANNEL_MESSAGE)
		return taken == CHANNEL_NOTHING;
	*keeps_files = message.kind == MESSAGE_CONFIG;
	if (*keeps_files || !key_files_are_of(files->config, &message, &question, question_size))
		return true;
	next.serial = message.serial;
	next.code = key_files_take(files, &message, &question);
	(void)message_send(line, &next);
	return next.code != KEY_FILES_GONE;
}

_Noreturn static void keep(struct key_files *files, int line)
{
	bool keeps_files = false;

	do
		(void)net_wait(line, false, INT64_MAX);
	while (take_message(files, line, &keeps_files));
	if (keeps_files)
		key_files_leave(files);
	else
		key_files_end(files);
	process_exit(0);
}

/* ---- in the helper ---- */

bool keeper_open(struct keeper *keeper, const struct config *config, bool goes_on, struct writer *error)
{
	return config->export_folder.size == 0 || key_files_start(&keeper->files, config, goes_on, error);
}

bool keeper_can_open(const struct config *config)
{
	uint8_t room[FILE_PATH_MAX + 256];
	struct writer error = writer_of(room, sizeof(room));
	int folder = config->export_folder.size > 0 ? folder_open(config->export_folder, &error) : -1;

	if (folder >= 0)
		net_close(folder);
	return folder >= 0;
}

void keeper_leave(struct keeper *keeper)
{
	if (keeper->files.config)
		key_files_leave(&keeper->files);
}

static bool find_folder(struct keeper *keeper, const struct config *config)
{
	uint8_t room[FILE_PATH_MAX + 256];
	struct writer error = writer_of(room, sizeof(room));
	bool works = (keeper->files.config == config && keeper->files.folder >= 0) ||
	             keeper_open(keeper, config, false, &error);

	if (!works && !keeper->has_failed)
		log_line(LOG_LEVEL_ERROR, writer_written(&error));
	keeper->has_failed = !works;
	return works;
}

static void forget(struct keeper *keeper)
{
	net_close(keeper->line);
	keeper->process = 0;
}

bool keeper_start(struct keeper *keeper, const struct memory *memory, const struct config *config,
                  const struct runner *runner, const int *ours, size_t our_count)
{
	struct memory own = *memory;
	const char *why_not;
	int ends[2];

	if (keeper->process != 0)
		return true;
	if (!find_folder(keeper, config) || !channel_open(ends))
		return false;
	keeper->process = process_fork(&why_not);
	if (keeper->process == 0) {
		runner_leave(runner, ours, our_count);
		net_close(ends[0]);
		if (!memory_protect_settings(&own))
			process_exit(NOT_CONFINED);
		confine(&keeper->files);
		keep(&keeper->files, ends[1]);
	}
	net_close(ends[1]);
	key_files_leave(&keeper->files);
	keeper->line = ends[0];
	if (keeper->process > 0)
		return true;
	forget(keeper);
	return false;
}

bool keeper_tell(const struct keeper *keeper, const struct message *message, const struct question *question)
{
	if (message->kind == MESSAGE_KEY)
		return message_send_question(keeper->line, message, question);
	return message_send(keeper->line, message);
}

/* What it should have removed, and has not. */
static void clear(struct keeper *keeper)
{
	const struct config *config = keeper->files.config;
	uint8_t room[FILE_PATH_MAX + 256];
	struct writer error = writer_of(room, sizeof(room));

	if (!key_files_start(&keeper->files, config, false, &error))
		log_line(LOG_LEVEL_ERROR, writer_written(&error));
	key_files_leave(&keeper->files);
}

/* Its own end of the line is closed last of all. */
void keeper_stop(struct keeper *keeper, bool keeps_files)
{
	static const struct message stay = { .kind = MESSAGE_CONFIG };
	const int64_t until = clock_monotonic() + STOP_TIME;
	struct message answer;
	enum channel_taken taken = CHANNEL_NOTHING;

	if (keeper->process == 0)
		return;
	if (keeps_files)
		(void)message_send(keeper->line, &stay);
	net_end_writing(keeper->line);
	while (taken != CHANNEL_ENDED && net_wait(keeper->line, false, until))
		taken = message_take(keeper->line, &answer);
	if (taken != CHANNEL_ENDED) {
		log_line(LOG_LEVEL_ERROR, SPAN("the process that keeps the files of keys does not end; killing it"));
		process_kill(keeper->process);
		(void)net_wait(keeper->line, false, until + STOP_TIME); /* what it was at may come to its end before */
	}
	if (!keeps_files || taken != CHANNEL_ENDED)
		clear(keeper); /* it may do what a process without capabilities may not */
	forget(keeper);
}

bool keeper_note_end(struct keeper *keeper, const struct process_end *end)
{
	uint8_t room[128];
	struct writer line = writer_of(room, sizeof(room));

	if (keeper->process == 0 || end->process != keeper->process)
		return false;
	forget(keeper);
	clear(keeper);
	if (end->was_killed || end->code != 0) {
		writer_put_string(&line, "the process that keeps the files of keys was ended by ");
		process_write_end(&line, end);
		log_line(LOG_LEVEL_ERROR, writer_written(&line));
	}
	return true;
}
