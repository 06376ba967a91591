/* The client's side of a TLS connection, and what makes it believe a server.
 *
 * With anchors the server's certificate must lead to one of them that is an authority, or be one of them, byte for
 * byte; and it must be valid now, for the host, and for servers. With pins its key must be one of them. With both, both
 * must hold; with pins only, they are enough: neither the clock nor names count.
 */
#ifndef INKI_TLS_CLIENT_H
#define INKI_TLS_CLIENT_H

#include "base/arena.h"
#include "tls/certificate.h"
#include "tls/tls.h"

enum { TLS_PINS_MAX = 8, TLS_HOST_MAX = 255 };

/* Certificates that are trusted to tell who others are. */
struct tls_anchors;

/* Reads them out of PEM into the arena; one of a kind that is not supported is passed over. NULL, with the reason in
 * *status and where it begins in *line (0: in no line), if there is none, they do not fit, or the PEM is wrong. */
const struct tls_anchors *tls_anchors_read(struct span pem, struct arena *arena, enum status *status, size_t *line);

struct tls_trust {
	const struct tls_anchors *anchors; /* may be NULL, if there are pins */
	uint8_t pins[TLS_PINS_MAX][TLS_PIN_SIZE];
	size_t pin_count;
	struct span host; /* a DNS name or a numeric address, of at most TLS_HOST_MAX bytes */
	int64_t now;
};

/* Reads sha256//BASE64, several of them separated by semicolons. */
bool tls_trust_read_pins(struct tls_trust *trust, struct span text);

/* What a connection takes, aligned for anything. */
size_t tls_client_memory_size(void);

/* Starts a connection in memory; trust and all in it last as long as the handshake. */
struct tls *tls_client_start(void *memory, const struct tls_trust *trust,
                             const uint8_t entropy[static TLS_ENTROPY_SIZE]);

#endif
