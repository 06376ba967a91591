#include "client/key_sign.h"

#include "base/kconfig.h"
#include "client/sign.h"
#include "core/request.h"
#include "crypto/crypto.h"
#include "host/file.h"
#include "host/pages.h"
#include "host/signal.h"
#include "host/tell.h"
#include "pgp/message.h"

struct key_sign_options {
	struct sign_options sign;
};

static const struct option key_sign_options[] = { SIGN_OPTIONS(key_sign_options) };

enum {
	ARENA_SIZE = 512 * 1024,
	CRYPTO_ARENA_SIZE = CONFIG_CRYPTO_ARENA_KB * 1024,
	SHOWN_MAX = 8192 /* bytes that tell_note() shows whole */
};

static const struct span no_memory = SPAN_INITIALIZER("the system has not enough memory");

/* "FILE: words" */
static int fail(const char *path, const char *words)
{
	uint8_t room[FILE_PATH_MAX + 512];
	struct writer line = writer_of(room, sizeof(room));

	writer_put(&line, path ? span_first(span_of_string(path), FILE_PATH_MAX) : SPAN("standard input"));
	writer_put_string(&line, ": ");
	writer_put_string(&line, words);
	return tell_failure(writer_written(&line));
}

/* Nobody shall sign what he has not seen, nor what no server would read. What was read is shown, not its spelling, in
 * which much can be hidden. */
static int show(const char *path, struct span text, struct arena *arena)
{
	struct writer line = writer_of(arena_take(arena, SHOWN_MAX), SHOWN_MAX);
	struct request request;
	struct span field;
	enum status status = line.data ? request_read(text, arena, &request, &field) : STATUS_REQUEST_TOO_LARGE;

	if (status != STATUS_OK)
		return fail(path, status_words(status));
	writer_put_string(&line, "to be signed: ");
	request_write(&line, &request);
	if (line.overflowed)
		return fail(path, status_words(STATUS_REQUEST_TOO_LARGE));
	tell_note(writer_written(&line));
	return TELL_DONE;
}

static int read_message(const char *path, struct arena *arena, struct pgp_message *message)
{
	uint8_t *file = pages_take(MESSAGE_SIZE_MAX + 1);
	struct span bytes;
	const char *why_not;
	enum status status;

	if (!file)
		return tell_failure(no_memory);
	if (!file_read_start(path, file, MESSAGE_SIZE_MAX + 1, &bytes, &why_not))
		return fail(path, why_not);
	status = message_read(bytes, arena, message);
	if (status == STATUS_OK && message->text.size > 0 && message->text.data[message->text.size - 1] == '\n')
		return fail(path,
		            "its text ends with an empty line, which not every program signs alike; make it without");
	return status == STATUS_OK ? show(path, message->text, arena) : fail(path, status_words(status));
}

/* Signs the same text, and puts the signatures together. */
static int add_signature(const struct sign_options *options, const char *path, struct arena *arena,
                         struct writer *written)
{
	struct pgp_message first, second, both;
	enum status status;

	if (read_message(path, arena, &first) != TELL_DONE || sign_text(options, first.text, written) != TELL_DONE)
		return TELL_FAILED;
	status = message_read(writer_written(written), arena, &second);
	if (status == STATUS_OK)
		status = message_join(&first, &second, arena, &both);
	if (status != STATUS_OK)
		return fail(path, status_words(status));
	writer_rewind(written, 0);
	message_write(written, &both);
	return written->overflowed ? fail(path, status_words(STATUS_MESSAGE_TOO_LARGE))
	                           : tell_result(writer_written(written));
}

static int key_sign_main(int count, char **arguments)
{
	struct key_sign_options options = { 0 };
	struct arena arena = arena_of(pages_take(ARENA_SIZE), ARENA_SIZE);
	struct writer written = writer_of(pages_take(MESSAGE_SIZE_MAX), MESSAGE_SIZE_MAX);
	void *crypto = pages_take(CRYPTO_ARENA_SIZE);
	const char *path = NULL, *why_not;
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));

	file_guard_standard();
	signal_ignore_pipe();
	if (command_read(&key_sign_command, count, arguments, &options, &path, &words) < 0)
		return tell_usage(key_sign_command.name, writer_written(&words));
	if (!sign_options_agree(&options.sign, &why_not))
		return tell_usage(key_sign_command.name, span_of_string(why_not));
	if (!arena.data || !written.data || !crypto)
		return tell_failure(no_memory);
	crypto_start(crypto, CRYPTO_ARENA_SIZE);
	return add_signature(&options.sign, path, &arena, &written);
}

const struct command key_sign_command = {
	.name = "key sign",
	.main = key_sign_main,
	.summary = "put another signature under a request that is signed",
	.operands = "[MESSAGE]",
	.operand_count = 1,
	COMMAND_OPTIONS(key_sign_options),
	.text = "Reads a signed request (a file, else standard input) as key add --print writes it, shows what it\n"
		"asks for, signs the same text, and prints the request with all signatures, for the next one to\n"
		"sign or for curl --data-binary @-. A user may need several (signatures in the configuration).\n",
};
