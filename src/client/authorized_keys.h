/* The command "authorized-keys", for sshd's AuthorizedKeysCommand: a user's keys, all of them or none. */
#ifndef INKI_CLIENT_AUTHORIZED_KEYS_H
#define INKI_CLIENT_AUTHORIZED_KEYS_H

#include "base/span.h"

extern const char authorized_keys_help[];

/* arguments are those after the command's name. Returns the exit code. */
int authorized_keys_main(int count, char **arguments);

/* Is this whole lines that sshd may read: each a key with its type in front and no options, ended by LF; UTF-8, no
 * other control character? */
bool authorized_keys_are_sane(struct span lines);

#endif
