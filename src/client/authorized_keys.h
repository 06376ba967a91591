/* The command "authorized-keys", for sshd's AuthorizedKeysCommand: a user's keys, all of them or none. */
#ifndef INKI_CLIENT_AUTHORIZED_KEYS_H
#define INKI_CLIENT_AUTHORIZED_KEYS_H

#include "base/command.h"

extern const struct command authorized_keys_command;

/* Is this whole lines that sshd may read: each a key with its type in front and no options, ended by LF; UTF-8, no
 * other control character? */
bool authorized_keys_are_sane(struct span lines);

#endif
