#include "server/loop.h"

#include "host/clock.h"
#include "host/log.h"
#include "host/net.h"
#include "host/poll.h"
#include "host/signal.h"
#include "server/accept.h"
#include "server/pump.h"

enum {
	READY_MAX = 64,      /* of one turn */
	TURN_TIME = 1,       /* milliseconds for the network, until it is asked anew who is ready */
	SWEEP_WAIT_MAX = 60, /* seconds; the wall clock may be set while we sleep */
};

uint32_t loop_number_of(const struct loop *loop, const struct slot *slot)
{
	return (uint32_t)(slot - loop->slots.array);
}

static void stop(struct loop *loop)
{
	if (loop->is_stopping) { /* told twice: at once */
		loop->stop_by = loop->now.monotonic;
		return;
	}
	log_line(LOG_LEVEL_INFO, SPAN("ending after the answers under way"));
	loop->is_stopping = true;
	loop->stop_by = loop->now.monotonic + LOOP_END_TIME;
	listeners_close(&loop->listeners);
	for (struct slot *slot = loop->slots.array; slot < loop->slots.array + loop->slots.touched; slot++) {
		if (!slot->is_taken)
			continue;
		conn_stop(&slot->conn);
		pump_turn(loop, slot);
	}
}

static void take_signals(struct loop *loop)
{
	enum signal_kind kind;

	while ((kind = signal_take(loop->signals)) != SIGNAL_NONE) {
		if (kind == SIGNAL_END)
			stop(loop);
		else
			log_line(LOG_LEVEL_WARN, SPAN("SIGHUP: reloading is not in this version; nothing has changed"));
	}
}

/* Is it about a Unix socket, or a signal? */
static bool is_local(const struct loop *loop, uint32_t number)
{
	if (number < LOOP_NUMBER_LISTENERS)
		return loop->slots.array[number].is_local;
	return number == LOOP_NUMBER_SIGNALS ||
	       loop->listeners.array[number - LOOP_NUMBER_LISTENERS].config->socket.size > 0;
}

static void serve(struct loop *loop, uint32_t number)
{
	if (number == LOOP_NUMBER_SIGNALS)
		take_signals(loop);
	else if (number >= LOOP_NUMBER_LISTENERS && number - LOOP_NUMBER_LISTENERS < loop->listeners.count)
		accept_connection(loop, &loop->listeners.array[number - LOOP_NUMBER_LISTENERS]);
	else if (number < LOOP_NUMBER_LISTENERS && loop->slots.array[number].is_taken)
		pump_turn(loop, &loop->slots.array[number]);
}

/* sshd, which asks over a Unix socket, comes first; and where the network's requests cost much time, the rest of them
 * waits for the next turn, so that nobody can keep sshd waiting with them. Each turn goes on with others than the last
 * one, so that nobody can keep the network's others waiting either. */
static void dispatch(struct loop *loop, const uint32_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_local(loop, numbers[i]))
			serve(loop, numbers[i]);
	for (size_t i = 0; i < count && clock_monotonic() - loop->now.monotonic < TURN_TIME; i++) {
		uint32_t number = numbers[loop->turn++ % count];

		if (!is_local(loop, number))
			serve(loop, number);
	}
}

static void do_what_is_due(struct loop *loop)
{
	for (struct slot *slot = loop->slots.array; slot < loop->slots.array + loop->slots.touched; slot++)
		if (slot->is_taken && slot->conn.deadline <= loop->now.monotonic)
			pump_turn(loop, slot);
	if (loop->accept_from > 0 && loop->accept_from <= loop->now.monotonic)
		accept_resume(loop);
	if (table_next_end(loop->app.table) <= loop->now.wall) {
		api_sweep(&loop->app, loop->now.wall);
		pump_flush_journal(loop);
	}
}

/* Makes *first the earlier one of the two times. */
static void note_earlier(int64_t *first, int64_t time)
{
	if (time < *first)
		*first = time;
}

/* Milliseconds until something is due; -1: never. */
static int64_t time_to_wait(const struct loop *loop)
{
	int64_t first = INT64_MAX;
	int64_t next_end = table_next_end(loop->app.table);

	for (const struct slot *slot = loop->slots.array; slot < loop->slots.array + loop->slots.touched; slot++)
		if (slot->is_taken)
			note_earlier(&first, slot->conn.deadline);
	if (next_end < INT64_MAX) {
		int64_t seconds = next_end - loop->now.wall;

		note_earlier(&seconds, SWEEP_WAIT_MAX);
		note_earlier(&first, loop->now.monotonic + seconds * 1000);
	}
	if (loop->accept_from > 0)
		note_earlier(&first, loop->accept_from);
	if (loop->is_stopping)
		note_earlier(&first, loop->stop_by);
	if (first == INT64_MAX)
		return -1;
	return first > loop->now.monotonic ? first - loop->now.monotonic : 0;
}

static void read_clocks(struct loop *loop)
{
	loop->now = (struct conn_moment){ .wall = clock_wall(), .monotonic = clock_monotonic() };
}

static bool start(struct loop *loop)
{
	bool works;

	loop->poll = poll_open();
	works = loop->poll >= 0 && poll_add(loop->poll, loop->signals, POLL_READ, LOOP_NUMBER_SIGNALS);
	for (uint32_t i = 0; i < loop->listeners.count; i++)
		works = works &&
		        poll_add(loop->poll, loop->listeners.array[i].descriptor, POLL_READ, LOOP_NUMBER_LISTENERS + i);
	return works;
}

bool loop_run(struct loop *loop)
{
	bool works = start(loop);

	read_clocks(loop);
	while (works && !(loop->is_stopping && (loop->slots.taken == 0 || loop->now.monotonic >= loop->stop_by))) {
		uint32_t ready[READY_MAX];
		size_t count = poll_wait(loop->poll, ready, READY_MAX, time_to_wait(loop));

		read_clocks(loop);
		dispatch(loop, ready, count);
		do_what_is_due(loop);
	}
	listeners_close(&loop->listeners);
	for (struct slot *slot = loop->slots.array; slot < loop->slots.array + loop->slots.touched; slot++)
		if (slot->is_taken)
			pump_close(loop, slot);
	return works;
}
