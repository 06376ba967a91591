/* Finds and reads the configuration and the keyring files that it names. */
#ifndef INKI_SERVER_SETTINGS_H
#define INKI_SERVER_SETTINGS_H

#include "base/arena.h"
#include "base/writer.h"
#include "core/config.h"
#include "host/log.h"

enum { SETTINGS_ERROR_MAX = 4608 }; /* bytes: 512, and the longest path */

/* Where they are, and what the command line has put in place of them. */
struct settings_source {
	const char *file; /* NULL: /etc/inki/inki.conf, or if that does not exist /etc/inki/server.yml */
	uint16_t port;    /* 0: the file's */
	bool without_tls; /* the files of its tls are still to be made: config->tls is NULL */
	bool has_level;   /* else it is the file's, too: */
	enum log_level level;
};

/* Reads them. Everything lands in the empty arena, the struct config at its start; the memory for the files themselves
 * is given back. Returns NULL with a sentence in error that begins with the file's name: it cannot be read, or what is
 * wrong in it. */
const struct config *settings_read(const struct settings_source *source, struct arena *arena, struct writer *error);

/* Starts the log as it is wanted. */
void settings_start_log(const struct settings_source *source, const struct config *config);

#endif
