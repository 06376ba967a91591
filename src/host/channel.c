#include "host/channel.h"

#include <errno.h>
#include <sys/socket.h>

enum { ATTEMPTS = 3 };

bool channel_open(int ends[static 2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0;
}

/* What fails for a moment, for want of memory, works the next time. */
bool channel_send(int end, struct span message)
{
	ssize_t sent = -1;

	for (unsigned attempt = 0; attempt < ATTEMPTS && sent < 0; attempt++)
		sent = send(end, message.data, message.size, MSG_DONTWAIT | MSG_NOSIGNAL);
	return sent == (ssize_t)message.size;
}

/* An error is none of the other process: its end is told by a reading of nothing. */
enum channel_taken channel_take(int end, void *data, size_t room, size_t *size)
{
	ssize_t got;

	do
		got = recv(end, data, room, MSG_DONTWAIT | MSG_TRUNC);
	while (got < 0 && errno == EINTR);
	*size = got > 0 ? (size_t)got : 0;
	if (got > 0)
		return CHANNEL_MESSAGE;
	return got < 0 ? CHANNEL_NOTHING : CHANNEL_ENDED;
}
