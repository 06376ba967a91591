/* PEM: binary data as lines of base64 between two lines of dashes (RFC 7468). */
#ifndef INKI_TLS_PEM_H
#define INKI_TLS_PEM_H

#include "base/arena.h"
#include "base/status.h"
#include "base/writer.h"

/* A file on the way through it. */
struct pem_file {
	struct span rest;
	size_t line;        /* the number of the last block's first line; of the wrong line, if there is one */
	enum status status; /* STATUS_OK, or STATUS_PEM_LINES */
	size_t taken;       /* private: so many lines */
};

struct pem {
	struct span label; /* e.g. CERTIFICATE */
	struct span lines; /* what stands between; with headers if it is an encrypted key of the old form */
};

struct pem_file pem_file_of(struct span text);

/* Takes the next block; what stands around the blocks is passed over. False if there is none, or if lines that begin
 * and end blocks are not in pairs: then file->status says so, as nobody knows what else is missing. */
bool pem_take(struct pem_file *file, struct pem *pem);

/* Writes the bytes of a block. STATUS_PEM_SYNTAX: it is not base64; STATUS_ARENA_FULL: it does not fit. */
enum status pem_decode(const struct pem *pem, struct writer *writer);

/* The same into an arena: *der is what it holds. */
enum status pem_decode_into(const struct pem *pem, struct arena *arena, struct span *der);

/* Writes a block. */
void pem_write(struct writer *writer, const char *label, struct span bytes);

#endif
