#include "server/listeners.h"

#include "base/address.h"
#include "host/clock.h"
#include "host/listen.h"
#include "host/log.h"
#include "host/net.h"

#include <string.h>

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

static int try_one(const struct config_listener *config, const char **why_not)
{
	if (config->socket.size > 0)
		return listen_unix(config->socket, config->mode, why_not);
	return listen_tcp(config->address, config->port, why_not);
}

/* One whom we are to replace may not be gone yet, as its other process is when one of the two was killed. */
static int open_one(const struct config_listener *config, const char **why_not)
{
	enum { TAKEN_TIME = 1000, PAUSE = 20 }; /* milliseconds */
	const int64_t until = clock_monotonic() + TAKEN_TIME;
	int descriptor = try_one(config, why_not);

	while (descriptor == LISTEN_TAKEN && clock_monotonic() < until) {
		clock_sleep(PAUSE);
		descriptor = try_one(config, why_not);
	}
	return descriptor;
}

static void keep(struct listener *listener, int descriptor, const struct config_listener *config)
{
	const struct span place = config->socket.size > 0 ? config->socket : config->address;
	const struct span kept = span_of(listener->place, place.size);

	_Static_assert(sizeof(listener->place) >= ADDRESS_TEXT_MAX, "both fit");
	memcpy(listener->place, place.data, place.size);
	listener->descriptor = descriptor;
	listener->own = *config;
	if (config->socket.size > 0)
		listener->own.socket = kept;
	else
		listener->own.address = kept;
	listener->config = &listener->own;
}

bool listeners_open(struct listeners *listeners, const struct config *config, struct writer *error)
{
	listeners->count = 0;
	for (size_t i = 0; i < config->listener_count; i++) {
		const struct config_listener *wanted = &config->listeners[i];
		const char *why_not;
		int descriptor = open_one(wanted, &why_not);

		if (descriptor == LISTEN_NO_ADDRESS && wanted->optional)
			continue;
		if (descriptor < 0) {
			write_failure(error, wanted, why_not);
			listeners_forget(listeners);
			listeners_close(listeners);
			return false;
		}
		keep(&listeners->array[listeners->count++], descriptor, wanted);
	}
	for (size_t i = 0; i < listeners->count; i++)
		log_open(&listeners->array[i]);
	return true;
}

void listeners_forget(const struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		if (listeners->array[i].config->socket.size > 0)
			listen_forget_unix(listeners->array[i].config->socket);
}

void listeners_leave(const struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		net_close(listeners->array[i].descriptor);
}

void listeners_close(struct listeners *listeners)
{
	listeners_leave(listeners);
	listeners->count = 0;
}

/* ---- a new configuration ---- */

static bool is_same_place(const struct config_listener *a, const struct config_listener *b)
{
	return a->port == b->port && span_equal(a->address, b->address) && span_equal(a->socket, b->socket);
}

static void warn(const char *before, const struct config_listener *config, const char *after)
{
	uint8_t room[SOCKET_PATH_SIZE_MAX + 128];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_string(&line, before);
	listeners_write_address(&line, config);
	writer_put_string(&line, after);
	log_line(LOG_LEVEL_WARN, writer_written(&line));
}

static void adopt(struct listener *listener, const struct config *config)
{
	for (size_t i = 0; i < config->listener_count; i++) {
		const struct config_listener *wanted = &config->listeners[i];

		if (!is_same_place(listener->config, wanted))
			continue;
		if (listener->own.mode != wanted->mode)
			warn("the new mode of ", wanted, " counts from the next start on");
		listener->own.access = wanted->access;
		listener->own.has_tls = wanted->has_tls;
		listener->own.shows_events = wanted->shows_events;
		return;
	}
	warn("no longer configured, but listened on until the next start: ", listener->config, "");
}

static bool is_open(const struct listeners *listeners, const struct config_listener *wanted)
{
	for (size_t i = 0; i < listeners->count; i++)
		if (is_same_place(listeners->array[i].config, wanted))
			return true;
	return false;
}

void listeners_adopt(struct listeners *listeners, const struct config *config)
{
	for (size_t i = 0; i < listeners->count; i++)
		adopt(&listeners->array[i], config);
	for (size_t i = 0; i < config->listener_count; i++)
		if (!config->listeners[i].optional && !is_open(listeners, &config->listeners[i]))
			warn("not listened on before the next start: ", &config->listeners[i], "");
}
