#include "server/listeners.h"

#include "host/listen.h"
#include "host/log.h"
#include "host/net.h"

void listeners_write_address(struct writer *writer, const struct config_listener *config)
{
	bool is_ipv6 = span_find_byte(config->address, ':') < config->address.size;

	if (config->socket.size > 0) {
		writer_put_string(writer, "unix:");
		writer_put(writer, config->socket);
		return;
	}
	writer_put_string(writer, is_ipv6 ? "[" : "");
	writer_put(writer, config->address);
	writer_put_string(writer, is_ipv6 ? "]:" : ":");
	writer_put_number(writer, config->port);
}

static void log_open(const struct listener *listener)
{
	uint8_t room[SOCKET_PATH_SIZE_MAX + 64];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_string(&line, "listening on ");
	if (listener->config->socket.size > 0)
		listeners_write_address(&line, listener->config);
	else
		listen_write_name(listener->descriptor, &line); /* it tells the port that the system chose */
	writer_put_string(&line, listener->config->has_tls ? " with TLS" : "");
	log_line(LOG_LEVEL_INFO, writer_written(&line));
}

static void write_failure(struct writer *writer, const struct config_listener *config, const char *why_not)
{
	writer_put_string(writer, "cannot listen on ");
	listeners_write_address(writer, config);
	writer_put_string(writer, ": ");
	writer_put_string(writer, why_not);
}

static int open_one(const struct config_listener *config, const char **why_not)
{
	if (config->socket.size > 0)
		return listen_unix(config->socket, config->mode, why_not);
	return listen_tcp(config->address, config->port, why_not);
}

bool listeners_open(struct listeners *listeners, const struct config *config, struct writer *error)
{
	listeners->count = 0;
	for (size_t i = 0; i < config->listener_count; i++) {
		struct listener listener = { .config = &config->listeners[i] };
		const char *why_not;

		listener.descriptor = open_one(listener.config, &why_not);
		if (listener.descriptor == LISTEN_NO_ADDRESS && listener.config->optional)
			continue;
		if (listener.descriptor < 0) {
			write_failure(error, listener.config, why_not);
			listeners_close(listeners);
			return false;
		}
		listeners->array[listeners->count++] = listener;
	}
	for (size_t i = 0; i < listeners->count; i++)
		log_open(&listeners->array[i]);
	return true;
}

void listeners_close(struct listeners *listeners)
{
	for (struct listener *listener = listeners->array; listener < listeners->array + listeners->count; listener++) {
		if (listener->config->socket.size > 0)
			listen_end_unix(listener->descriptor, listener->config->socket);
		else
			net_close(listener->descriptor);
	}
	listeners->count = 0;
}
