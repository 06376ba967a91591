#include "server/pump.h"

#include "host/log.h"
#include "host/net.h"
#include "host/poll.h"
#include "server/secure.h"

enum { LOCAL_ROUNDS = 4 }; /* so many buffers of an answer go to sshd in one turn */

void pump_flush_journal(struct loop *loop)
{
	struct writer *journal = loop->app.journal;

	log_lines(LOG_LEVEL_AUDIT, writer_written(journal));
	if (journal->overflowed)
		log_line(LOG_LEVEL_WARN, SPAN("the journal of one request was too long; its last lines are lost"));
	writer_rewind(journal, 0);
	loop->app.gauges.log_lost = log_count_lost();
}

void pump_close(struct loop *loop, struct slot *slot)
{
	checks_cancel(loop, slot);
	if (IS_ENABLED(CONFIG_TLS) && slot->tls)
		secure_end(slot);
	net_close(slot->descriptor);
	slots_give_back(&loop->slots, slot);
	loop->app.gauges.connections = loop->slots.taken;
}

static void read_input(struct slot *slot)
{
	size_t size, moved;
	uint8_t *room = conn_input_room(&slot->conn, &size);

	switch (net_read(slot->descriptor, room, size, &moved)) {
	case NET_MOVED:
		conn_input_arrived(&slot->conn, moved);
		break;
	case NET_ENDED:
		conn_input_ended(&slot->conn);
		break;
	case NET_BROKEN:
		slot->conn.state = CONN_CLOSED;
		break;
	case NET_LATER:
		break;
	}
}

static void write_output(struct slot *slot, int64_t monotonic)
{
	enum net_io (*const write)(int, struct span, size_t *) =
		conn_is_listing(&slot->conn) ? net_write_part : net_write;
	size_t moved;

	switch (write(slot->descriptor, conn_output(&slot->conn), &moved)) {
	case NET_MOVED:
		conn_output_sent(&slot->conn, moved);
		slot->conn.since = monotonic;
		break;
	case NET_ENDED:
	case NET_BROKEN:
		slot->conn.state = CONN_CLOSED;
		break;
	case NET_LATER:
		break;
	}
}

/* The same two with TLS between. */

static void read_any_input(struct loop *loop, struct slot *slot)
{
	if (IS_ENABLED(CONFIG_TLS) && slot->tls)
		secure_read(slot, &loop->app, loop->now);
	else
		read_input(slot);
}

static void write_any_output(struct loop *loop, struct slot *slot)
{
	if (IS_ENABLED(CONFIG_TLS) && slot->tls)
		secure_write(slot, loop->now.monotonic);
	else
		write_output(slot, loop->now.monotonic);
}

static bool wants_output(const struct slot *slot)
{
	return conn_wants_output(&slot->conn) || (IS_ENABLED(CONFIG_TLS) && slot->tls && secure_wants_output(slot));
}

/* Watches the connection for what it waits for now. What has come already, and lies deciphered or behind an answer that
 * is sent, will not be told by the socket: that it could be written to will. */
static void watch(struct loop *loop, struct slot *slot)
{
	bool has_text = IS_ENABLED(CONFIG_TLS) && slot->tls && tls_text(slot->tls).size > 0;
	bool goes_on = wants_output(slot) || has_text || slot->conn.state == CONN_ANSWER;
	unsigned interest = goes_on ? POLL_WRITE : POLL_READ;

	if (interest == slot->interest)
		return;
	slot->interest = interest;
	if (!poll_change(loop->poll, slot->descriptor, interest, loop_number_of(loop, slot)))
		pump_close(loop, slot);
}

static void run(struct loop *loop, struct slot *slot)
{
	conn_run(&slot->conn, &loop->app, loop->now);
	pump_flush_journal(loop);
	checks_ask(loop, slot);
}

void pump_turn(struct loop *loop, struct slot *slot)
{
	struct conn *conn = &slot->conn;

	if (conn_wants_input(conn))
		read_any_input(loop, slot);
	run(loop, slot);
	for (unsigned rounds = slot->is_local ? LOCAL_ROUNDS : 1; rounds > 0 && wants_output(slot); rounds--) {
		write_any_output(loop, slot);
		if (slot->is_local || loop_has_time(loop))
			run(loop, slot);
	}
	if (conn->state == CONN_CLOSED) {
		pump_close(loop, slot);
		return;
	}
	if (conn->state == CONN_LINGER) {
		if (IS_ENABLED(CONFIG_TLS) && slot->tls)
			secure_end(slot);
		net_end_writing(slot->descriptor);
	}
	watch(loop, slot);
}
