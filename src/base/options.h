/* Command line options, read by a table that holds their help too.
 *
 * Known forms: -c VALUE, -cVALUE, --config VALUE, --config=VALUE and flags (-h, --help), before, between and after the
 * operands; what follows "--" is operands only. A lone "-" is an operand. An option given twice: the last one counts,
 * unless its kind is OPTION_LIST.
 */
#ifndef INKI_BASE_OPTIONS_H
#define INKI_BASE_OPTIONS_H

#include "base/writer.h"

enum option_kind { OPTION_VALUE, OPTION_FLAG, OPTION_LIST };

struct option {
	char letter;      /* 0: it has a long name only */
	const char *name; /* without the dashes; NULL: it has a letter only */
	enum option_kind kind;
	size_t offset;     /* where what is read goes, in the caller's struct */
	const char *value; /* what the help calls the value, such as "FILE"; NULL for a flag */
	const char *help;  /* lines, the last without its end */
};

/* What is read goes into a struct of the caller's that starts out zeroed (or with defaults), by the option's kind:
 *   OPTION_VALUE: a const char *, set to the value; OPTION_FLAG: a const char *, set to "";
 *   OPTION_LIST: a struct option_list. */
enum { OPTION_LIST_MAX = 16 };
struct option_list {
	const char *values[OPTION_LIST_MAX];
	size_t count;
};

/* Where the reading stands. */
struct options {
	char **arguments; /* of which the first taken ones are behind us */
	int count;
	int taken;
	bool operands_only; /* "--" was there */
};

/* Reads options up to the next operand, which is left for the caller to take from options->arguments[options->taken].
 * Returns true if there is one, or if none is left and all was well; false, with what was wrong in words ("-x needs a
 * value"), for an unknown option, a value that is missing, one that a flag does not take, and one too many in a list.
 */
bool options_read(struct options *options, const struct option *table, size_t size, void *read, struct writer *words);

#endif
