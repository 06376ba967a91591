#include "server/key_files.h"

#include "core/key_line.h"
#include "host/folder.h"
#include "host/log.h"
#include "host/net.h"

#include <string.h>

static const char *const file_name = "authorized_keys";

enum { TEXT_MAX = FILE_PATH_MAX + 1024 };

static struct span path_of(const struct key_files *files)
{
	return span_of(files->path, files->path_size);
}

static void log_failure(const struct key_files *files, struct span user, const char *what, const char *why_not)
{
	uint8_t room[TEXT_MAX];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_string(&line, "export: ");
	writer_put(&line, path_of(files));
	writer_put_byte(&line, '/');
	writer_put(&line, user);
	writer_put_string(&line, what);
	writer_put_string(&line, why_not);
	log_line(LOG_LEVEL_ERROR, writer_written(&line));
}

/* ---- files that go ---- */

/* Did inki write it? There may be others of that name, if somebody has named a folder that is not for this. False with
 * the words in *why_not, else NULL, if nobody knows. */
static bool is_ours(int folder, const char **why_not)
{
	uint8_t room[KEY_LINE_MAX + 1];
	struct span text, line;

	if (!folder_read_file(folder, file_name, room, sizeof(room), &text, why_not))
		return false;
	return text.size == 0 || (span_take_line(&text, &line) && key_line_is_ours(line));
}

/* Empties the folder of a user, who need not be in the configuration any more, whatever somebody has made of it since.
 * What was begun beside a file that stays may be another's, too. */
static bool clear_user(const struct key_files *files, struct span user, const char **why_not)
{
	int folder = folder_enter(files->folder, user, false, why_not);
	bool works;

	if (folder < 0)
		return !*why_not;
	works = is_ours(folder, why_not) ? folder_remove_file(folder, file_name, why_not) : !*why_not;
	if (!folder_has_file(folder, file_name))
		folder_remove_begun(folder, file_name);
	net_close(folder);
	folder_remove_empty(files->folder, user);
	return works;
}

static const char cannot_be_removed[] =
	"/authorized_keys cannot be removed, and still lets in whose keys are in there: ";

/* What cannot be removed is told once. */
static void clear(void *context, struct span user)
{
	struct key_files *files = context;
	const char *why_not;

	if (clear_user(files, user, &why_not))
		return;
	files->has_left = true;
	if (!files->is_trying_again)
		log_failure(files, user, cannot_be_removed, why_not);
}

static void drop_work(struct key_files *files)
{
	struct key_files_work *work = &files->work;

	if (work->file >= 0)
		folder_drop_file(work->folder, file_name, work->file);
	if (work->folder >= 0)
		net_close(work->folder);
	*work = (struct key_files_work){ .folder = -1, .file = -1 };
}

void key_files_leave(struct key_files *files)
{
	drop_work(files);
	if (files->folder >= 0)
		net_close(files->folder);
	files->folder = -1;
}

bool key_files_clear(struct key_files *files)
{
	drop_work(files);
	files->has_left = false;
	if (!folder_visit(files->folder, clear, files) && !folder_is_gone(files->folder))
		files->has_left = true;
	files->is_trying_again = true;
	return !files->has_left;
}

/* ---- the folder ---- */

/* A user's file is what the server has told last, or is being made so. */
static bool is_told(const struct key_files *files, size_t user)
{
	return user < files->config->user_count &&
	       (files->users[user].is_told || (files->work.serial != 0 && files->work.user == user));
}

static void clear_untold(void *context, struct span user)
{
	struct key_files *files = context;

	if (!is_told(files, config_find_user(files->config, user)))
		clear(files, user);
}

void key_files_try_again(struct key_files *files)
{
	files->has_left = false;
	files->is_trying_again = true;
	if (!folder_visit(files->folder, clear_untold, files))
		files->has_left = true;
}

bool key_files_start(struct key_files *files, const struct config *config, bool goes_on, struct writer *error)
{
	const struct span path = config->export_folder;

	*files = (struct key_files){ .config = config, .folder = -1, .work = { .folder = -1, .file = -1 } };
	memcpy(files->path, path.data, path.size);
	files->path_size = path.size;
	writer_put_string(error, "export: ");
	files->folder = folder_open(path, error);
	if (files->folder < 0)
		return false;
	for (size_t i = 0; i < config->user_count; i++)
		files->users[i].is_told = goes_on;
	if (folder_visit(files->folder, clear_untold, files))
		return true;
	writer_put(error, path);
	writer_put_string(error, ": it cannot be read to its end; there may be old keys in it");
	key_files_leave(files);
	return false;
}

/* ---- a file ---- */

static struct span user_name(const struct key_files *files)
{
	return files->config->users[files->work.user].name;
}

/* There shall be no file rather than an old one. It is tried again and again, and told once. */
static enum key_files_taken give_up(struct key_files *files, const char *what, const char *why_not)
{
	struct key_files_work *work = &files->work;
	struct key_files_user *user = &files->users[work->user];

