#include "host/listen.h"

#include "base/address.h"
#include "host/socket_address.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUEUE_LENGTH = 128 };

/* The end of each way to open a listener: its descriptor, or the reason why not. */
static int finish(int descriptor, bool works, const char **why_not)
{
	int error = errno;

	if (works)
		return descriptor;
	*why_not = strerror(error);
	if (descriptor >= 0)
		close(descriptor);
	if (error == EADDRINUSE)
		return LISTEN_TAKEN;
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL ? LISTEN_NO_ADDRESS : LISTEN_FAILED;
}

int listen_tcp(struct span text, uint16_t port, const char **why_not)
{
	static const int on = 1;
	union socket_address address;
	socklen_t size = socket_address_read(text, port, &address);
	int descriptor;
	bool works;

	*why_not = NULL;
	if (size == 0) {
		*why_not = "this is no numeric IPv4 or IPv6 address";
		return LISTEN_FAILED;
	}
	descriptor = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	works = descriptor >= 0 && setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0;
	if (address.any.sa_family == AF_INET6)
		works = works && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0;
	works = works && bind(descriptor, &address.any, size) == 0 && listen(descriptor, QUEUE_LENGTH) == 0;
	return finish(descriptor, works, why_not);
}

static bool set_path(struct sockaddr_un *address, struct span path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (path.size == 0 || path.size >= sizeof(address->sun_path))
		return false;
	memcpy(address->sun_path, path.data, path.size);
	return true;
}

/* Removes a socket file that a server left behind. Returns NULL if the path is free now, else why it is not. */
static const char *clear_path(const struct sockaddr_un *address, bool *is_taken)
{
	struct stat found;
	int probe, error;

	*is_taken = false;
	if (lstat(address->sun_path, &found) < 0)
		return errno == ENOENT ? NULL : strerror(errno);
	if (!S_ISSOCK(found.st_mode))
		return "there is something at this path that is not a socket";
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (probe < 0)
		return strerror(errno);
	error = connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0 ? 0 : errno;
	close(probe);
	*is_taken = error != ECONNREFUSED;
	if (*is_taken)
		return "another server answers at this socket";
	return unlink(address->sun_path) == 0 ? NULL : strerror(errno);
}

int listen_unix(struct span path, unsigned mode, const char **why_not)
{
	struct sockaddr_un address;
	mode_t mask;
	int descriptor;
	bool works, is_taken;

	if (!set_path(&address, path)) {
		*why_not = "the path of a socket has 1 to 107 bytes";
		return LISTEN_FAILED;
	}
	*why_not = clear_path(&address, &is_taken);
	if (*why_not)
		return is_taken ? LISTEN_TAKEN : LISTEN_FAILED;
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(~mode & 0777);
	works = descriptor >= 0 && bind(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0;
	umask(mask);
	works = works && listen(descriptor, QUEUE_LENGTH) == 0;
	return finish(descriptor, works, why_not);
}

void listen_write_name(int descriptor, struct writer *name)
{
	union socket_address address = { .any.sa_family = AF_UNSPEC };
	socklen_t size = sizeof(address);

	getsockname(descriptor, &address.any, &size);
	if (address.any.sa_family == AF_INET) {
		address_write_ipv4(name, (const uint8_t *)&address.ipv4.sin_addr);
		writer_put_byte(name, ':');
		writer_put_number(name, ntohs(address.ipv4.sin_port));
	} else {
		writer_put_byte(name, '[');
		address_write_ipv6(name, address.ipv6.sin6_addr.s6_addr);
		writer_put_string(name, "]:");
		writer_put_number(name, ntohs(address.ipv6.sin6_port));
	}
}

void listen_forget_unix(struct span path)
{
	struct sockaddr_un address;
	struct stat found;

	if (set_path(&address, path) && lstat(address.sun_path, &found) == 0 && S_ISSOCK(found.st_mode))
		unlink(address.sun_path);
}
