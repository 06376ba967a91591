/* A system that moves less than it was asked to: of each read and write of a stream, a file or a pipe, and of random bytes,
 * $PROBE_SHORT bytes at most. (What a system never cuts stays whole: messages, what is in /proc, signals, and a few bytes
 * of a pipe. So does the log, whose torn lines tests/e2e/test_log.py looks at.) */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIPE_WHOLE = 8 };

ssize_t __real_read(int descriptor, void *data, size_t size);
ssize_t __wrap_read(int descriptor, void *data, size_t size);
ssize_t __real_write(int descriptor, const void *data, size_t size);
ssize_t __wrap_write(int descriptor, const void *data, size_t size);
ssize_t __real_recv(int descriptor, void *data, size_t size, int flags);
ssize_t __wrap_recv(int descriptor, void *data, size_t size, int flags);
ssize_t __real_send(int descriptor, const void *data, size_t size, int flags);
ssize_t __wrap_send(int descriptor, const void *data, size_t size, int flags);
ssize_t __real_getrandom(void *data, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *data, size_t size, unsigned flags);

static size_t least = SIZE_MAX;

__attribute__((constructor)) static void find_least(void)
{
	const char *text = getenv("PROBE_SHORT");

	if (text)
		least = strtoul(text, NULL, 10);
}

static size_t cut(size_t size)
{
	return size < least ? size : least;
}

static bool is_stream(int descriptor)
{
	int kind = 0;
	socklen_t size = sizeof(kind);

	return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_STREAM;
}

static bool may_be_cut(int descriptor, size_t size, bool is_read)
{
	struct stat status;

	if (least == SIZE_MAX || fstat(descriptor, &status) < 0)
		return false;
	if (S_ISREG(status.st_mode))
		return is_read ? status.st_size > 0 : descriptor == STDOUT_FILENO;
	return (S_ISFIFO(status.st_mode) && size > PIPE_WHOLE) || (S_ISSOCK(status.st_mode) && is_stream(descriptor));
}

ssize_t __wrap_read(int descriptor, void *data, size_t size)
{
	return __real_read(descriptor, data, may_be_cut(descriptor, size, true) ? cut(size) : size);
}

ssize_t __wrap_write(int descriptor, const void *data, size_t size)
{
	return __real_write(descriptor, data, may_be_cut(descriptor, size, false) ? cut(size) : size);
}

ssize_t __wrap_recv(int descriptor, void *data, size_t size, int flags)
{
	return __real_recv(descriptor, data, may_be_cut(descriptor, size, true) ? cut(size) : size, flags);
}

ssize_t __wrap_send(int descriptor, const void *data, size_t size, int flags)
{
	return __real_send(descriptor, data, may_be_cut(descriptor, size, false) ? cut(size) : size, flags);
}

ssize_t __wrap_getrandom(void *data, size_t size, unsigned flags)
{
	return __real_getrandom(data, cut(size), flags);
}
