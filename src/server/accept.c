#include "server/accept.h"

#include "base/memory.h"
#include "host/log.h"
#include "host/net.h"
#include "host/poll.h"
#include "host/random.h"
#include "server/pump.h"

#include <string.h>

/* Nobody gives way: one answer, as far as it goes at once, and the end. */
static void refuse(struct loop *loop, int descriptor)
{
	struct conn conn = { .response.data = loop->outputs + (size_t)CONFIG_CONNECTIONS * RESPONSE_BUFFER_SIZE };
	uint8_t dropped[512];
	size_t moved;

	conn_refuse(&conn, &loop->app, STATUS_HTTP_BUSY, loop->now);
	net_write(descriptor, conn_output(&conn), &moved);
	net_end_writing(descriptor);
	net_read(descriptor, dropped, sizeof(dropped), &moved); /* unread input would turn the close into a reset */
	net_close(descriptor);
}

static struct slot *find_slot(struct loop *loop, bool is_local)
{
	struct slot *slot = slots_take(&loop->slots, is_local);
	struct slot *victim = slot ? NULL : slots_find_victim(&loop->slots, is_local);

	if (!victim)
		return slot;
	pump_close(loop, victim);
	return slots_take(&loop->slots, is_local);
}

/* Puts TLS in front of a new connection. */
static void start_tls(struct loop *loop, struct slot *slot)
{
	uint8_t entropy[TLS_ENTROPY_SIZE];

	random_take(entropy, sizeof(entropy));
	slot->tls = tls_server_start(loop->tls + loop_number_of(loop, slot) * tls_server_memory_size(),
	                             loop->app.config->tls, loop->sessions, entropy);
	memory_wipe(entropy, sizeof(entropy));
	conn_start_handshake(&slot->conn, loop->now.monotonic);
}

static void serve(struct loop *loop, struct slot *slot, const struct net_peer *net_peer,
                  const struct config_listener *listener)
{
	size_t number = loop_number_of(loop, slot);
	struct conn_peer peer = {
		.remote_size = net_peer->name_size,
		.access = listener->access,
		.may_see_events = listener->shows_events,
		.has_source = !net_peer->is_local,
		.source = net_peer->source,
		.is_local_root = net_peer->is_local && net_peer->knows_uid && net_peer->uid == 0,
	};

	_Static_assert(sizeof(peer.remote) >= sizeof(net_peer->name), "a peer's name fits");
	memcpy(peer.remote, net_peer->name, net_peer->name_size);
	conn_start(&slot->conn, loop->inputs + number * CONN_INPUT_SIZE, loop->outputs + number * RESPONSE_BUFFER_SIZE,
	           &peer, loop->now.monotonic);
	slot->uid = net_peer->knows_uid ? (int64_t)net_peer->uid : -1;
	slot->tls = NULL;
	slot->has_begun = false;
	slot->sealed = 0;
	if (IS_ENABLED(CONFIG_TLS) && listener->has_tls)
		start_tls(loop, slot);
	slot->interest = POLL_READ;
	loop->app.gauges.connections = loop->slots.taken;
	if (poll_add(loop->poll, slot->descriptor, POLL_READ, (uint32_t)number))
		pump_turn(loop, slot); /* most often the request has come already */
	else
		pump_close(loop, slot);
}

static bool is_local(const struct listener *listener)
{
	return listener->config->socket.size > 0;
}

/* Stops or starts to ask for new connections: all of them, or those from the network only. */
static void watch_listeners(struct loop *loop, unsigned interest, bool local_too)
{
	for (uint32_t i = 0; i < loop->listeners.count; i++)
		if (local_too || !is_local(&loop->listeners.array[i]))
			poll_change(loop->poll, loop->listeners.array[i].descriptor, interest,
			            LOOP_NUMBER_LISTENERS + i);
}

void accept_resume(struct loop *loop)
{
	loop->accept_from = 0;
	watch_listeners(loop, POLL_READ, true);
}

static void pause(struct loop *loop, bool local_too)
{
	log_line(LOG_LEVEL_WARN, SPAN("the system has no room for another connection; trying again in a second"));
	loop->accept_from = loop->now.monotonic + LOOP_ACCEPT_PAUSE;
	watch_listeners(loop, POLL_NOTHING, local_too);
}

/* Where the system has no room, another connection gives way to one over a Unix socket, which may be sshd's; those from
 * the network wait. */
static int take_connection(struct loop *loop, const struct listener *listener, struct net_peer *peer)
{
	int descriptor = net_accept(listener->descriptor, peer);
	struct slot *victim;

	if (descriptor != NET_NO_ROOM)
		return descriptor;
	victim = is_local(listener) ? slots_find_victim(&loop->slots, true) : NULL;
	if (victim) {
		pump_close(loop, victim);
		descriptor = net_accept(listener->descriptor, peer);
	}
	if (descriptor == NET_NO_ROOM)
		pause(loop, is_local(listener));
	return descriptor;
}

void accept_connection(struct loop *loop, const struct listener *listener)
{
	struct net_peer peer;
	int descriptor = take_connection(loop, listener, &peer);
	struct slot *slot;

	if (descriptor < 0)
		return;
	if (listener->config->has_tls && !loop->app.config->tls) { /* a new configuration took the certificate away */
		net_close(descriptor);
		return;
	}
	slot = find_slot(loop, peer.is_local);
	if (slot) {
		slot->descriptor = descriptor;
		slot->listener = listener;
		serve(loop, slot, &peer, listener->config);
	} else if (listener->config->has_tls) {
		net_close(descriptor);
	} else {
		refuse(loop, descriptor);
	}
}