	if (!user->has_failed)
		log_failure(files, user_name(files), what, why_not);
	if (work->file >= 0)
		folder_drop_file(work->folder, file_name, work->file);
	work->file = -1;
	if (!clear_user(files, user_name(files), &why_not) && !user->has_failed && what != cannot_be_removed)
		log_failure(files, user_name(files), cannot_be_removed, why_not);
	user->has_failed = true;
	return KEY_FILES_FAILED;
}

static const char cannot_be_written[] = "/authorized_keys cannot be written, so there is none: ";

static enum key_files_taken open_file(struct key_files *files)
{
	struct key_files_work *work = &files->work;
	const char *why_not;

	work->folder = folder_enter(files->folder, user_name(files), true, &why_not);
	if (work->folder < 0)
		return give_up(files, ": no keys can be written there: ", why_not);
	if (folder_has_file(work->folder, file_name) && !is_ours(work->folder, &why_not) && !why_not)
		return give_up(files, "/authorized_keys ",
		               "is none that inki has written, and stays as it is; move it away");
	work->file = folder_start_file(work->folder, file_name, &why_not);
	return work->file >= 0 ? KEY_FILES_DONE : give_up(files, cannot_be_written, why_not);
}

static void leave_out(struct key_files *files, const struct question *question, enum status status, struct span detail)
{
	uint8_t room[TEXT_MAX];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_string(&line, "export: left out of the file of user ");
	writer_put(&line, user_name(files));
	writer_put_string(&line, ": ");
	writer_put(&line, question_field(question, QUESTION_FINGERPRINT));
	writer_put_string(&line, ": ");
	writer_put(&line, detail);
	writer_put_string(&line, detail.size > 0 ? ": " : "");
	writer_put_string(&line, status_words(status));
	log_line(LOG_LEVEL_WARN, writer_written(&line));
}

static enum key_files_taken add_key(struct key_files *files, const struct question *question)
{
	struct key_files_work *work = &files->work;
	struct key_files_user *user = &files->users[work->user];
	const struct key_line_signer signer = { question_field(question, QUESTION_SIGNERS),
		                                question_field(question, QUESTION_SIGNERS + 1) };
	uint8_t parts[SSH_KEY_ROOM_MAX], text[KEY_LINE_MAX + 1], option[64];
	struct writer room = writer_of(parts, sizeof(parts)), line = writer_of(text, sizeof(text));
	struct writer detail = writer_of(option, sizeof(option));
	struct ssh_key key;
	enum status status = STATUS_KEY_FILE_LINE; /* if it did not fit into the question */
	const char *why_not;

	if (ssh_key_read(question_field(question, QUESTION_KEY), &room, &key) == STATUS_OK)
		status = key_line_write(&line, &files->config->users[work->user], &key, &signer, &detail);
	if (status == STATUS_OK && work->lines == KEY_LINES_MAX) {
		if (!user->is_full)
			leave_out(files, question, STATUS_KEY_FILE_FULL, (struct span){ 0 });
		user->is_full = work->is_full = true;
		return KEY_FILES_FULL;
	}
	if (status != STATUS_OK) {
		if (++work->left_out > user->told_left_out)
			leave_out(files, question, status, writer_written(&detail));
		return KEY_FILES_DONE;
	}
	work->lines++;
	if (file_write(work->file, writer_written(&line), &why_not) == FILE_WRITTEN)
		return KEY_FILES_DONE;
	return give_up(files, cannot_be_written, why_not);
}

/* A user without keys has no file. */
static enum key_files_taken finish(struct key_files *files)
{
	struct key_files_work *work = &files->work;
	struct key_files_user *user = &files->users[work->user];
	const int file = work->file;
	const char *why_not = NULL;

	work->file = -1;
	if (work->lines > 0 && !folder_finish_file(work->folder, file_name, file, &why_not))
		return give_up(files, cannot_be_written, why_not);
	if (work->lines == 0) {
		folder_drop_file(work->folder, file_name, file);
		if (!clear_user(files, user_name(files), &why_not))
			return give_up(files, cannot_be_removed, why_not);
	}
	user->told_left_out = (uint16_t)(work->left_out < UINT16_MAX ? work->left_out : UINT16_MAX);
	user->has_failed = false;
	user->is_told = true;
	user->is_full = work->is_full;
	drop_work(files);
	return KEY_FILES_DONE;
}

bool key_files_are_of(const struct config *config, const struct message *message, const struct question *question,
                      size_t question_size)
{
	if (message->serial == 0 || message->number >= config->user_count)
		return false;
	return message->kind == MESSAGE_KEYS_END ||
	       (message->kind == MESSAGE_KEY && question_is_of_user(question, question_size, config) &&
	        question->user == message->number);
}

enum key_files_taken key_files_take(struct key_files *files, const struct message *message,
                                    const struct question *question)
{
	struct key_files_work *work = &files->work;
	enum key_files_taken taken = KEY_FILES_DONE;

	if (work->serial != message->serial || work->user != message->number) {
		drop_work(files);
		work->serial = message->serial;
		work->user = message->number;
		taken = folder_is_gone(files->folder) ? KEY_FILES_GONE : open_file(files);
	} else if (work->file < 0) {
		taken = KEY_FILES_FAILED;
	}
	if (taken != KEY_FILES_DONE)
		return taken;
	return message->kind == MESSAGE_KEY ? add_key(files, question) : finish(files);
}
