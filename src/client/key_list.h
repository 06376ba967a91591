/* The command "key list": a user's keys on a server. */
#ifndef INKI_CLIENT_KEY_LIST_H
#define INKI_CLIENT_KEY_LIST_H

#include "base/command.h"

extern const struct command key_list_command;

#endif
