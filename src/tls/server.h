/* The server's side of a TLS connection, and the sessions that its clients may resume. */
#ifndef INKI_TLS_SERVER_H
#define INKI_TLS_SERVER_H

#include "tls/identity.h"
#include "tls/tls.h"

/* A cache of sessions in a fixed piece of memory: the one used longest ago gives way. It lives as long as they all. */
struct tls_sessions;

size_t tls_sessions_memory_size(size_t count);
struct tls_sessions *tls_sessions_start(void *memory, size_t count);

/* What one connection takes, aligned for anything. */
size_t tls_server_memory_size(void);

/* Starts a connection in memory: the peer is to begin. */
struct tls *tls_server_start(void *memory, const struct tls_identity *identity, struct tls_sessions *sessions,
                             const uint8_t entropy[static TLS_ENTROPY_SIZE]);

/* Wipes its keys. (Not the memory for its records: that may never have been touched, and takes up room when it is.) */
void tls_server_end(struct tls *tls);

#endif
