/* Finds and reads the configuration and the keyring files that it names. */
#ifndef INKI_SERVER_SETTINGS_H
#define INKI_SERVER_SETTINGS_H

#include "base/arena.h"
#include "base/writer.h"
#include "core/config.h"

/* Reads the file, or where file is NULL /etc/inki/inki.conf, or if that does not exist /etc/inki/server.yml. port,
 * unless it is 0, stands in place of the file's. Everything lands in arena; the memory for the files themselves is
 * given back. Returns false with a sentence in error that begins with the file's name: it cannot be read, or what is
 * wrong in it. */
bool settings_read(const char *file, uint16_t port, struct arena *arena, struct config *config, struct writer *error);

/* The same without the files of its tls, which are still to be made: config->tls is NULL. */
bool settings_read_without_tls(const char *file, struct arena *arena, struct config *config, struct writer *error);

#endif
