/* One TLS connection without a socket: records on one side, the text that they protect on the other.
 *
 *        peer  ---->  tls_records_room(), _arrived()  ---->  tls_text(), _taken()  ---->  us
 *        peer  <----  tls_records(), _sent()          <----  tls_put_text()        <----  us
 *
 * Both directions work at the same time. TLS 1.2 only, ECDHE with AES-GCM or ChaCha20-Poly1305 only, no renegotiation.
 * server.h and client.h start one. Entropy and the time come as arguments; nothing outside the caller's memory changes.
 */
#ifndef INKI_TLS_TLS_H
#define INKI_TLS_TLS_H

#include "base/span.h"
#include "base/status.h"

enum {
	TLS_ENTROPY_SIZE = 32,
	TLS_RECORD_HANDSHAKE = 22, /* the first byte of each TLS connection */
};

struct tls;

enum tls_state {
	TLS_HANDSHAKE,
	TLS_OPEN,
	TLS_ENDED,  /* by close_notify: the peer's text is complete */
	TLS_FAILED, /* tls_why() says why */
};

enum tls_state tls_state(const struct tls *tls);
enum status tls_why(const struct tls *tls);

/* The number of the alert by which the peer refused, or by which we did; or BearSSL's number of the error. */
unsigned tls_error_number(const struct tls *tls);

/* Where the peer's next records may be read to; NULL while none are wanted: its text is to be taken first. */
uint8_t *tls_records_room(struct tls *tls, size_t *size);
void tls_records_arrived(struct tls *tls, size_t size);

/* Records to be sent to the peer, and: size bytes of them were. They come up by themselves in the handshake, too. */
struct span tls_records(const struct tls *tls);
void tls_records_sent(struct tls *tls, size_t size);

/* The peer's text that is there, and: size bytes of it were taken. */
struct span tls_text(const struct tls *tls);
void tls_text_taken(struct tls *tls, size_t size);

/* Makes a record of the start of text. Returns how much of it; 0 while a record is waiting to be sent, or before and
 * after TLS_OPEN. */
size_t tls_put_text(struct tls *tls, struct span text);

/* Puts close_notify behind what is to be sent. No text goes through any more in either direction. */
void tls_close(struct tls *tls);

#endif
