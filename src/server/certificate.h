/* The certificate of the server's TLS listeners, as an administrator wants to see it. */
#ifndef INKI_SERVER_CERTIFICATE_H
#define INKI_SERVER_CERTIFICATE_H

#include "base/writer.h"
#include "core/config.h"

/* Writes two or three lines: the file, until when it is valid, the pin for clients, and a warning if it is not valid
 * now. The configuration has one. */
void certificate_write(struct writer *text, const struct config *config, int64_t now);

/* Logs the same, if there is one. */
void certificate_log(const struct config *config, int64_t now);

#endif
