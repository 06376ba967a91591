/* The configured addresses, listened on. */
#ifndef INKI_SERVER_LISTENERS_H
#define INKI_SERVER_LISTENERS_H

#include "base/writer.h"
#include "core/config.h"

struct listener {
	int descriptor;
	const struct config_listener *config;
};

struct listeners {
	struct listener array[CONFIG_LISTENERS];
	size_t count;
};

/* Opens all listeners of the configuration and logs each one's address. Returns false if one cannot be opened, with a
 * sentence in error; then none is left open. (An optional one may fail for want of IPv6.) */
bool listeners_open(struct listeners *listeners, const struct config *config, struct writer *error);

/* Closes them all and removes their socket files. */
void listeners_close(struct listeners *listeners);

/* Writes a listener's address as it is configured: 127.0.0.1:3000, [::1]:3000 or unix:/run/inki/inki.sock. */
void listeners_write_address(struct writer *writer, const struct config_listener *config);

#endif
