#include "client/key_change.h"

#include "base/kconfig.h"
#include "client/key_draft.h"
#include "client/listed_key.h"
#include "client/reach.h"
#include "client/sign.h"
#include "crypto/crypto.h"
#include "host/file.h"
#include "host/pages.h"
#include "host/signal.h"
#include "host/tell.h"
#include "http/target.h"
#include "json/array.h"
#include "pgp/message.h"

/* What both commands read; each has its own table of those that make sense for it. */
struct change_options {
	struct key_draft draft;
	struct sign_options sign;
	const char *print, *json, *timeout;
	const char *unsigned_; /* to remove only */
	struct where_options where;
};

/* What both have. */
/* clang-format off */
#define FILE_OPTION \
	{ 'f', "file", OPTION_VALUE, offsetof(struct change_options, draft.file), "KEY.pub", \
	  "the SSH public key (else it comes from standard input)" }

#define CHANGE_OPTIONS \
	SIGN_OPTIONS(change_options), \
	{ 0, "host", OPTION_LIST, offsetof(struct change_options, draft.hosts), "NAME", \
	  "only the host of this name may take the request; for several, repeat it" }, \
	{ 0, "reason", OPTION_VALUE, offsetof(struct change_options, draft.reason), "TEXT", \
	  "for the host's log and its checks" }, \
	{ 0, "print", OPTION_FLAG, offsetof(struct change_options, print), NULL, \
	  "print the signed request, and send nothing (for curl --data-binary @-)" }, \
	{ 0, "json", OPTION_FLAG, offsetof(struct change_options, json), NULL, "print the server's answer as JSON" }, \
	{ 0, "timeout", OPTION_VALUE, offsetof(struct change_options, timeout), "TIME", REACH_TIMEOUT_HELP }, \
	WHERE_OPTIONS(struct change_options, where)
/* clang-format on */

static const struct option add_options[] = {
	FILE_OPTION,
	{ 'x', "expire", OPTION_VALUE, offsetof(struct change_options, draft.expire), "END",
	  "how long it lets in: 90s, 15m, 12h, 2d, 1h30m (from the signature on),\nor until when: "
	  "2026-12-31T23:59:59Z (else 1h)" },
	CHANGE_OPTIONS,
};

static const struct option remove_options[] = {
	FILE_OPTION,
	{ 0, "fingerprint", OPTION_VALUE, offsetof(struct change_options, draft.fingerprint), "FP",
	  "in place of the key: SHA256:... as ssh-keygen -l prints it, or MD5" },
	{ 0, "unsigned", OPTION_FLAG, offsetof(struct change_options, unsigned_), NULL,
	  "as root on the host itself, over its Unix socket: no signature;\nwants --fingerprint" },
	CHANGE_OPTIONS,
};

enum {
	ANSWER_MAX = 1 << 20, /* bytes */
	TEXT_MAX = 2 * LISTED_KEY_TEXT_MAX,
	TARGET_MAX = 512,
	CRYPTO_ARENA_SIZE = CONFIG_CRYPTO_ARENA_KB * 1024,
};

static const struct span no_memory = SPAN_INITIALIZER("the system has not enough memory");
static const struct span no_keys = SPAN_INITIALIZER("the server's answer is no list of keys; did it come from inki?");

/* A request changes one key, or, where it comes late to remove, none. */
static int print_key(enum request_action action, struct span body, struct arena *arena)
{
	struct json_array array = { 0 };
	struct listed_key key;
	struct span element = { 0 }, rest = body, none;
	uint8_t room[TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));
	bool has_key = json_array_next(&array, &rest, &element) == STATUS_OK;

	if (has_key && !listed_key_read(element, arena, &key))
		return tell_failure(no_keys);
	if (json_array_next(&array, &rest, &none) != STATUS_MORE || !json_array_has_ended(&array) || rest.size > 0)
		return tell_failure(no_keys);
	writer_put_string(&text, action == REQUEST_ADD ? "Added keys:\n" : "Removed keys:\n");
	if (has_key)
		listed_key_write(&text, &key);
	else
		tell_note(SPAN("the key was not there any more"));
	return tell_result(writer_written(&text));
}

/* The server's JSON as it is, once it was found to be what it should. */
static int print_json(struct span body, struct arena *arena)
{
	struct json_array array = { 0 };
	struct listed_key key;
	struct span element, rest = body;

	while (json_array_next(&array, &rest, &element) == STATUS_OK) {
		const size_t used = arena->used;

		if (!listed_key_read(element, arena, &key))
			return tell_failure(no_keys);
		arena_release(arena, used);
	}
	return json_array_has_ended(&array) && rest.size == 0 ? tell_result(body) : tell_failure(no_keys);
}

