#include "client/stream.h"

#include "host/connect.h"
#include "host/net.h"

static const char out_of_time[] = "it did not answer in time";

static bool refuse(const char **why_not, const char *words)
{
	*why_not = words;
	return false;
}

bool stream_open(struct stream *stream, const struct where *where, int64_t connect_until, int64_t until,
                 const char **why_not)
{
	*stream = (struct stream){ .descriptor = -1, .until = until };
	if (where->is_tls)
		return refuse(why_not, "this version has no TLS yet, so no https://");
	if (where->socket.size > 0)
		stream->descriptor = connect_unix(where->socket, connect_until, why_not);
	else
		stream->descriptor = connect_tcp(where->host, where->port, connect_until, why_not);
	return stream->descriptor >= 0;
}

bool stream_send(struct stream *stream, struct span bytes, const char **why_not)
{
	while (bytes.size > 0) {
		size_t moved;
		enum net_io outcome = net_write(stream->descriptor, bytes, &moved);

		bytes = span_skip(bytes, moved);
		if (outcome == NET_LATER && !net_wait(stream->descriptor, true, stream->until))
			return refuse(why_not, out_of_time);
		if (outcome == NET_BROKEN)
			return refuse(why_not, "it closed the connection");
	}
	return true;
}

bool stream_receive(struct stream *stream, uint8_t *data, size_t size, size_t *moved, const char **why_not)
{
	enum net_io outcome;

	do {
		*moved = 0;
		if (!net_wait(stream->descriptor, false, stream->until))
			return refuse(why_not, out_of_time);
		outcome = net_read(stream->descriptor, data, size, moved);
	} while (outcome == NET_LATER);
	return outcome == NET_BROKEN ? refuse(why_not, "it closed the connection") : true;
}

void stream_close(struct stream *stream)
{
	net_close(stream->descriptor);
}
