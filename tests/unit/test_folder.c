/* Files of keys: the folder that they lie in, what a server could send that was taken over, and the walls around the
 * process that keeps them. */
#include "host/folder.h"
#include "host/landlock.h"
#include "server/key_files.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char above[] = "/tmp/inki-test-XXXXXX";
static char path[64];
static struct config_user users[] = {
	{ .name = SPAN_INITIALIZER("root"), .policy = { .options = SPAN_INITIALIZER("no-pty") } },
	{ .name = SPAN_INITIALIZER("alice") },
};
static struct config config = { .users = users, .user_count = COUNT(users) };

static int make_folder(void **state)
{
	(void)state;
	memcpy(above + strlen(above) - 6, "XXXXXX", 6);
	if (!mkdtemp(above))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/keys", above);
	config.export_folder = span_of_string(path);
	return 0;
}

static int remove_folder(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r %s", above);
	return system(command);
}

/* What is in the file of a user; NULL: there is none. */
static const char *read_file(const char *user)
{
	static char text[8192];
	char name[128];
	ssize_t got;
	int file;

	(void)snprintf(name, sizeof(name), "%s/%s/authorized_keys", path, user);
	file = open(name, O_RDONLY);
	if (file < 0)
		return NULL;
	got = read(file, text, sizeof(text) - 1);
	close(file);
	text[got > 0 ? got : 0] = '\0';
	return text;
}

static bool open_files(struct key_files *files, bool goes_on)
{
	uint8_t room[256];
	struct writer error = writer_of(room, sizeof(room));

	return key_files_start(files, &config, goes_on, &error);
}

static struct question make_question(uint32_t user, const char *line)
{
	struct question question = { .user = user };

	question_put(&question, QUESTION_KEY, span_of_string(line));
	question_put(&question, QUESTION_FINGERPRINT, SPAN("SHA256:x"));
	question_put_signer(&question, SPAN("\x01\xab"), SPAN("Alice"));
	return question;
}

static enum key_files_taken send(struct key_files *files, enum message_kind kind, uint32_t user, uint32_t serial,
                                 const char *line)
{
	const struct message message = { .kind = kind, .number = user, .serial = serial };
	struct question question = make_question(user, line ? line : "");

	assert_true(key_files_are_of(&config, &message, &question, question_size(&question)));
	return key_files_take(files, &message, &question);
}

static void test_what_is_written(void **state)
{
	static struct key_files files;

	(void)state;
	assert_true(open_files(&files, false));
	assert_int_equal(send(&files, MESSAGE_KEY, 0, 1, KEY), KEY_FILES_DONE);
	assert_null(read_file("root")); /* not before it is complete */
	assert_int_equal(send(&files, MESSAGE_KEYS_END, 0, 1, NULL), KEY_FILES_DONE);
	assert_string_equal(read_file("root"), "no-pty " KEY " inki-01AB-Alice\n");
	/* one that is broken off changes nothing; the next one does */
	assert_int_equal(send(&files, MESSAGE_KEY, 1, 2, KEY), KEY_FILES_DONE);
	assert_int_equal(send(&files, MESSAGE_KEYS_END, 0, 3, NULL), KEY_FILES_DONE);
	assert_null(read_file("root"));
	assert_null(read_file("alice"));
	assert_int_equal(send(&files, MESSAGE_KEY, 1, 4, KEY), KEY_FILES_DONE);
	assert_int_equal(send(&files, MESSAGE_KEYS_END, 1, 4, NULL), KEY_FILES_DONE);
	key_files_leave(&files);
	assert_string_equal(read_file("alice"), KEY " inki-01AB-Alice\n");
	config.user_count = 1;
	assert_true(open_files(&files, true));
	assert_null(read_file("alice"));
	config.user_count = COUNT(users);
	assert_true(key_files_clear(&files));
	key_files_leave(&files);
}

/* Lines that are no keys, or more than one, or that bring what the host does not allow. */
static void test_hostile_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"#",
		"ssh-ed25519",
		"ssh-ed25519 AAAA",
		KEY "\n" KEY,
		"pty " KEY,
		"command=\"sh\" " KEY,
		"no-pty " KEY,
		"cert-authority " KEY,
		"environment=\"A=b\" " KEY,
		"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
	};
	static struct key_files files;

	(void)state;
	assert_true(open_files(&files, false));
	for (size_t i = 0; i < COUNT(lines); i++) {
		const struct message message = { .kind = MESSAGE_KEY, .number = 0, .serial = 1 };
		struct question question = make_question(0, lines[i]);

		if (key_files_are_of(&config, &message, &question, question_size(&question)))
			assert_int_equal(key_files_take(&files, &message, &question), KEY_FILES_DONE);
	}
	assert_int_equal(send(&files, MESSAGE_KEYS_END, 0, 1, NULL), KEY_FILES_DONE);
	assert_null(read_file("root"));
	assert_true(key_files_clear(&files));
	key_files_leave(&files);
}