static int exchange(const struct reach *reach, struct fetch *fetch, enum request_action action, bool as_json)
{
	uint8_t room[512];
	struct writer words = writer_of(room, sizeof(room));
	struct arena arena = arena_of(pages_take(LISTED_KEY_ARENA_SIZE), LISTED_KEY_ARENA_SIZE);

	fetch->size = ANSWER_MAX;
	fetch->room = pages_take(ANSWER_MAX);
	if (!fetch->room || !arena.data)
		return tell_failure(no_memory);
	reach_begin(reach, fetch);
	if (!fetch_whole(fetch, &words))
		return tell_failure(writer_written(&words));
	if (fetch->code != 200)
		return reach_tell_refusal(fetch);
	return as_json ? print_json(fetch->body, &arena) : print_key(action, fetch->body, &arena);
}

static int send_request(const struct reach *reach, struct span message, enum request_action action, bool as_json)
{
	struct fetch fetch = { .target = SPAN("/api/v1/keys"), .post = message };

	return exchange(reach, &fetch, action, as_json);
}

/* What root may do on the host itself. Nothing of what only a signed request says is silently left out. */
static int remove_unsigned(const struct change_options *options, const struct reach *reach)
{
	const struct sign_options *sign = &options->sign;
	uint8_t room[TARGET_MAX];
	struct writer target = writer_of(room, sizeof(room));
	struct fetch fetch = { .is_delete = true };

	if (!options->draft.fingerprint || options->draft.file || options->draft.reason ||
	    options->draft.hosts.count > 0 || options->print || sign->pgp_key || sign->local_user)
		return tell_usage(key_remove_command.name, SPAN("--unsigned goes with --fingerprint, and with none of "
		                                                "-f, -p, -u, --host, --reason and --print"));
	if (reach->where.socket.size == 0)
		return tell_usage(key_remove_command.name, SPAN("--unsigned is for the host's own Unix socket"));
	reach_write_target(&target, reach->user, "/key/");
	http_target_encode(&target, span_of_string(options->draft.fingerprint));
	if (target.overflowed)
		return tell_usage(key_remove_command.name, SPAN("that is no fingerprint"));
	fetch.target = writer_written(&target);
	return exchange(reach, &fetch, REQUEST_REMOVE, options->json);
}

static int change(const struct command *command, enum request_action action, const struct change_options *options,
                  const struct reach *reach)
{
	struct writer text = writer_of(pages_take(KEY_DRAFT_TEXT_MAX), KEY_DRAFT_TEXT_MAX);
	struct writer message = writer_of(pages_take(MESSAGE_SIZE_MAX), MESSAGE_SIZE_MAX);
	struct arena arena = arena_of(pages_take(KEY_DRAFT_ARENA_SIZE), KEY_DRAFT_ARENA_SIZE);
	int code;

	if (!text.data || !message.data || !arena.data)
		return tell_failure(no_memory);
	code = key_draft_write(command, action, &options->draft, reach->user, &arena, &text);
	if (code == TELL_DONE)
		code = sign_text(&options->sign, writer_written(&text), &message);
	if (code != TELL_DONE)
		return code;
	if (options->print)
		return tell_result(writer_written(&message));
	return send_request(reach, writer_written(&message), action, options->json);
}

static int run(const struct command *command, enum request_action action, int count, char **arguments)
{
	struct change_options options = { .draft.expire = "1h" };
	const char *url = NULL, *why_not;
	struct reach reach;
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));
	void *crypto = pages_take(CRYPTO_ARENA_SIZE);

	file_guard_standard();
	signal_ignore_pipe();
	if (command_read(command, count, arguments, &options, &url, &words) < 0)
		return tell_usage(command->name, writer_written(&words));
	if (!sign_options_agree(&options.sign, &why_not) ||
	    !reach_read(&reach, url, options.timeout, &options.where, &why_not))
		return tell_usage(command->name, span_of_string(why_not));
	if (!crypto)
		return tell_failure(no_memory);
	crypto_start(crypto, CRYPTO_ARENA_SIZE);
	if (options.unsigned_)
		return remove_unsigned(&options, &reach);
	return change(command, action, &options, &reach);
}

static int key_add_main(int count, char **arguments)
{
	return run(&key_add_command, REQUEST_ADD, count, arguments);
}

static int key_remove_main(int count, char **arguments)
{
	return run(&key_remove_command, REQUEST_REMOVE, count, arguments);
}

const struct command key_add_command = {
	.name = "key add",
	.main = key_add_main,
	.summary = "let an SSH key in, by a signed request",
	.operands = "[URL]",
	.operand_count = 1,
	COMMAND_OPTIONS(add_options),
	.text = "Signs a request that lets an SSH key in as a user of a host for a while, and sends it to the inki "
		"there.\n",
	.notes = REACH_URL_NOTES,
};

const struct command key_remove_command = {
	.name = "key remove",
	.main = key_remove_main,
	.summary = "throw an SSH key out, by a signed request",
	.operands = "[URL]",
	.operand_count = 1,
	COMMAND_OPTIONS(remove_options),
	.text = "Signs a request that throws an SSH key out before its time, and sends it to the inki on the host.\n"
		"Sessions that are open go on. Root on the host itself needs no signature (--unsigned).\n",
	.notes = REACH_URL_NOTES,
};
