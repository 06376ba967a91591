/* The command "server": from its arguments to the event loop, and to its end. */
#ifndef INKI_SERVER_START_H
#define INKI_SERVER_START_H

#include "base/command.h"

extern const struct command server_command;

#endif