static void test_hostile_messages(void **state)
{
	struct message message = { .kind = MESSAGE_KEY, .number = 1, .serial = 1 };
	struct question question = make_question(1, KEY);
	const size_t size = question_size(&question);

	(void)state;
	assert_true(key_files_are_of(&config, &message, &question, size));
	assert_false(key_files_are_of(&config, &message, &question, size - 1));
	assert_false(key_files_are_of(&config, &message, &question, 0));
#define WITH(change) \
	message = (struct message){ .kind = MESSAGE_KEY, .number = 1, .serial = 1 }; \
	question = make_question(1, KEY); \
	change; \
	assert_false(key_files_are_of(&config, &message, &question, size))
	WITH(message.number = 0); /* another one's than the question's */
	WITH(message.number = question.user = 2);
	WITH(message.number = question.user = UINT32_MAX);
	WITH(message.serial = 0);
	WITH(message.kind = MESSAGE_ASK);
	WITH((message.kind = MESSAGE_KEYS_END, message.number = 2));
	WITH(question.sizes[QUESTION_KEY] = UINT16_MAX);
	WITH(question.text[3] = '\n');
	WITH(question.signer_count = UINT32_MAX);
}

/* As many lines as there may be, and what comes after them. */
static void test_full(void **state)
{
	static struct key_files files;

	(void)state;
	assert_true(open_files(&files, false));
	for (unsigned i = 0; i < 300; i++)
		assert_int_equal(send(&files, MESSAGE_KEY, 1, 1, KEY), KEY_FILES_DONE);
	assert_int_equal(send(&files, MESSAGE_KEY, 1, 1, KEY), KEY_FILES_FULL);
	assert_int_equal(send(&files, MESSAGE_KEYS_END, 1, 1, NULL), KEY_FILES_DONE);
	assert_non_null(read_file("alice"));
	assert_true(key_files_clear(&files));
	key_files_leave(&files);
	assert_null(read_file("alice"));
}

static void test_folder_is_gone(void **state)
{
	static struct key_files files;

	(void)state;
	assert_true(open_files(&files, false));
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(send(&files, MESSAGE_KEY, 1, 1, KEY), KEY_FILES_GONE);
	assert_true(key_files_clear(&files));
	key_files_leave(&files);
}

/* What becomes of an attempt; 0: it works. */
static int try_to_open(const char *name, int flags)
{
	int file = open(name, flags, 0600);
	int error = file < 0 ? errno : 0;

	if (file >= 0)
		close(file);
	return error;
}

/* The exit code says which of the attempts went otherwise than it should. */
static void try_walls(int folder)
{
	static const char *const outside[] = { "/etc/passwd", "/", "/tmp" };
	const char *reach;
	char name[128];

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || landlock_forbid_all_but(folder, &reach))
		_exit(100); /* this kernel cannot */
	for (size_t i = 0; i < COUNT(outside); i++)
		if (try_to_open(outside[i], O_RDONLY) != EACCES)
			_exit(1);
	(void)snprintf(name, sizeof(name), "%s/outside", above);
	if (try_to_open(name, O_WRONLY | O_CREAT) != EACCES)
		_exit(2);
	(void)snprintf(name, sizeof(name), "%s/inside", path);
	if (try_to_open(name, O_WRONLY | O_CREAT) != 0 || unlink(name) < 0 || mkdir(name, 0700) < 0 || rmdir(name) < 0)
		_exit(3);
	if (symlink("/etc", name) == 0 || mkfifo(name, 0600) == 0)
		_exit(4);
	_exit(0);
}

static void test_walls(void **state)
{
	struct writer unused = { 0 };
	int folder, ended, code = -1;

	(void)state;
	folder = folder_open(span_of_string(path), &unused);
	assert_true(folder >= 0);
	if (fork() == 0)
		try_walls(folder);
	assert_true(wait(&ended) > 0);
	if (WIFEXITED(ended))
		code = WEXITSTATUS(ended);
	close(folder);
	if (code == 100)
		skip();
	assert_int_equal(code, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_is_written, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_hostile_lines, make_folder, remove_folder),
		cmocka_unit_test(test_hostile_messages),
		cmocka_unit_test_setup_teardown(test_full, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_folder_is_gone, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_walls, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
