/* Signals, as something to be read like input. */
#ifndef INKI_HOST_SIGNAL_H
#define INKI_HOST_SIGNAL_H

#include <stdbool.h>

/* Lets writes to a closed pipe or socket, or beyond the size that a file may have, fail instead of ending the process.
 */
void signal_ignore_pipe(void);

enum signal_kind { SIGNAL_NONE, SIGNAL_END, SIGNAL_RELOAD, SIGNAL_CHILD };

/* From now on TERM, INT and HUP, and CHLD if that is asked for, do nothing but wait to be taken. Returns a descriptor
 * that is readable when there is one; -1 if the system refuses. A process that was forked off opens its own. */
int signal_open(bool with_children);

/* Takes the next signal; SIGNAL_NONE if there is none. */
enum signal_kind signal_take(int descriptor);

/* After so many seconds the process ends: with words on standard error and exit code 1. 0 seconds take it back. */
void signal_end_after(unsigned seconds, const char *words);

#endif
