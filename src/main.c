/* The commands of inki. It knows no protocol: each command is at home in its room. */
#include "base/command.h"
#include "base/kconfig.h"
#include "client/authorized_keys.h"
#include "client/events.h"
#include "client/explain.h"
#include "client/key_change.h"
#include "client/key_list.h"
#include "client/key_sign.h"
#include "client/verify.h"
#include "host/tell.h"
#include "server/start.h"

static int help_main(int count, char **arguments);

static const struct command help_command = {
	.name = "help",
	.main = help_main,
	.summary = "print this, or how to use a command",
	.operands = "[COMMAND]",
	.text = "Prints how to use inki, or one of its commands.\n",
};

/* NULL: not in this build. */
static const struct command *const commands[] = {
	&server_command,
	IS_ENABLED(CONFIG_CLIENT) ? &key_add_command : NULL,
	IS_ENABLED(CONFIG_CLIENT) ? &key_remove_command : NULL,
	IS_ENABLED(CONFIG_CLIENT) ? &key_sign_command : NULL,
	IS_ENABLED(CONFIG_CLIENT) ? &key_list_command : NULL,
	&authorized_keys_command,
	IS_ENABLED(CONFIG_CLIENT) ? &events_command : NULL,
	IS_ENABLED(CONFIG_CLIENT) ? &explain_command : NULL,
	IS_ENABLED(CONFIG_CLIENT) ? &verify_command : NULL,
	&help_command,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]), WORDS_MAX = 2 };

/* What stands in front of the command; -L is handed on to it. */
struct main_options {
	const char *level, *version, *help;
};

static const struct option main_options[] = {
	{ 'L', "log-level", OPTION_VALUE, offsetof(struct main_options, level), "LEVEL", "see inki help server" },
	{ 0, "version", OPTION_FLAG, offsetof(struct main_options, version), NULL, "print the version" },
	{ 'h', "help", OPTION_FLAG, offsetof(struct main_options, help), NULL, "print how to use a command" },
};

/* Not on the stack: each login would touch more of its pages. */
static uint8_t help_room[COMMAND_HELP_MAX];

static bool is_word(const char *argument, struct span word)
{
	return span_equal(span_of_string(argument), word);
}

/* "keys" is what the first clients called it. */
static bool is_first_word(const char *argument, struct span word)
{
	return is_word(argument, word) || (is_word(argument, SPAN("keys")) && span_equal(word, SPAN("key")));
}

/* How many of the arguments are the command's name: all of its words, or 0. */
static int match_name(const struct command *command, int count, char **arguments)
{
	struct span name = span_of_string(command->name);
	size_t first = span_find_byte(name, ' ');

	if (count < 1 || !is_first_word(arguments[0], span_first(name, first)))
		return 0;
	if (first == name.size)
		return 1;
	return count > 1 && is_word(arguments[1], span_skip(name, first + 1)) ? WORDS_MAX : 0;
}

/* Is argument the first word of a command that has two? */
static bool is_group(const struct command *command, const char *argument)
{
	struct span name = span_of_string(command->name);
	size_t first = span_find_byte(name, ' ');

	return first < name.size && is_first_word(argument, span_first(name, first));
}

static const struct command *find_command(int count, char **arguments, int *words)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		*words = commands[i] ? match_name(commands[i], count, arguments) : 0;
		if (*words > 0)
			return commands[i];
	}
	return NULL;
}

/* All commands, or those of the group; false if there are none. */
static bool write_usage(struct writer *text, const char *group)
{
	size_t before, put = 0;

	writer_put_string(text, "usage: inki COMMAND ...\n\n");
	before = text->used;
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (commands[i] && (!group || is_group(commands[i], group)))
			command_write_summary(text, commands[i]);
	put = text->used - before;
	writer_put_string(text, "\ninki help COMMAND tells more; inki --version tells the version.\n");
	return put > 0;
}

static int refuse_command(const char *name, bool is_a_group)
{
	struct span shown = span_first(span_of_string(name), 100);
	uint8_t room[256];
	struct writer words = writer_of(room, sizeof(room));

	writer_put(&words, shown);
	writer_put_string(&words,
	                  is_a_group ? " has no such command; see inki help " : " is not a command; see inki help");
	writer_put(&words, is_a_group ? shown : (struct span){ 0 });
	tell_failure(writer_written(&words));
	return TELL_USAGE;
}

static int help_main(int count, char **arguments)
{
	struct writer text = writer_of(help_room, sizeof(help_room));
	int words;
	const struct command *command = find_command(count, arguments, &words);

	if (command)
		command_write_help(&text, command);
	else if (!write_usage(&text, count > 0 ? arguments[0] : NULL))
		return refuse_command(arguments[0], false);
	return tell_result(writer_written(&text));
}

/* "inki key lsit" */
static bool has_second_word(int count, char **arguments)
{
	return count > 1 && arguments[1][0] != '-';
}

/* "inki server --help" is what one types first. */
static bool asks_for_help(int count, char **arguments)
{
	for (int i = 0; i < count && !is_word(arguments[i], SPAN("--")); i++)
		if (is_word(arguments[i], SPAN("--help")) || is_word(arguments[i], SPAN("-h")))
			return true;
	return false;
}

/* Runs the command whose name is there. What stands in front of it ("inki -L debug server") is handed on to it, in
 * front of its own arguments: the name makes way. */
static int run(int place, int count, char **arguments)
{
	int words;
	const struct command *command = find_command(count - place, arguments + place, &words);
	struct writer text = writer_of(help_room, sizeof(help_room));
	bool is_a_group = !command && write_usage(&text, arguments[place]);

	if (!command && (!is_a_group || has_second_word(count - place, arguments + place)))
		return refuse_command(arguments[place], is_a_group);
	if (asks_for_help(count, arguments))
		return help_main(count - place, arguments + place);
	if (!command)
		return tell_how_to_use(writer_written(&text));
	for (int i = place - 1; i >= 0; i--)
		arguments[i + words] = arguments[i];
	return command->main(count - words, arguments + words);
}

int main(int count, char **arguments)
{
	struct main_options read = { 0 };
	struct options options = { .arguments = arguments + 1, .count = count > 0 ? count - 1 : 0 };
	struct writer text = writer_of(help_room, sizeof(help_room));

	if (!options_read(&options, main_options, sizeof(main_options) / sizeof(main_options[0]), &read, &text)) {
		tell_failure(writer_written(&text));
		return TELL_USAGE;
	}
	if (read.version)
		return tell_result(SPAN("inki " INKI_VERSION "\n"));
	if (read.help)
		return help_main(0, NULL);
	if (options.taken < options.count)
		return run(options.taken, options.count, options.arguments);
	write_usage(&text, NULL);
	return tell_how_to_use(writer_written(&text));
}
