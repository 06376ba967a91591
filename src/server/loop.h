/* The event loop: one thread, one turn after the other; all that happens in the server happens in here. */
#ifndef INKI_SERVER_LOOP_H
#define INKI_SERVER_LOOP_H

#include "server/checks.h"
#include "server/export.h"
#include "server/listeners.h"
#include "server/memory.h"
#include "server/settings.h"
#include "server/slots.h"
#include "tls/server.h"

enum {
	LOOP_TURN_TIME = 1,      /* milliseconds for the network, until it is asked anew who is ready */
	LOOP_END_TIME = 5000,    /* milliseconds that answers under way have after SIGTERM */
	LOOP_ACCEPT_PAUSE = 1000 /* milliseconds without a new connection when the system has run out of descriptors */
};

struct loop {
	/* readied by the caller: */
	struct app app; /* its journal is emptied into the log */
	struct slots slots;
	struct checks checks;
	struct export export;
	uint8_t *inputs;  /* CONFIG_CONNECTIONS * CONN_INPUT_SIZE bytes */
	uint8_t *outputs; /* (CONFIG_CONNECTIONS + 1) * RESPONSE_BUFFER_SIZE bytes */
	uint8_t *tls;     /* CONFIG_CONNECTIONS * tls_server_memory_size() bytes */
	struct tls_sessions *sessions;
	struct listeners listeners;
	int signals; /* of signal_open() */
	int helper;  /* the channel to the helper, */
	int log;     /* and the one of the lines for syslog */
	struct memory *memory;
	const struct settings_source *source;
	/* private */
	bool is_told_by_signal, is_told_by_helper; /* to end */
	bool has_lost_helper;
	int poll;
	size_t turn;            /* counts on from one network connection to the next */
	struct conn_moment now; /* read once a turn */
	bool is_stopping;
	int64_t stop_by;     /* monotonic: when the last ones are cut off */
	int64_t accept_from; /* monotonic: after a pause; 0: there is none */
};

/* What is ready is told by a number: that of a slot, then the listeners, then the signals. */
enum {
	LOOP_NUMBER_LISTENERS = CONFIG_CONNECTIONS,
	LOOP_NUMBER_SIGNALS = CONFIG_CONNECTIONS + CONFIG_LISTENERS,
	LOOP_NUMBER_HELPER,
};

/* May this turn go on with the network, before Unix sockets are looked at again? What has begun is brought to its end:
 * at most one request with its signatures, or one flight of a TLS handshake. */
bool loop_has_time(const struct loop *loop);

uint32_t loop_number_of(const struct loop *loop, const struct slot *slot);

/* Watches the listeners, the signals and the helper. False if the system refuses to. */
bool loop_open(struct loop *loop);

/* Serves until it is told to end; the listeners and all connections are closed then. False if the helper is gone, which
 * was logged. */
bool loop_run(struct loop *loop);

#endif
