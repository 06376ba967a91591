#include "server/keeper_process.h"

#include "host/clock.h"
#include "host/log.h"
#include "host/net.h"
#include "host/process.h"
#include "server/aside.h"
#include "server/confinement.h"
#include "server/key_files.h"

/* Tells that it has begun; and asks at its end whether the helper is there. */
static const struct message no_answer = { .kind = MESSAGE_FILE_NEXT };

static void confine(const struct key_files *files, int log)
{
	uint8_t room[CONFINEMENT_LINE_MAX];
	struct writer line = writer_of(room, sizeof(room));
	bool works = confinement_enter_folder(files->config, files->folder, &line);

	log_confine(log);
	log_line(works ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, writer_written(&line));
	if (!works)
		process_exit(KEEPER_NOT_CONFINED);
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

/* What the helper does again, if it is there, with more rights. */
static void end_files(struct key_files *files, int line)
{
	const int64_t until = clock_monotonic() + KEY_FILES_CLEAR_TIME;

	while (!key_files_clear(files) && !message_send(line, &no_answer) && clock_monotonic() < until)
		(void)net_wait(-1, false, clock_monotonic() + KEY_FILES_RETRY_TIME);
}

/* That the files may stay is only true if the helper is there to have another one keep them. */
_Noreturn static void keep(struct key_files *files, int line)
{
	int64_t try_at = clock_monotonic() + KEY_FILES_RETRY_TIME;
	bool keeps_files = false;

	do {
		(void)net_wait(line, false, files->has_left ? try_at : INT64_MAX);
		if (files->has_left && clock_monotonic() >= try_at) {
			key_files_try_again(files);
			try_at = clock_monotonic() + KEY_FILES_RETRY_TIME;
		}
	} while (take_message(files, line, &keeps_files));
	if (!keeps_files || !message_send(line, &no_answer))
		end_files(files, line);
	process_exit(0);
}

void keeper_process_run(const struct keeper_process *own)
{
	static struct key_files files;
	uint8_t room[ASIDE_TEXT_MAX];
	struct writer error = writer_of(room, sizeof(room));

	if (!memory_protect_settings(own->memory))
		process_exit(KEEPER_NOT_CONFINED);
	if (!key_files_start(&files, own->config, own->goes_on, &error)) {
		if (!own->has_failed)
			log_line(LOG_LEVEL_ERROR, writer_written(&error));
		process_exit(KEEPER_NO_FOLDER);
	}
	confine(&files, own->log);
	(void)message_send(own->line, &no_answer);
	keep(&files, own->line);
}
