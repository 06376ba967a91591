#include "host/channel.h"

#include <errno.h>
#include <sys/socket.h>

bool channel_open(int ends[static 2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0;
}

bool channel_send(int end, struct span message)
{
	ssize_t sent;

	do
		sent = send(end, message.data, message.size, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)message.size;
}

enum channel_taken channel_take(int end, void *data, size_t room, size_t *size)
{
	ssize_t got;

	do
		got = recv(end, data, room, MSG_DONTWAIT | MSG_TRUNC);
	while (got < 0 && errno == EINTR);
	*size = got > 0 ? (size_t)got : 0;
	if (got > 0)
		return CHANNEL_MESSAGE;
	return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? CHANNEL_NOTHING : CHANNEL_ENDED;
}
