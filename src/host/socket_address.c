#include "host/socket_address.h"

#include "base/address.h"

#include <string.h>

socklen_t socket_address_read(struct span text, uint16_t port, union socket_address *address)
{
	uint8_t bytes[ADDRESS_SIZE_MAX];
	const size_t size = address_read(text, bytes);

	*address = (union socket_address){ .any.sa_family = AF_UNSPEC };
	if (size == sizeof(address->ipv4.sin_addr)) {
		address->ipv4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
		memcpy(&address->ipv4.sin_addr, bytes, size);
		return sizeof(address->ipv4);
	}
	if (size == sizeof(address->ipv6.sin6_addr)) {
		address->ipv6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(port) };
		memcpy(&address->ipv6.sin6_addr, bytes, size);
		return sizeof(address->ipv6);
	}
	return 0;
}
