/* PEM: binary data as lines of base64 between two lines of dashes (RFC 7468). */
#ifndef INKI_TLS_PEM_H
#define INKI_TLS_PEM_H

#include "base/arena.h"
#include "base/status.h"
#include "base/writer.h"

struct pem {
	struct span label; /* e.g. CERTIFICATE */
	struct span lines; /* what stands between; with headers if it is an encrypted key of the old form */
};

/* Takes the next block off the front of *text; what stands around the blocks is passed over. False if there is none,
 * or if it has no end. */
bool pem_take(struct span *text, struct pem *pem);

/* Writes the bytes of a block. STATUS_PEM_SYNTAX: it is not base64; STATUS_ARENA_FULL: it does not fit. */
enum status pem_decode(const struct pem *pem, struct writer *writer);

/* The same into an arena: *der is what it holds. */
enum status pem_decode_into(const struct pem *pem, struct arena *arena, struct span *der);

/* Writes a block. */
void pem_write(struct writer *writer, const char *label, struct span bytes);

#endif
