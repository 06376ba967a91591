#include "client/stream.h"

#include "base/kconfig.h"
#include "client/https.h"
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
	if (where->is_tls && !IS_ENABLED(CONFIG_TLS))
		return refuse(why_not, "this inki was built without TLS (CONFIG_TLS), so it has no https://");
	if (!where->is_tls && (where->cacert || where->pins))
		return refuse(why_not,
		              "--cacert and --pinnedpubkey go with https:// only, and nothing was asked without it");
	if (where->socket.size > 0)
		stream->descriptor = connect_unix(where->socket, connect_until, why_not);
	else
		stream->descriptor = connect_tcp(where->host, where->port, connect_until, why_not);
	if (stream->descriptor < 0)
		return false;
	if (IS_ENABLED(CONFIG_TLS) && where->is_tls && !https_start(stream, where, why_not)) {
		net_close(stream->descriptor);
		return false;
	}
	return true;
}

bool stream_send(struct stream *stream, struct span bytes, const char **why_not)
{
	if (IS_ENABLED(CONFIG_TLS) && stream->tls)
		return https_send(stream, bytes, why_not);
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

	if (IS_ENABLED(CONFIG_TLS) && stream->tls)
		return https_receive(stream, data, size, moved, why_not);
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
	if (IS_ENABLED(CONFIG_TLS) && stream->tls)
		https_end(stream);
	net_close(stream->descriptor);
}
