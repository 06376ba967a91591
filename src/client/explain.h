/* The command "explain": why a key is let in by a server, or is not. */
#ifndef INKI_CLIENT_EXPLAIN_H
#define INKI_CLIENT_EXPLAIN_H

#include "base/command.h"

extern const struct command explain_command;

#endif
