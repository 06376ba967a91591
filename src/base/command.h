/* A command of the program: what it reads from the command line, and how its help reads, in one table. Completions and
 * man pages are checked against what is printed from it. */
#ifndef INKI_BASE_COMMAND_H
#define INKI_BASE_COMMAND_H

#include "base/options.h"

struct command {
	const char *name;                         /* one word or two, "key add" */
	int (*main)(int count, char **arguments); /* with the arguments after the name; returns the exit code */
	const char *summary;                      /* a line for the list of all commands */
	const char *operands;                     /* as the usage has them: "USER [FINGERPRINT]" */
	int operand_count;                        /* the most there may be */
	const struct option *options;
	size_t option_count;
	const char *text;  /* what it does: lines, each with its end */
	const char *notes; /* the same, printed after the options; may be NULL */
};

/* Two members, from an array of options. */
#define COMMAND_OPTIONS(table) .options = (table), .option_count = sizeof(table) / sizeof((table)[0])

/* Reads all of arguments: the options into *read (see options.h), the operands, in order, into operands, which has room
 * for command->operand_count of them. Returns how many there are, or -1 with what was wrong in words. */
int command_read(const struct command *command, int count, char **arguments, void *read, const char **operands,
                 struct writer *words);

/* Writes how to use it; COMMAND_HELP_MAX bytes are room enough. */
enum { COMMAND_HELP_MAX = 6144 };
void command_write_help(struct writer *writer, const struct command *command);

/* Writes a line of the list of commands: two blanks, the name, and the summary. */
void command_write_summary(struct writer *writer, const struct command *command);

#endif
