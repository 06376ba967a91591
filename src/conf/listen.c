#include "conf/settings.h"

#include "conf/address.h"
#include "conf/value.h"

enum { PORT_DEFAULT = 3000, SOCKET_MODE_DEFAULT = 0660 };

static bool read_port(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	struct conf_port *port = field;

	port->place = node->place;
	return conf_number_type.read(reader, key, node, &port->number);
}

const struct conf_type conf_port_type = { read_port, "a whole number" };

static bool read_address(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                         void *field)
{
	struct config_listener *listener = field;
	struct conf_node address = *node;

	(void)key;
	return node->kind == CONF_SCALAR && conf_address_read(node->text, &address.text, &listener->port) &&
	       conf_copy(reader, &address, &listener->address);
}

static const struct conf_type address_type = {
	read_address, "a numeric address and a port, such as 127.0.0.1:3000, or with quotes \"[::1]:3000\""
};

static bool read_socket(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                        void *field)
{
	(void)key;
	return conf_is_path(node, SOCKET_PATH_SIZE_MAX) && conf_copy(reader, node, field);
}

static const struct conf_type socket_type = { read_socket,
	                                      "the path of a Unix socket from / on, of at most 107 bytes" };

/* Four octal digits, with quotes or without: there is no other way to read a 0 in front. */
static bool read_mode(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	unsigned *mode = field;

	(void)reader, (void)key;
	*mode = 0;
	if (node->kind != CONF_SCALAR || node->text.size != 4 || node->text.data[0] != '0')
		return false;
	for (size_t i = 1; i < 4; i++) {
		if (node->text.data[i] < '0' || node->text.data[i] > '7')
			return false;
		*mode = 8 * *mode + (unsigned)(node->text.data[i] - '0');
	}
	return true;
}

static const struct conf_type mode_type = { read_mode, "four octal digits, such as \"0660\"" };

static bool read_access(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                        void *field)
{
	static const char *const names[] = { "read", "write", "all" };
	static const enum config_access values[] = { ACCESS_READ, ACCESS_WRITE, ACCESS_ALL };
	enum config_access *access = field;
	size_t index;

	(void)reader, (void)key;
	if (!conf_find_choice(node, names, 3, &index))
		return false;
	*access = values[index];
	return true;
}

static const struct conf_type access_type = { read_access, "read, write or all" };

enum { ADDRESS, SOCKET, MODE, TLS, ACCESS, EVENTS };

static const struct conf_key keys[] = {
	[ADDRESS] = { .name = "address", .type = &address_type },
	[SOCKET] = { "socket", &socket_type, CONF_FIELD(struct config_listener, socket) },
	[MODE] = { "mode", &mode_type, CONF_FIELD(struct config_listener, mode) },
	[TLS] = { "tls", &conf_bool_type, CONF_FIELD(struct config_listener, has_tls) },
	[ACCESS] = { "access", &access_type, CONF_FIELD(struct config_listener, access) },
	[EVENTS] = { "events", IS_ENABLED(CONFIG_EVENTS) ? &conf_bool_type : NULL,
	             CONF_FIELD(struct config_listener, shows_events) },
};

static bool is_ipv6(const struct config_listener *listener)
{
	return span_find_byte(listener->address, ':') < listener->address.size;
}

/* Does it take the port of all addresses of its kind? */
static bool is_for_all(const struct config_listener *listener)
{
	return span_equal(listener->address, SPAN("0.0.0.0")) || span_equal(listener->address, SPAN("::"));
}

/* Would one take the place of the other: the same path, or port and address? Port 0 is another one each time. */
static bool is_same(const struct config_listener *a, const struct config_listener *b)
{
	if (a->socket.size > 0 || b->socket.size > 0)
		return span_equal(a->socket, b->socket);
	if (a->port == 0 || a->port != b->port || is_ipv6(a) != is_ipv6(b))
		return false;
	return span_equal(a->address, b->address) || is_for_all(a) || is_for_all(b);
}

static bool add_listener(struct conf_reader *reader, struct conf_place place, struct config *config,
                         const struct config_listener *listener)
{
	for (size_t i = 0; i < config->listener_count; i++)
		if (is_same(listener, &config->listeners[i]))
			return conf_error(reader, place, "this is listened on twice; take one out");
	if (config->listener_count == CONFIG_LISTENERS)
		return conf_error(reader, place, "this is a listener too many; build with a larger CONFIG_LISTENERS");
	config->listeners[config->listener_count++] = *listener;
	return true;
}

static bool read_listener(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                          void *field)
{
	static const struct conf_mapping mapping = { keys, sizeof(keys) / sizeof(keys[0]) };
	struct config_listener listener = { .mode = SOCKET_MODE_DEFAULT, .access = ACCESS_ALL };
	struct conf_settings *settings = field;
	uint32_t seen;

	(void)key;
	if (!conf_read_mapping(reader, &mapping, node, &listener, &seen))
		return false;
	if ((seen >> ADDRESS & 1) == (seen >> SOCKET & 1))
		return conf_error(reader, node->place, "a listener has either an address or a socket");
	if ((seen >> ADDRESS & 1) && (seen >> MODE & 1))
		return conf_error(reader, node->place, "an address has no mode; only a socket has one");
	if (listener.socket.size > 0 && listener.has_tls)
		return conf_error(reader, node->place, "a socket has no tls; only an address has it");
	if (listener.has_tls)
		settings->tls.listener = node->place;
	if (!(seen >> EVENTS & 1))
		listener.shows_events = listener.socket.size > 0 && listener.access == ACCESS_ALL;
	if (listener.shows_events && !(listener.access & ACCESS_READ))
		return conf_error(reader, node->place,
		                  "whoever sees the events sees all keys; events: true goes with access: read or all");
	return add_listener(reader, node->place, &settings->config, &listener);
}

static bool read_listen(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                        void *field)
{
	static const struct conf_type element = { read_listener, "listeners, each a mapping with address or socket" };
	struct conf_settings *settings = field;

	settings->has_listen = true;
	return conf_read_list(reader, key, &element, node, settings);
}

const struct conf_type conf_listen_type = { read_listen, "a list of listeners, each with address or socket" };

bool conf_listeners_settle(struct conf_reader *reader, struct conf_settings *settings)
{
	struct config_listener listener = { .address = SPAN("0.0.0.0"), .access = ACCESS_ALL };
	unsigned port = reader->input->port ? reader->input->port : settings->port.number;
	bool has_port = settings->port.number != 0 || !settings->has_listen;

	if (reader->input->port && !has_port)
		return conf_error(reader, settings->port.place,
		                  "all listeners are listed here, and there is no port for -P or $PORT to replace");
	if (!has_port)
		return settings->config.listener_count > 0 ||
		       conf_error(reader, settings->port.place,
		                  "listen is empty and there is no port; give one of them");
	listener.port = (uint16_t)(port ? port : PORT_DEFAULT);
	if (!add_listener(reader, settings->port.place, &settings->config, &listener))
		return false;
	listener.address = SPAN("::");
	listener.optional = true;
	return add_listener(reader, settings->port.place, &settings->config, &listener);
}
