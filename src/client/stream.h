/* A connection to a server as a stream of bytes, in both directions, by a deadline.
 *
 * This is the seam between HTTP (fetch.c, which sees nothing of what carries its bytes) and what carries them: a
 * socket, Unix or TCP, or TLS on top of it (https.c): stream_open() shakes hands where where->is_tls says so. What goes
 * wrong is said in *why_not: the rest of a sentence that begins "the server at …: ".
 */
#ifndef INKI_CLIENT_STREAM_H
#define INKI_CLIENT_STREAM_H

#include "client/where.h"
#include "tls/tls.h"

struct stream {
	int descriptor;  /* of a socket that does not block */
	struct tls *tls; /* NULL: there is none between */
	int64_t until;   /* the clock_monotonic() time after which nothing works any more */
};

/* Connects, by connect_until. All of these return false, with the words in *why_not, when it does not work; then there
 * is nothing to close after stream_open(). */
bool stream_open(struct stream *stream, const struct where *where, int64_t connect_until, int64_t until,
                 const char **why_not);

/* Sends all of bytes. */
bool stream_send(struct stream *stream, struct span bytes, const char **why_not);

/* Waits for bytes, and stores at most size of them. *moved is how many: at least one, or 0 when the server has ended
 * the stream. (With TLS that is its close_notify; an end without one is a failure.) */
bool stream_receive(struct stream *stream, uint8_t *data, size_t size, size_t *moved, const char **why_not);

void stream_close(struct stream *stream);

#endif
