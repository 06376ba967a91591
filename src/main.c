/* The commands of inki. It knows no protocol: each command is at home in its room. */
#include "base/options.h"
#include "client/authorized_keys.h"
#include "client/verify.h"
#include "host/tell.h"
#include "server/start.h"

static int help_main(int count, char **arguments);

static const char help_help[] = "usage: inki help [COMMAND]\n"
				"\n"
				"Prints how to use inki, or one of its commands.\n";

static const struct command {
	const char *name;
	int (*main)(int count, char **arguments); /* with the arguments after the name; returns the exit code */
	const char *summary, *help;
} commands[] = {
	{ "server", server_main, "hold keys, and serve them", server_help },
	{ "authorized-keys", authorized_keys_main, "print a user's keys, for sshd", authorized_keys_help },
	{ "verify", verify_main, "check a signed message as the server would, and print its text", verify_help },
	{ "help", help_main, "print this, or how to use a command", help_help },
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]), NAME_WIDTH = 18, TEXT_MAX = 2048 };

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (span_equal(span_of_string(commands[i].name), span_of_string(name)))
			return &commands[i];
	return NULL;
}

static void write_usage(struct writer *text)
{
	writer_put_string(text, "usage: inki COMMAND ...\n\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		writer_put_string(text, "  ");
		writer_put_string(text, commands[i].name);
		for (size_t width = span_of_string(commands[i].name).size; width < NAME_WIDTH; width++)
			writer_put_byte(text, ' ');
		writer_put_string(text, commands[i].summary);
		writer_put_byte(text, '\n');
	}
	writer_put_string(text, "\ninki help COMMAND tells more; inki --version tells the version.\n");
}

static int refuse_command(const char *name)
{
	uint8_t room[256];
	struct writer words = writer_of(room, sizeof(room));

	writer_put(&words, span_first(span_of_string(name), 100));
	writer_put_string(&words, " is not a command; see inki help");
	tell_failure(writer_written(&words));
	return TELL_USAGE;
}

static int help_main(int count, char **arguments)
{
	uint8_t room[TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));
	const struct command *command;

	write_usage(&text);
	if (count == 0)
		return tell_result(writer_written(&text));
	command = find_command(arguments[0]);
	if (!command)
		return refuse_command(arguments[0]);
	return tell_result(span_of_string(command->help));
}

/* "inki server --help" is what one types first. */
static bool asks_for_help(int count, char **arguments)
{
	for (int i = 0; i < count && !span_equal(span_of_string(arguments[i]), SPAN("--")); i++)
		if (span_equal(span_of_string(arguments[i]), SPAN("--help")) ||
		    span_equal(span_of_string(arguments[i]), SPAN("-h")))
			return true;
	return false;
}

/* Runs the command at its place in the arguments. What stands in front of it ("inki -L debug server") is handed on to
 * it, in front of its own arguments: the name makes way. */
static int run(const struct command *command, int place, int count, char **arguments)
{
	for (int i = place; i > 0; i--)
		arguments[i] = arguments[i - 1];
	if (asks_for_help(count - 1, arguments + 1))
		return tell_result(span_of_string(command->help));
	return command->main(count - 1, arguments + 1);
}

int main(int count, char **arguments)
{
	const char *level = NULL, *version = NULL, *help = NULL;
	const struct option table[] = {
		{ 'L', "log-level", OPTION_VALUE, &level },
		{ 0, "version", OPTION_FLAG, &version },
		{ 'h', "help", OPTION_FLAG, &help },
	};
	struct options options = { .arguments = arguments + 1, .count = count > 0 ? count - 1 : 0 };
	uint8_t room[TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));
	const struct command *command;

	if (!options_read(&options, table, sizeof(table) / sizeof(table[0]), &text)) {
		tell_failure(writer_written(&text));
		return TELL_USAGE;
	}
	if (version)
		return tell_result(SPAN("inki " INKI_VERSION "\n"));
	if (help)
		return help_main(0, NULL);
	if (options.taken == options.count) {
		write_usage(&text);
		return tell_how_to_use(writer_written(&text));
	}
	command = find_command(options.arguments[options.taken]);
	if (!command)
		return refuse_command(options.arguments[options.taken]);
	return run(command, options.taken, options.count, options.arguments);
}
