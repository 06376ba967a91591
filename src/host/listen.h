/* Sockets that wait for connections. They do not block, and queue what is not accepted at once. */
#ifndef INKI_HOST_LISTEN_H
#define INKI_HOST_LISTEN_H

#include "base/writer.h"

/* Why there is no descriptor: the system lacks the address or its family, as one without IPv6 does; another server is
 * there, but maybe not for long; anything else. */
enum { LISTEN_NO_ADDRESS = -1, LISTEN_TAKEN = -2, LISTEN_FAILED = -3 };

/* Listens on a numeric IPv4 or IPv6 address (the latter for IPv6 only) and a port, 0 for one that the system chooses.
 * Returns the descriptor; or one of the above, with the words of a sentence in *why_not. */
int listen_tcp(struct span address, uint16_t port, const char **why_not);

/* Listens on a Unix socket of that path and of these permissions, which it has from its first moment on. A socket
 * file that nobody answers at any more is replaced; anything else that is there is left alone, and refused. */
int listen_unix(struct span path, unsigned mode, const char **why_not);

/* Writes where a TCP listener is, e.g. 127.0.0.1:41234 or [::1]:3000. */
void listen_write_name(int descriptor, struct writer *name);

/* Removes the file of a Unix listener, if it is a socket still. This comes before the listener is closed: a server that
 * starts at this moment then finds a free path, and we do not remove its socket. */
void listen_forget_unix(struct span path);

#endif
