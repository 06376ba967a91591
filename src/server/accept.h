/* New connections: each gets a slot, or that of another one, or is told to come again. */
#ifndef INKI_SERVER_ACCEPT_H
#define INKI_SERVER_ACCEPT_H

#include "server/loop.h"

/* Takes the next connection of a listener and serves what has come already. */
void accept_connection(struct loop *loop, const struct listener *listener);

/* Asks for connections again, after a pause for want of descriptors. */
void accept_resume(struct loop *loop);

#endif
