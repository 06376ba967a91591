/* TLS between a stream and its socket: stream->tls is set. Failures are told as in stream.h. */
#ifndef INKI_CLIENT_HTTPS_H
#define INKI_CLIENT_HTTPS_H

#include "client/stream.h"

/* Shakes hands over the stream's socket with a server that where describes, and sets stream->tls. Nothing has to be
 * ended when it fails. */
bool https_start(struct stream *stream, const struct where *where, const char **why_not);

bool https_send(struct stream *stream, struct span bytes, const char **why_not);
bool https_receive(struct stream *stream, uint8_t *data, size_t size, size_t *moved, const char **why_not);

/* Says goodbye, as far as that goes at once. */
void https_end(struct stream *stream);

#endif
