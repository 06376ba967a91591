/* What a command says to the person who runs it, besides its result: one line on standard error each. */
#ifndef INKI_HOST_TELL_H
#define INKI_HOST_TELL_H

#include "base/writer.h"

enum { TELL_DONE = 0, TELL_FAILED = 1, TELL_USAGE = 2 }; /* exit codes */

/* "inki: words", as printable_write() shows them. */
void tell_note(struct span words);

/* The same, with its first word in red where standard error is a terminal. Returns TELL_FAILED. */
int tell_failure(struct span words);

/* "inki COMMAND: words; see inki help COMMAND". Returns TELL_USAGE. */
int tell_usage(const char *command, struct span words);

/* Writes text of several lines as it is. Returns TELL_USAGE. */
int tell_how_to_use(struct span text);

/* Writes a command's result to standard output. Returns TELL_DONE; or TELL_FAILED, when that was told. A reader that
 * has gone away is no failure. */
int tell_result(struct span text);

/* Writes a part of a long result to standard output, and empties the writer for the next. False when that was told to
 * fail. */
bool tell_written(struct writer *text);

#endif
