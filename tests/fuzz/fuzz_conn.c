/* All that a connection may send, with the server above its socket behind it: whatever the pieces, the same answers. */
#include "fuzz.h"
#include "server/conn.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

enum { SENT_MAX = 1 << 18, INPUT_MAX = 16384 };

static uint8_t *input, *output;

static void take_output(struct conn *conn, struct writer *sent, struct conn_moment now)
{
	while (conn_wants_output(conn)) {
		writer_put(sent, conn_output(conn));
		conn_output_sent(conn, conn_output(conn).size);
		conn_run(conn, &world.app, now);
		writer_rewind(&world.journal, 0);
	}
}

/* What is sent for these bytes, without interim answers: those depend on what has come already. */
static size_t exchange(struct span bytes, size_t piece, uint8_t *room)
{
	const struct conn_peer peer = { .access = ACCESS_ALL };
	const struct conn_moment now = { .wall = WORLD_NOW };
	struct writer sent = writer_of(room, SENT_MAX);
	struct conn conn;

	memset(&world.app.counters, 0, sizeof(world.app.counters));
	world.app.arena->peak = 0; /* /metrics tells it, and how full the ring of events is */
	arena_release(&world.events, 0);
	world.app.events = events_start(&world.events, WORLD_NOW);
	conn_start(&conn, input, output, &peer, 0);
	while (conn.state != CONN_CLOSED && !sent.overflowed) {
		size_t size, before = sent.used;
		uint8_t *at = conn_input_room(&conn, &size);
		struct span part = span_first(bytes, size < piece ? size : piece);

		FUZZ_CHECK(conn_wants_input(&conn) && size > 0);
		if (part.size > 0) {
			memcpy(at, part.data, part.size);
			conn_input_arrived(&conn, part.size);
		} else {
			conn_input_ended(&conn);
		}
		bytes = span_skip(bytes, part.size);
		conn_run(&conn, &world.app, now);
		FUZZ_CHECK(!world.journal.overflowed);
		writer_rewind(&world.journal, 0);
		if (span_equal(conn_output(&conn), http_continue)) {
			conn_output_sent(&conn, http_continue.size);
			conn_run(&conn, &world.app, now);
			writer_rewind(&world.journal, 0);
		}
		take_output(&conn, &sent, now);
		FUZZ_CHECK(sent.overflowed || sent.used == before || span_starts_with(span_of(room + before, sent.used - before), SPAN("HTTP/1.1 ")));
	}
	FUZZ_CHECK(table_measure(world.app.table).live == 0); /* nobody can sign here, so there is nothing to clear */
	return sent.overflowed ? 0 : sent.used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *at_once, *in_pieces;
	const struct span bytes = span_of(data, size < INPUT_MAX ? size : INPUT_MAX);
	size_t expected;

	if (!input) {
		world_start(NULL);
		input = malloc(CONN_INPUT_SIZE);
		output = malloc(RESPONSE_BUFFER_SIZE);
		at_once = malloc(SENT_MAX);
		in_pieces = malloc(SENT_MAX);
	}
	expected = exchange(bytes, SIZE_MAX, at_once);
	FUZZ_CHECK(exchange(bytes, 3, in_pieces) == expected && memcmp(at_once, in_pieces, expected) == 0);
	return 0;
}
