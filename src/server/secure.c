#include "server/secure.h"

#include "host/log.h"
#include "host/net.h"
#include "tls/server.h"

#include <string.h>

enum { READS_MAX = 16 }; /* of one turn: a record takes two */

static void log_failure(const struct slot *slot)
{
	uint8_t room[512];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_string(&line, "TLS with ");
	writer_put(&line, span_of(slot->conn.peer.remote, slot->conn.peer.remote_size));
	writer_put_string(&line, " failed: ");
	writer_put_string(&line, status_words(tls_why(slot->tls)));
	writer_put_string(&line, " (");
	writer_put_number(&line, tls_error_number(slot->tls));
	writer_put_byte(&line, ')');
	log_line(LOG_LEVEL_DEBUG, writer_written(&line));
}

/* Brings the connection to the state that its records have come to. */
static void follow(struct slot *slot, int64_t monotonic)
{
	struct conn *conn = &slot->conn;

	switch (tls_state(slot->tls)) {
	case TLS_HANDSHAKE:
		break;
	case TLS_OPEN:
		if (conn->state == CONN_HANDSHAKE)
			conn_end_handshake(conn, monotonic);
		break;
	case TLS_ENDED:
		conn_input_ended(conn);
		if (conn_wants_output(conn)) /* nobody wants it any more */
			conn->state = CONN_CLOSED;
		break;
	case TLS_FAILED:
		log_failure(slot);
		conn->state = CONN_CLOSED; /* what was read in part must never look like the whole */
		break;
	}
}

static void take_text(struct slot *slot)
{
	size_t room;
	uint8_t *at = conn_input_room(&slot->conn, &room);
	struct span text = span_first(tls_text(slot->tls), room);

	if (text.size == 0)
		return;
	memcpy(at, text.data, text.size);
	conn_input_arrived(&slot->conn, text.size);
	tls_text_taken(slot->tls, text.size);
}

/* Does a connection begin with a letter, as HTTP does? */
static bool is_plain(const struct slot *slot, const uint8_t *first)
{
	return slot->conn.state == CONN_HANDSHAKE && !slot->has_begun && *first >= 'A' && *first <= 'Z';
}

/* Reads once. False if there is nothing more to read for now. */
static bool read_records(struct slot *slot, struct app *app, struct conn_moment now)
{
	size_t size, moved;
	uint8_t *room = tls_records_room(slot->tls, &size);

	if (!room)
		return false;
	switch (net_read(slot->descriptor, room, size, &moved)) {
	case NET_MOVED:
		if (is_plain(slot, room)) {
			tls_server_end(slot->tls);
			slot->tls = NULL;
			conn_refuse(&slot->conn, app, STATUS_TLS_EXPECTED, now);
			return false;
		}
		slot->has_begun = true;
		tls_records_arrived(slot->tls, moved);
		return true;
	case NET_ENDED:
		conn_input_ended(&slot->conn);
		return false;
	case NET_BROKEN:
		slot->conn.state = CONN_CLOSED;
		return false;
	case NET_LATER:
		break;
	}
	return false;
}

void secure_read(struct slot *slot, struct app *app, struct conn_moment now)
{
	for (unsigned reads = 0; reads < READS_MAX && tls_text(slot->tls).size == 0; reads++)
		if (!read_records(slot, app, now))
			break;
	if (!slot->tls || slot->conn.state == CONN_CLOSED)
		return;
	follow(slot, now.monotonic);
	take_text(slot);
}

bool secure_wants_output(const struct slot *slot)
{
	return tls_records(slot->tls).size > 0;
}

/* Sends records until there are none, or the socket takes no more. */
static bool send_records(struct slot *slot, int64_t monotonic)
{
	while (secure_wants_output(slot)) {
		size_t moved;
		enum net_io outcome = net_write(slot->descriptor, tls_records(slot->tls), &moved);

		if (outcome != NET_MOVED) {
			if (outcome != NET_LATER)
				slot->conn.state = CONN_CLOSED;
			return false;
		}
		tls_records_sent(slot->tls, moved);
		if (slot->conn.state != CONN_HANDSHAKE)
			slot->conn.since = monotonic;
	}
	return true;
}

/* The connection's output counts as sent when its records are. */
void secure_write(struct slot *slot, int64_t monotonic)
{
	struct conn *conn = &slot->conn;

	while (send_records(slot, monotonic)) {
		follow(slot, monotonic);
		conn_output_sent(conn, slot->sealed);
		slot->sealed = 0;
		if (!conn_wants_output(conn))
			return;
		slot->sealed = tls_put_text(slot->tls, conn_output(conn));
		if (slot->sealed == 0)
			return;
	}
}

void secure_end(struct slot *slot)
{
	if (tls_state(slot->tls) == TLS_OPEN) {
		tls_close(slot->tls);
		send_records(slot, slot->conn.since);
	}
	tls_server_end(slot->tls);
	slot->tls = NULL;
}
