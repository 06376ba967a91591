/* The users' keyrings, as an administrator wants to see them. */
#ifndef INKI_SERVER_KEYRINGS_H
#define INKI_SERVER_KEYRINGS_H

#include "base/writer.h"
#include "core/config.h"

/* Prints, for each user, each certificate and each of its keys to standard output: fingerprint, user ID, algorithm, and
 * whether it may sign now, until when, or why not. A user for whom nobody could sign now has a line that begins with
 * "  warning: ". Returns false when the output fails, which was told. */
bool keyrings_print(const struct config *config, int64_t now);

/* Logs a warning for each user for whom nobody could sign now. */
void keyrings_log_warnings(const struct config *config, int64_t now);

#endif
