/* The command "verify": judges a signed message as the server would. */
#ifndef INKI_CLIENT_VERIFY_H
#define INKI_CLIENT_VERIFY_H

#include "base/command.h"

extern const struct command verify_command;

#endif
