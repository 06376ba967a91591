/* Between a connection's socket and its state machine, where it has TLS: slot->tls is set. */
#ifndef INKI_SERVER_SECURE_H
#define INKI_SERVER_SECURE_H

#include "server/slots.h"

/* Reads records, and hands their text to the connection. One that turns out to be plain HTTP is answered as such, with
 * the advice to use https://, and has TLS no more. */
void secure_read(struct slot *slot, struct app *app, struct conn_moment now);

/* Sends what waits: records of the handshake, and the connection's output. */
void secure_write(struct slot *slot, int64_t monotonic);

/* Are there records to be sent? */
bool secure_wants_output(const struct slot *slot);

/* Takes leave with close_notify, as far as that goes at once. What still comes is not deciphered any more. */
void secure_end(struct slot *slot);

#endif
