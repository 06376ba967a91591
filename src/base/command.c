#include "base/command.h"

enum { SUMMARY_COLUMN = 20, GAP = 2 };

int command_read(const struct command *command, int count, char **arguments, void *read, const char **operands,
                 struct writer *words)
{
	struct options options = { .arguments = arguments, .count = count };
	int found = 0;

	for (;;) {
		if (!options_read(&options, command->options, command->option_count, read, words))
			return -1;
		if (options.taken >= options.count)
			return found;
		if (found == command->operand_count) {
			writer_put_string(words, options.arguments[options.taken]);
			writer_put_string(words, " is one operand too many");
			return -1;
		}
		operands[found++] = options.arguments[options.taken++];
	}
}

static void put_blanks(struct writer *writer, size_t count)
{
	for (; count > 0; count--)
		writer_put_byte(writer, ' ');
}

/* "  -f, --file FILE" */
static void put_option(struct writer *writer, const struct option *option)
{
	writer_put_string(writer, option->letter ? "  -" : "   ");
	writer_put_byte(writer, option->letter ? (uint8_t)option->letter : ' ');
	if (option->name) {
		writer_put_string(writer, option->letter ? ", --" : "  --");
		writer_put_string(writer, option->name);
	}
	if (option->kind != OPTION_FLAG) {
		writer_put_byte(writer, ' ');
		writer_put_string(writer, option->value);
	}
	writer_put_string(writer, option->kind == OPTION_LIST ? "..." : "");
}

static size_t width_of(const struct option *option)
{
	uint8_t room[80];
	struct writer writer = writer_of(room, sizeof(room));

	put_option(&writer, option);
	return writer.used;
}

/* Their help stands in one column. */
static void put_options(struct writer *writer, const struct command *command)
{
	size_t column = 0;

	for (size_t i = 0; i < command->option_count; i++)
		if (width_of(&command->options[i]) > column)
			column = width_of(&command->options[i]);
	for (size_t i = 0; i < command->option_count; i++) {
		struct span help = span_of_string(command->options[i].help), line;
		size_t width = width_of(&command->options[i]);

		put_option(writer, &command->options[i]);
		while (span_take_line(&help, &line)) {
			put_blanks(writer, column + GAP - width);
			writer_put(writer, line);
			writer_put_byte(writer, '\n');
			width = 0;
		}
	}
}

void command_write_help(struct writer *writer, const struct command *command)
{
	writer_put_string(writer, "usage: inki ");
	writer_put_string(writer, command->name);
	writer_put_string(writer, command->option_count > 0 ? " [OPTION...]" : "");
	writer_put_string(writer, command->operands[0] != '\0' ? " " : "");
	writer_put_string(writer, command->operands);
	writer_put_string(writer, "\n\n");
	writer_put_string(writer, command->text);
	if (command->option_count > 0) {
		writer_put_byte(writer, '\n');
		put_options(writer, command);
	}
	if (command->notes) {
		writer_put_byte(writer, '\n');
		writer_put_string(writer, command->notes);
	}
}

void command_write_summary(struct writer *writer, const struct command *command)
{
	const size_t width = span_of_string(command->name).size;

	put_blanks(writer, GAP);
	writer_put_string(writer, command->name);
	put_blanks(writer, width < SUMMARY_COLUMN ? SUMMARY_COLUMN - width : 1);
	writer_put_string(writer, command->summary);
	writer_put_byte(writer, '\n');
}
