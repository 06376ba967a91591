#include "client/sign_file.h"

#include "base/encoding.h"
#include "base/memory.h"
#include "client/sign_check.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/pages.h"
#include "host/random.h"
#include "host/secrecy.h"
#include "host/tell.h"
#include "host/tty.h"
#include "pgp/secret_key.h"

#include <limits.h>

enum {
	PASSPHRASE_MAX = 1024, /* bytes */
	TRIES = 3,
};

static const char prompt[] = "Enter PGP key password:";

/* "FILE: words" */
static void write_about(struct writer *line, const char *file, const char *words)
{
	writer_put(line, span_first(span_of_string(file), FILE_PATH_MAX));
	writer_put_string(line, ": ");
	writer_put_string(line, words);
}

static int fail(const char *file, const char *words)
{
	uint8_t room[FILE_PATH_MAX + 512];
	struct writer line = writer_of(room, sizeof(room));

	write_about(&line, file, words);
	return tell_failure(writer_written(&line));
}

/* Whence the options say. */
static bool get_passphrase(const struct sign_options *options, uint8_t room[static PASSPHRASE_MAX],
                           struct span *passphrase, const char **why_not)
{
	uint64_t descriptor;

	if (options->passphrase_file)
		return file_read_line(options->passphrase_file, room, PASSPHRASE_MAX, passphrase, why_not);
	if (!options->passphrase_fd)
		return tty_ask_secret(prompt, room, PASSPHRASE_MAX, passphrase, why_not);
	*why_not = "--passphrase-fd takes the number of an open descriptor";
	return decimal_read(span_of_string(options->passphrase_fd), &descriptor) && descriptor <= INT_MAX &&
	       file_take_line((int)descriptor, room, PASSPHRASE_MAX, passphrase, why_not);
}

static int fail_to_ask(bool is_person, const char *file, const char *why_not)
{
	uint8_t room[256];
	struct writer line = writer_of(room, sizeof(room));

	if (!is_person)
		return fail(file, why_not);
	write_about(&line, "its pass phrase", why_not);
	writer_put_string(&line, "; --passphrase-file and --passphrase-fd bring one, too");
	return tell_failure(writer_written(&line));
}

/* A person may try again; a file would say the same. */
static int unlock(const struct sign_options *options, struct pgp_secret_key *secret)
{
	const bool is_person = !options->passphrase_file && !options->passphrase_fd;
	uint8_t room[PASSPHRASE_MAX];
	enum status status = STATUS_OK;

	for (int left = is_person ? TRIES : 1; secret->needs_passphrase && left > 0; left--) {
		struct span passphrase;
		const char *why_not;

		if (!get_passphrase(options, room, &passphrase, &why_not)) {
			memory_wipe(room, sizeof(room));
			return fail_to_ask(is_person, options->pgp_key, why_not);
		}
		status = pgp_secret_key_unlock(secret, passphrase);
		memory_wipe(room, sizeof(room));
		if (status != STATUS_OK && status != STATUS_PASSPHRASE_WRONG)
			break;
		if (status != STATUS_OK && left > 1)
			tell_note(SPAN("that is not its pass phrase; please try again"));
	}
	return status == STATUS_OK ? TELL_DONE : fail(options->pgp_key, status_words(status));
}

/* TELL_DONE: it is open, and to be closed. */
static int open_key(const char *path, struct pgp_secret_key *secret, struct arena *arena)
{
	uint8_t *room = pages_take(PGP_SECRET_FILE_SIZE_MAX);
	struct span file;
	const char *why_not;
	enum status status;

	if (!room)
		return tell_failure(SPAN("the system has not enough memory"));
	if (!file_read(span_of_string(path), room, PGP_SECRET_FILE_SIZE_MAX, &file, &why_not))
		return fail(path, why_not);
	status = pgp_secret_key_open(secret, file, clock_wall(), arena);
	memory_wipe(room, PGP_SECRET_FILE_SIZE_MAX);
	pages_give_back(room, PGP_SECRET_FILE_SIZE_MAX);
	if (status == STATUS_OK)
		return TELL_DONE;
	pgp_secret_key_close(secret);
	return fail(path, status_words(status));
}

static int sign(const char *path, const struct pgp_secret_key *secret, struct span text, struct arena *arena,
                struct writer *message)
{
	uint8_t entropy[PGP_ENTROPY_SIZE];
	struct pgp_message parts;
	enum status status;

	random_take(entropy, sizeof(entropy));
	status = pgp_secret_key_sign(secret, text, clock_wall(), entropy, message);
	memory_wipe(entropy, sizeof(entropy));
	if (status != STATUS_OK)
		return fail(path, status_words(status));
	if (sign_check_text(writer_written(message), text, arena, &parts) != TELL_DONE)
		return TELL_FAILED;
	return sign_check_signature(&parts, &secret->keyring);
}

int sign_file(const struct sign_options *options, struct span text, struct arena *arena, struct writer *message)
{
	void *memory = pages_take(PGP_SECRET_ARENA_SIZE);
	struct arena secrets = arena_of(memory, PGP_SECRET_ARENA_SIZE);
	struct pgp_secret_key secret = { 0 };
	int code;

	if (!memory)
		return tell_failure(SPAN("the system has not enough memory"));
	secrecy_start();
	code = open_key(options->pgp_key, &secret, &secrets);
	if (code != TELL_DONE)
		return code;
	code = unlock(options, &secret);
	if (code == TELL_DONE)
		code = sign(options->pgp_key, &secret, text, arena, message);
	pgp_secret_key_close(&secret);
	return code;
}
