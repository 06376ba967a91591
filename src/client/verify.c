#include "client/verify.h"

#include "base/kconfig.h"
#include "client/verdict.h"
#include "crypto/crypto.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/pages.h"
#include "host/signal.h"
#include "host/tell.h"

struct verify_options {
	const char *json;
};

static const struct option verify_options[] = {
	{ 0, "json", OPTION_FLAG, offsetof(struct verify_options, json), NULL,
	  "print the verdict, with signers and text or with the reason, as one JSON object" },
};

enum {
	KEYRING_SIZE_MAX = CONFIG_SETTINGS_FILE_KB * 1024,
	KEYRING_ARENA_SIZE = CONFIG_SETTINGS_ARENA_KB * 1024,
	MESSAGE_ARENA_SIZE = CONFIG_REQUEST_ARENA_KB * 1024,
};

static const struct span no_memory = SPAN_INITIALIZER("the system has not enough memory");

/* "PATH: words" */
static int fail_with(const char *path, const char *words)
{
	uint8_t room[FILE_PATH_MAX + 512];
	struct writer line = writer_of(room, sizeof(room));

	writer_put(&line, span_first(span_of_string(path), FILE_PATH_MAX));
	writer_put_string(&line, ": ");
	writer_put_string(&line, words);
	return tell_failure(writer_written(&line));
}

static int read_keyring(const char *path, struct pgp_keyring *keyring)
{
	uint8_t *file = pages_take(KEYRING_SIZE_MAX), *memory = pages_take(KEYRING_ARENA_SIZE);
	struct arena arena = arena_of(memory, KEYRING_ARENA_SIZE);
	struct span bytes;
	const char *why_not;
	enum status status;

	if (!file || !memory)
		return tell_failure(no_memory);
	if (!file_read(span_of_string(path), file, KEYRING_SIZE_MAX, &bytes, &why_not))
		return fail_with(path, why_not);
	status = pgp_keyring_add(keyring, bytes, &arena);
	return status == STATUS_OK ? TELL_DONE : fail_with(path, status_words(status));
}

/* One byte more than a message may have is read, so that a larger one is refused in the verifier's own words. */
static int judge(const char *path, const struct pgp_keyring *keyring, struct judgement *judgement)
{
	uint8_t *file = pages_take(MESSAGE_SIZE_MAX + 1), *memory = pages_take(MESSAGE_ARENA_SIZE);
	struct arena arena = arena_of(memory, MESSAGE_ARENA_SIZE);
	struct span bytes;
	const char *why_not;

	if (!file || !memory)
		return tell_failure(no_memory);
	if (!file_read_start(path, file, MESSAGE_SIZE_MAX + 1, &bytes, &why_not))
		return fail_with(path ? path : "standard input", why_not);
	judgement->now = clock_wall();
	judgement->status = message_read(bytes, &arena, &judgement->message);
	if (judgement->status == STATUS_OK)
		judgement->status = message_verify(&judgement->message, keyring, judgement->now, &judgement->verdict);
	return TELL_DONE;
}

static int tell_judgement(const struct judgement *judgement)
{
	uint8_t room[VERDICT_WORDS_MAX];
	struct writer words = writer_of(room, sizeof(room));

	if (judgement->status != STATUS_OK) {
		verdict_write_refusal(&words, judgement->status);
		return tell_failure(writer_written(&words));
	}
	for (size_t i = 0; i < judgement->verdict.count; i++) {
		writer_rewind(&words, 0);
		verdict_write_signer(&words, &judgement->verdict.signers[i], judgement->now);
		tell_note(writer_written(&words));
	}
	if (tell_result(judgement->message.text) != TELL_DONE)
		return TELL_FAILED;
	return tell_result(SPAN("\n"));
}

static int print_judgement(const struct judgement *judgement)
{
	struct writer json = writer_of(pages_take(VERDICT_JSON_MAX), VERDICT_JSON_MAX);

	if (!json.data)
		return tell_failure(no_memory);
	verdict_write_json(&json, judgement);
	if (json.overflowed)
		return tell_failure(SPAN("the verdict is larger than the room for it, which is a mistake of inki"));
	if (tell_result(writer_written(&json)) != TELL_DONE)
		return TELL_FAILED;
	return judgement->status == STATUS_OK ? TELL_DONE : TELL_FAILED;
}

static int verify_main(int count, char **arguments)
{
	const char *operands[2] = { NULL, NULL };
	struct verify_options given = { 0 };
	struct pgp_keyring keyring = { 0 };
	struct judgement judgement = { .status = STATUS_INTERNAL };
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));
	void *crypto = CRYPTO_VERIFY_SIZE > 0 ? pages_take(CRYPTO_VERIFY_SIZE) : NULL;

	file_guard_standard();
	signal_ignore_pipe();
	if (command_read(&verify_command, count, arguments, &given, operands, &words) < 0)
		return tell_usage("verify", writer_written(&words));
	if (!operands[0] || operands[0][0] == '\0')
		return tell_usage("verify", SPAN("which keyring?"));
	if (CRYPTO_VERIFY_SIZE > 0 && !crypto)
		return tell_failure(no_memory);
	crypto_start(crypto, CRYPTO_VERIFY_SIZE);
	if (read_keyring(operands[0], &keyring) != TELL_DONE || judge(operands[1], &keyring, &judgement) != TELL_DONE)
		return TELL_FAILED;
	return given.json ? print_judgement(&judgement) : tell_judgement(&judgement);
}

const struct command verify_command = {
	.name = "verify",
	.main = verify_main,
	.summary = "check a signed message as the server would, and print its text",
	.operands = "KEYRING [MESSAGE]",
	.operand_count = 2,
	COMMAND_OPTIONS(verify_options),
	.text = "Judges a clear-signed message (a file, else standard input) by the OpenPGP certificates in a keyring "
		"file,\n"
		"exactly as the server judges a request's signature. If it is accepted, the text that was signed goes "
		"to\n"
		"standard output; who signed it, with which key and when, goes to standard error. If not, only the "
		"reason\n"
		"goes to standard error, and the exit code is 1.\n",
};
