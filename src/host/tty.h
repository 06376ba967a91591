/* The user's terminal, whatever the standard descriptors are. */
#ifndef INKI_HOST_TTY_H
#define INKI_HOST_TTY_H

#include "base/span.h"

/* Asks for a secret: prints prompt and a blank, and reads a line that does not appear on the screen. The line, without
 * its end, is stored in room; it is the caller's to wipe. A signal that ends or stops the process finds the terminal as
 * it was before; after a stop the question is asked again. Returns false, with the words of a sentence in *why_not and
 * nothing kept, if there is no terminal, if input ends, or if the line is longer than the room. */
bool tty_ask_secret(const char *prompt, uint8_t *room, size_t size, struct span *line, const char **why_not);

/* Tells programs that gpg starts which terminal they can ask on: sets GPG_TTY if it is not set. */
void tty_name_for_gpg(void);

#endif
