/* Command line options, read by a table.
 *
 * Known forms: -c VALUE, -cVALUE, --config VALUE, --config=VALUE and flags (-h, --help), before, between and after the
 * operands; what follows "--" is operands only. A lone "-" is an operand. An option given twice: the last one counts.
 */
#ifndef INKI_BASE_OPTIONS_H
#define INKI_BASE_OPTIONS_H

#include "base/writer.h"

enum option_kind { OPTION_VALUE, OPTION_FLAG };

struct option {
	char letter;      /* 0: it has a long name only */
	const char *name; /* without the dashes; NULL: it has a letter only */
	enum option_kind kind;
	const char **value; /* set to the value of an OPTION_VALUE, to "" for an OPTION_FLAG; else left as it is */
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
 * value"), for an unknown option, a value that is missing, and one that a flag does not take. */
bool options_read(struct options *options, const struct option *table, size_t size, struct writer *words);

/* Reads all of arguments: operands are stored in order, at most most of them. Returns how many there are, or -1 with
 * what was wrong in words. */
int options_read_all(char **arguments, int count, const struct option *table, size_t size, const char **operands,
                     int most, struct writer *words);

#endif
