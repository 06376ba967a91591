/* The configured addresses, listened on. */
#ifndef INKI_SERVER_LISTENERS_H
#define INKI_SERVER_LISTENERS_H

#include "base/writer.h"
#include "core/config.h"

/* A listener outlives the configuration that it was opened by: it keeps its own copy, and so it is never moved. */
struct listener {
	int descriptor;
	const struct config_listener *config; /* the following */
	struct config_listener own;
	uint8_t place[SOCKET_PATH_SIZE_MAX]; /* the path, or the address */
};

struct listeners {
	struct listener array[CONFIG_LISTENERS];
	size_t count;
};

/* Opens all listeners of the configuration and logs each one's address. Returns false if one cannot be opened, with a
 * sentence in error; then none is left open. (An optional one may fail for want of IPv6.) */
bool listeners_open(struct listeners *listeners, const struct config *config, struct writer *error);

/* Removes their socket files. It comes before they are closed: see host/listen.h. */
void listeners_forget(const struct listeners *listeners);

/* Closes them in this process, which goes on to know where they are. */
void listeners_leave(const struct listeners *listeners);

/* Closes them all. */
void listeners_close(struct listeners *listeners);

/* Takes over from a new configuration what each listener's callers may do. What else has changed there is logged: it
 * has to wait for the next start, for only that can open sockets. */
void listeners_adopt(struct listeners *listeners, const struct config *config);

/* Writes a listener's address as it is configured: 127.0.0.1:3000, [::1]:3000 or unix:/run/inki/inki.sock. */
void listeners_write_address(struct writer *writer, const struct config_listener *config);

#endif
