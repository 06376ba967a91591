/* Connections to a server, for the client: each call waits until the clock_monotonic() time until at most. */
#ifndef INKI_HOST_CONNECT_H
#define INKI_HOST_CONNECT_H

#include "base/span.h"

/* Connects and returns a descriptor that does not block; or -1, with the words of a sentence in *why_not. */
int connect_unix(struct span path, int64_t until, const char **why_not);

/* host is a numeric address, which is used as it is, or a name to look up; its addresses, of IPv6
 * and IPv4, are tried in order, each with its share of the time. (A
 * look-up that outruns the time ends the program with a message and exit code 1: the C library's resolver cannot be
 * stopped otherwise.) */
int connect_tcp(struct span host, uint16_t port, int64_t until, const char **why_not);

#endif
