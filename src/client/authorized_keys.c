#include "client/authorized_keys.h"

#include "base/encoding.h"
#include "client/reach.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/pages.h"
#include "host/secrecy.h"
#include "host/signal.h"
#include "host/tell.h"
#include "http/target.h"
#include "ssh/key.h"
#include "ssh/options.h"

struct authorized_keys_options {
	const char *server;
	struct where_options where;
};

static const struct option authorized_keys_options[] = {
	{ 's', "server", OPTION_VALUE, offsetof(struct authorized_keys_options, server), "SERVER",
	  "http[s]://host:port, unix:/path or /path (else $INKI_SERVER,\nelse unix:/run/inki/inki.sock)" },
	WHERE_OPTIONS(struct authorized_keys_options, where),
};

enum {
	TIME_MAX = 2000,       /* milliseconds for everything */
	ANSWER_MAX = 16 << 20, /* bytes; only those that arrive take up memory */
	TARGET_MAX = 1024,
	SHOWN_MAX = 300,    /* bytes of an error's body */
	OPTIONS_MAX = 2048, /* bytes in front of a key */
};

/* Options that sshd knows (but none that make certificates count), type, base64 and perhaps a comment. */
static bool is_key_line(struct span line)
{
	uint8_t room[OPTIONS_MAX];
	struct writer canonical = writer_of(room, sizeof(room));
	struct ssh_key_line parts;
	struct span options;

	return !utf8_has_control(line) && ssh_key_split(line, &parts) == STATUS_OK &&
	       base64_is_alphabet(parts.base64) && ssh_options_read(parts.options, &canonical, &options) == STATUS_OK;
}

bool authorized_keys_are_sane(struct span lines)
{
	if (!utf8_is_valid(lines) || (lines.size > 0 && lines.data[lines.size - 1] != '\n'))
		return false;
	while (lines.size > 0) {
		size_t end = span_find_byte(lines, '\n');

		if (!is_key_line(span_first(lines, end)))
			return false;
		lines = span_skip(lines, end + 1);
	}
	return true;
}

static struct span first_line(struct span text)
{
	return span_first(span_first(text, SHOWN_MAX), span_find_byte(text, '\n'));
}

/* Prints the answer if it is what was asked for; else says what it is. */
static int print(const struct fetch *answer)
{
	uint8_t room[SHOWN_MAX + 100];
	struct writer words = writer_of(room, sizeof(room));

	if (answer->code != 200) {
		writer_put_string(&words, "the server refuses: ");
		writer_put_number(&words, answer->code);
		writer_put_byte(&words, ' ');
		writer_put(&words, first_line(answer->body));
		return tell_failure(writer_written(&words));
	}
	if (!span_starts_with(answer->content_type, SPAN("text/plain")) || !authorized_keys_are_sane(answer->body))
		return tell_failure(SPAN("the server's answer is no list of keys; nothing of it is printed"));
	return tell_result(answer->body);
}

static bool write_target(struct writer *target, const char *user, const char *fingerprint)
{
	writer_put_string(target, "/api/v1/user/");
	http_target_encode(target, span_of_string(user));
	writer_put_string(target, "/authorized_keys");
	if (fingerprint && fingerprint[0] != '\0') {
		writer_put_string(target, "?fingerprint=");
		http_target_encode(target, span_of_string(fingerprint));
	}
	return !target->overflowed;
}

/* operands: the user, and the fingerprint or NULL; an empty one is as good as none. */
static int ask(const char *server, const struct where_options *options, const char *const operands[static 2])
{
	uint8_t target_room[TARGET_MAX], words_room[512];
	struct writer target = writer_of(target_room, sizeof(target_room));
	struct writer words = writer_of(words_room, sizeof(words_room));
	const int64_t until = clock_monotonic() + TIME_MAX;
	struct fetch fetch = { .connect_until = until, .until = until, .size = ANSWER_MAX };
	const char *why_not;

	if (!where_read(span_of_string(server), &fetch.where, &why_not))
		return tell_usage("authorized-keys", span_of_string(why_not));
	fetch.where.cacert = options->cacert;
	fetch.where.pins = options->pins;
	if (fetch.where.user.size > 0)
		return tell_usage("authorized-keys", SPAN("the user is an operand, not a part of the server"));
	if (!write_target(&target, operands[0], operands[1]))
		return tell_failure(SPAN("the user's name or the fingerprint is too long"));
	fetch.target = writer_written(&target);
	fetch.room = pages_take(ANSWER_MAX);
	if (!fetch.room)
		return tell_failure(SPAN("the system has not enough memory"));
	if (!fetch_whole(&fetch, &words))
		return tell_failure(writer_written(&words));
	return print(&fetch);
}

static int authorized_keys_main(int count, char **arguments)
{
	struct authorized_keys_options given = { 0 };
	const char *operands[2] = { NULL, NULL };
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));

	secrecy_start(); /* nobody else of the user that it runs as shall write to sshd in its place */
	file_guard_standard();
	signal_ignore_pipe(); /* sshd before 7.5 stops reading when it has found its key */
	if (command_read(&authorized_keys_command, count, arguments, &given, operands, &words) < 0)
		return tell_usage("authorized-keys", writer_written(&words));
	if (!operands[0] || operands[0][0] == '\0')
		return tell_usage("authorized-keys", SPAN("which user?"));
	return ask(given.server && given.server[0] != '\0' ? given.server : reach_default(), &given.where, operands);
}

const struct command authorized_keys_command = {
	.name = "authorized-keys",
	.main = authorized_keys_main,
	.summary = "print a user's keys, for sshd",
	.operands = "[--] USER [FINGERPRINT]",
	.operand_count = 2,
	COMMAND_OPTIONS(authorized_keys_options),
	.text = "Prints the SSH keys that let USER in now (only the one of that fingerprint, if it is given), as lines "
		"of\n"
		"authorized_keys: all of them, or, where anything goes wrong within 2 seconds, none.\n",
	.notes = "In sshd_config:\n"
		 "\n"
		 "  AuthorizedKeysCommand /usr/bin/inki authorized-keys -- %u %f\n"
		 "  AuthorizedKeysCommandUser inki\n",
};
