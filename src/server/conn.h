/* One connection as a state machine without a socket: bytes and times go in, bytes come out.
 *
 *   HANDSHAKE, on a listener with TLS
 *          |
 *          v    first byte         head read              body read, api_handle()
 *        IDLE -------------> HEAD -----------> BODY ---------------------------> ANSWER
 *          ^                   |                 |  a check is to be asked       ^    |
 *          |                   |                 +-----------> CHECK ------------+    |
 *          |                   |                 |             |  ^ conn_resume(),    |
 *          |                   |                 |             +--+ api_handle()      |
 *          |                   +-----------------+--- error or time-out: ---->---+    |
 *          +--------------------- all is sent, and keep-alive: the next request ------+
 *                                 all is sent, input is left:    LINGER ---> CLOSED --+
 *                                 all is sent:                               CLOSED --+
 *                                 the peer is gone, in CHECK:                CLOSED
 *
 * The pump around it: read what conn_input_room() has room for if conn_wants() it; conn_run(); send conn_output().
 */
#ifndef INKI_SERVER_CONN_H
#define INKI_SERVER_CONN_H

#include "http/body.h"
#include "http/head.h"
#include "server/response.h"

enum {
	/* A head, a body, and the framing of its chunks; a body in so small chunks that they take more is too large. */
	CONN_INPUT_SIZE = CONFIG_REQUEST_HEAD_SIZE + CONFIG_REQUEST_BODY_SIZE + 4096,
	CONN_LINGER_SIZE = 1 << 20, /* bytes that are read and dropped after an error */

	/* How long each state may last, in milliseconds */
	CONN_HANDSHAKE_TIME = 10000,
	CONN_IDLE_TIME = 60000,
	CONN_HEAD_TIME = 10000,
	CONN_BODY_TIME = 20000,
	CONN_ANSWER_TIME = 20000, /* for each filling of the output buffer */
	CONN_LINGER_TIME = 2000,
	CONN_CHECK_TIME = 3700000, /* longer than any check may take, whose time is the helper's to watch */
};

enum conn_state {
	CONN_HANDSHAKE, /* TLS has not begun to bring text */
	CONN_IDLE,      /* waits for the first byte of a request */
	CONN_HEAD,
	CONN_BODY,
	CONN_CHECK, /* the request waits in the input buffer for what a check says; then it is handled anew */
	CONN_ANSWER,
	CONN_LINGER, /* end the writing; what still comes is dropped, so that the answer is not lost in a reset */
	CONN_CLOSED, /* close the socket */
	CONN_STATE_COUNT
};

enum { CONN_REMOTE_MAX = 64 };

/* Who is at the other end. */
struct conn_peer {
	uint8_t remote[CONN_REMOTE_MAX]; /* his name for the journal */
	size_t remote_size;
	enum config_access access;
	bool may_see_events;
	bool has_source; /* whom the limit of failed requests counts him as: nobody on a Unix socket */
	uint64_t source;
	bool is_local_root;
};

/* The time by both clocks. */
struct conn_moment {
	int64_t wall;      /* seconds since 1970 */
	int64_t monotonic; /* milliseconds */
};

struct conn {
	enum conn_state state;
	int64_t since; /* monotonic: when it came into this state, or last took some of its answer (the pump's to set)
	                */
	int64_t deadline; /* monotonic: conn_run() must be called then */
	/* private */
	struct conn_peer peer;
	uint8_t *input; /* CONN_INPUT_SIZE bytes of the owner's */
	size_t input_used;
	bool input_ended; /* the peer sends nothing more */
	bool is_stopping; /* no further request is taken */
	bool must_linger; /* the request was not read to its end */
	size_t dropped;   /* bytes, in LINGER */
	struct http_head head;
	struct http_body body;
	uint32_t allowed; /* checks that have allowed the request in the buffer */
	struct response response;
};

/* Readies conn for a new connection. Its two buffers outlive it. It is IDLE; if it needs a TLS handshake first, say so
 * next, and again when that is over. */
void conn_start(struct conn *conn, uint8_t input[static CONN_INPUT_SIZE], uint8_t output[static RESPONSE_BUFFER_SIZE],
                const struct conn_peer *peer, int64_t monotonic);

void conn_start_handshake(struct conn *conn, int64_t monotonic);
void conn_end_handshake(struct conn *conn, int64_t monotonic);

/* Does it wait for bytes to come in, or to go out? One of the two, unless it is closed, or has an answer that is sent
 * and is to go on at the next conn_run(). */
bool conn_wants_input(const struct conn *conn);
bool conn_wants_output(const struct conn *conn);

/* Where the next bytes may be read to: at least one where input is wanted. */
uint8_t *conn_input_room(struct conn *conn, size_t *size);

/* size bytes have arrived there; or: the peer sends nothing more. */
void conn_input_arrived(struct conn *conn, size_t size);
void conn_input_ended(struct conn *conn);

/* What is to be sent; and: size bytes of it were. */
struct span conn_output(const struct conn *conn);
void conn_output_sent(struct conn *conn, size_t size);

/* Moves on as far as it goes. At most one request is handled in a call, so app->journal can be emptied after it. */
void conn_run(struct conn *conn, struct app *app, struct conn_moment now);

/* In CHECK: what has come of app->question, which the last conn_run() or conn_resume() has left: the check of that
 * index allows it, or verdict->status says why not. Handles the request anew, which may lead to a further question. */
void conn_resume(struct conn *conn, struct app *app, unsigned check, const struct api_verdict *verdict,
                 struct conn_moment now);

/* Answers status to what was not even read, and ends. */
void conn_refuse(struct conn *conn, struct app *app, enum status status, struct conn_moment now);

/* Is an answer under way that is not all in its buffer yet? */
bool conn_is_listing(const struct conn *conn);

/* From the next request on, this is what the peer may do. */
void conn_set_rights(struct conn *conn, enum config_access access, bool may_see_events);

/* The server ends: takes no further request, but brings the one under way to its end. */
void conn_stop(struct conn *conn);

#endif
