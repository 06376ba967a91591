/* Between a connection's state machine and its socket. */
#ifndef INKI_SERVER_PUMP_H
#define INKI_SERVER_PUMP_H

#include "server/loop.h"

/* One turn of a connection: reads, moves on, writes, and closes it where that is its end. It serves at most two
 * requests, so that nobody who sends many at once keeps the others waiting; one only, if that took long; a few more
 * over a Unix socket, so that sshd has a long list in one turn. */
void pump_turn(struct loop *loop, struct slot *slot);

/* Closes a connection and frees its slot. */
void pump_close(struct loop *loop, struct slot *slot);

/* Empties the journal into the log. */
void pump_flush_journal(struct loop *loop);

#endif
