/* The commands "key add" and "key remove": a request is made, signed and sent. */
#ifndef INKI_CLIENT_KEY_CHANGE_H
#define INKI_CLIENT_KEY_CHANGE_H

#include "base/command.h"

extern const struct command key_add_command, key_remove_command;

#endif
