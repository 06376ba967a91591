/* The address of a socket as the system takes it. */
#ifndef INKI_HOST_SOCKET_ADDRESS_H
#define INKI_HOST_SOCKET_ADDRESS_H

#include "base/span.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

union socket_address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
	struct sockaddr_un local;
};

/* Reads a numeric IPv4 or IPv6 address. Returns the size of what is filled in, 0 if it is none. */
socklen_t socket_address_read(struct span text, uint16_t port, union socket_address *address);

#endif
