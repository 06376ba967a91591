/* The command "key sign": one more signature under a request that somebody has signed. */
#ifndef INKI_CLIENT_KEY_SIGN_H
#define INKI_CLIENT_KEY_SIGN_H

#include "base/command.h"

extern const struct command key_sign_command;

#endif
