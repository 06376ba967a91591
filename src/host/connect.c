#include "host/connect.h"

#include "base/kconfig.h"
#include "host/clock.h"
#include "host/net.h"
#include "host/signal.h"
#include "host/socket_address.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { HOST_MAX = 255 };

static const char out_of_time[] = "it did not answer in time";

/* A Unix socket's connect() cannot be polled for: when the server's queue is full it waits, as long as the send
 * time-out. */
int connect_unix(struct span path, int64_t until, const char **why_not)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int64_t left = until - clock_monotonic();
	struct timeval limit = { .tv_sec = (time_t)(left / 1000), .tv_usec = (suseconds_t)(left % 1000 * 1000) };
	int descriptor;

	*why_not = out_of_time;
	if (left <= 0)
		return -1;
	*why_not = "the path of a socket has 1 to 107 bytes";
	if (path.size == 0 || path.size >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path.data, path.size);
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (descriptor >= 0 && setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
	    connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return descriptor;
	*why_not = errno == EAGAIN ? out_of_time : strerror(errno);
	if (descriptor >= 0)
		close(descriptor);
	return -1;
}

/* Tries one address; the descriptor, or -1. */
static int try_address(const struct sockaddr *address, socklen_t address_size, int64_t until, const char **why_not)
{
	int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error = descriptor < 0 || connect(descriptor, address, address_size) < 0 ? errno : 0;
	socklen_t size = sizeof(error);

	*why_not = NULL;
	if (error == EINPROGRESS) {
		if (!net_wait(descriptor, true, until))
			*why_not = out_of_time;
		else if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
			error = errno;
	}
	if (error == 0)
		return descriptor;
	if (!*why_not)
		*why_not = strerror(error);
	if (descriptor >= 0)
		close(descriptor);
	return -1;
}

static struct addrinfo *look_up(const char *host, int64_t until)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	int64_t left = until - clock_monotonic();
	int result;

	signal_end_after(left > 1000 ? (unsigned)((left + 999) / 1000) : 1,
	                 "inki: the look-up of the server's name took too long\n");
	result = getaddrinfo(host, NULL, &hints, &found);
	signal_end_after(0, "");
	return result == 0 ? found : NULL;
}

static void set_port(struct sockaddr *address, uint16_t port)
{
	void *any = address; /* what getaddrinfo() allocates is aligned for its family */

	if (address->sa_family == AF_INET)
		((struct sockaddr_in *)any)->sin_port = htons(port);
	else if (address->sa_family == AF_INET6)
		((struct sockaddr_in6 *)any)->sin6_port = htons(port);
}

/* Each address gets its share of the time that is left, so that one that is silent leaves some for the next. */
static int64_t share(const struct addrinfo *addresses, int64_t until)
{
	const int64_t now = clock_monotonic();
	int64_t count = 0;

	for (; addresses; addresses = addresses->ai_next)
		count++;
	return now + (until - now) / count;
}

/* The first address is the likeliest (RFC 6724), so its failure says most. */
static int try_all(struct addrinfo *addresses, uint16_t port, int64_t until, const char **why_not)
{
	const char *words;
	int descriptor = -1;

	for (struct addrinfo *each = addresses; each && descriptor < 0; each = each->ai_next) {
		set_port(each->ai_addr, port);
		descriptor = try_address(each->ai_addr, each->ai_addrlen, share(each, until), &words);
		if (each == addresses)
			*why_not = words;
	}
	return descriptor;
}

static int connect_by_name(struct span host, uint16_t port, int64_t until, const char **why_not)
{
	char name[HOST_MAX + 1];
	struct addrinfo *addresses;
	int descriptor;

	*why_not = "its name cannot be looked up";
	if (host.size == 0 || host.size > HOST_MAX || span_find_byte(host, '\0') < host.size)
		return -1;
	memcpy(name, host.data, host.size);
	name[host.size] = '\0';
	addresses = look_up(name, until);
	if (!addresses)
		return -1;
	descriptor = try_all(addresses, port, until, why_not);
	freeaddrinfo(addresses);
	return descriptor;
}

int connect_tcp(struct span host, uint16_t port, int64_t until, const char **why_not)
{
	union socket_address address;
	const socklen_t size = socket_address_read(host, port, &address);

	if (size > 0)
		return try_address(&address.any, size, until, why_not);
	*why_not = "this build looks up no names: give a numeric address (CONFIG_LOOKUP)";
	return IS_ENABLED(CONFIG_LOOKUP) ? connect_by_name(host, port, until, why_not) : -1;
}
