#include "host/net.h"

#include "host/clock.h"
#include "host/socket_address.h"

#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static enum net_io outcome(ssize_t result, size_t *moved)
{
	*moved = result > 0 ? (size_t)result : 0;
	if (result > 0)
		return NET_MOVED;
	if (result == 0)
		return NET_ENDED;
	return errno == EAGAIN || errno == EWOULDBLOCK ? NET_LATER : NET_BROKEN;
}

enum net_io net_read(int descriptor, uint8_t *data, size_t size, size_t *moved)
{
	ssize_t result;

	do
		result = recv(descriptor, data, size, MSG_DONTWAIT);
	while (result < 0 && errno == EINTR);
	return outcome(result, moved);
}

static enum net_io write_with(int descriptor, struct span data, int flags, size_t *moved)
{
	ssize_t result;

	do
		result = send(descriptor, data.data, data.size, MSG_DONTWAIT | MSG_NOSIGNAL | flags);
	while (result < 0 && errno == EINTR);
	return outcome(result, moved);
}

enum net_io net_write(int descriptor, struct span data, size_t *moved)
{
	return write_with(descriptor, data, 0, moved);
}

enum net_io net_write_part(int descriptor, struct span data, size_t *moved)
{
	return write_with(descriptor, data, MSG_MORE, moved);
}

void net_end_writing(int descriptor)
{
	shutdown(descriptor, SHUT_WR);
}

void net_close(int descriptor)
{
	close(descriptor); /* on Linux it is closed whatever the result says */
}

bool net_wait(int descriptor, bool to_write, int64_t until)
{
	struct pollfd ready = { .fd = descriptor, .events = to_write ? POLLOUT : POLLIN };

	for (;;) {
		int64_t left = until - clock_monotonic();

		if (left <= 0)
			return false;
		if (poll(&ready, 1, left > INT_MAX ? INT_MAX : (int)left) > 0)
			return true;
	}
}

static void name_peer(int descriptor, const union socket_address *address, struct net_peer *peer)
{
	struct writer name = writer_of(peer->name, sizeof(peer->name));
	struct ucred credentials;
	socklen_t size = sizeof(credentials);

	if (address->any.sa_family == AF_INET) {
		address_write_ipv4(&name, (const uint8_t *)&address->ipv4.sin_addr);
		peer->source = address_source_ipv4((const uint8_t *)&address->ipv4.sin_addr);
	} else if (address->any.sa_family == AF_INET6) {
		address_write_ipv6(&name, address->ipv6.sin6_addr.s6_addr);
		peer->source = address_source_ipv6(address->ipv6.sin6_addr.s6_addr);
	} else {
		peer->is_local = address->any.sa_family == AF_UNIX;
		writer_put_string(&name, "unix:uid:");
		if (peer->is_local && getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
			peer->knows_uid = true;
			peer->uid = credentials.uid;
			writer_put_number(&name, credentials.uid);
		} else {
			writer_put_byte(&name, '?');
		}
	}
	peer->name_size = name.used;
}

static bool lacks_room(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

int net_accept(int listener, struct net_peer *peer)
{
	static const int on = 1;
	union socket_address address = { .any.sa_family = AF_UNSPEC };
	socklen_t size = sizeof(address);
	int descriptor = accept4(listener, &address.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

	*peer = (struct net_peer){ 0 };
	if (descriptor < 0)
		return lacks_room(errno) ? NET_NO_ROOM : NET_NOBODY;
	name_peer(descriptor, &address, peer);
	if (!peer->is_local)
		setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return descriptor;
}

struct span net_host_name(char *room, size_t size)
{
	if (gethostname(room, size) < 0 || !memchr(room, '\0', size))
		return (struct span){ 0 };
	return span_of_string(room);
}

bool net_allow_descriptors(size_t count)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return false;
	if (limit.rlim_cur >= count)
		return true;
	if (limit.rlim_max < count)
		return false;
	limit.rlim_cur = count;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}
