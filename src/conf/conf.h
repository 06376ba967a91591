/* Reads the configuration file: bytes of YAML in, a struct config out, or one line that says where and what is wrong.
 *
 * The YAML is narrowed: UTF-8, one document, no anchors, aliases and tags. Each key is known, of the right type, and
 * there once. A key of a later version (checks, ...) is refused by name, never passed over: nobody shall believe in a
 * wall that is not there. inki.conf.example tells all keys.
 *
 * Nothing is kept outside of the arena. libyaml takes memory from the heap, and has given all of it back at the return.
 */
#ifndef INKI_CONF_CONF_H
#define INKI_CONF_CONF_H

#include "base/arena.h"
#include "base/writer.h"
#include "core/config.h"

struct conf_input {
	struct span yaml;      /* the file */
	const char *file_name; /* its name, in front of the error */
	struct span host_name; /* the system's, for a file without host; it must last as long as the config */
	uint16_t port;         /* of the command line: in place of the file's port; 0: none */
	bool without_tls;      /* the files of tls are not read, and need not be there */

	/* Reads a keyring_file, or a file of tls; path is absolute, at most 4095 bytes, without control characters. The
	 * bytes last until the next call. Returns false, with the words of a sentence in *why_not, if it cannot be
	 * read. */
	bool (*read_file)(void *context, struct span path, struct span *bytes, const char **why_not);
	void *context; /* for read_file */
};

/* Reads the configuration into *config; all that hangs from it lies in arena (CONFIG_USERS users, the certificates),
 * but input->host_name. Returns false for the first thing that is wrong: then *config is zeroed, arena is as before,
 * and *error has got one printable line without its end,
 *   FILE:LINE:COLUMN: what was wrong; what would be right
 * with both numbers counted from 1, columns in characters; 512 bytes and the length of file_name are room enough. What
 * is wrong with a keyring is told at the place of its value, with the user and the keyring_file. */
bool conf_read(const struct conf_input *input, struct arena *arena, struct config *config, struct writer *error);

#endif
