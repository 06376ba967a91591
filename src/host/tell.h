/* What a command says to the person who runs it, besides its result: one line on standard error each. */
#ifndef INKI_HOST_TELL_H
#define INKI_HOST_TELL_H

#include "base/span.h"

enum { TELL_DONE = 0, TELL_FAILED = 1, TELL_USAGE = 2 }; /* exit codes */

/* "inki: words". Control characters come out as '?'. Returns TELL_FAILED. */
int tell_failure(struct span words);

/* "inki COMMAND: words; see inki help COMMAND". Returns TELL_USAGE. */
int tell_usage(const char *command, struct span words);

/* Writes text of several lines as it is. Returns TELL_USAGE. */
int tell_how_to_use(struct span text);

/* Writes a command's result to standard output. Returns TELL_DONE; or TELL_FAILED, when that was told. A reader that
 * has gone away is no failure. */
int tell_result(struct span text);

#endif
