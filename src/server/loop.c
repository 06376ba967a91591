#include "server/loop.h"

#include "core/audit.h"
#include "core/now.h"
#include "host/clock.h"
#include "host/log.h"
#include "host/net.h"
#include "host/poll.h"
#include "host/signal.h"
#include "server/accept.h"
#include "server/message.h"
#include "server/pump.h"
#include "server/reload.h"

enum {
	READY_MAX = 61,      /* of one turn; a prime, see dispatch() */
	SWEEP_WAIT_MAX = 60, /* seconds; the wall clock may be set while we sleep */
};

bool loop_has_time(const struct loop *loop)
{
	return clock_monotonic() - loop->now.monotonic < LOOP_TURN_TIME;
}

uint32_t loop_number_of(const struct loop *loop, const struct slot *slot)
{
	return (uint32_t)(slot - loop->slots.array);
}

/* Told twice in the same way: at once. (From a terminal, a signal comes to both processes.) */
static void stop(struct loop *loop, bool *is_told)
{
	static const struct message ending = { .kind = MESSAGE_ENDING };

	if (*is_told)
		loop->stop_by = loop->now.monotonic;
	*is_told = true;
	if (loop->is_stopping)
		return;
	log_line(LOG_LEVEL_INFO, SPAN("ending after the answers under way"));
	(void)message_send(loop->helper, &ending);
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

/* HUP is for the helper, whom it reaches too where it is sent to all of our processes. */
static void take_signals(struct loop *loop)
{
	enum signal_kind kind;

	while ((kind = signal_take(loop->signals)) != SIGNAL_NONE)
		if (kind == SIGNAL_END)
			stop(loop, &loop->is_told_by_signal);
}

static void note_lost_lines(struct loop *loop, uint32_t lines)
{
	static const struct message counted = { .kind = MESSAGE_LOG_LOST };

	log_note_lost(lines);
	(void)message_send(loop->helper, &counted);
}

static void end_without_helper(struct loop *loop, struct span why)
{
	log_line(LOG_LEVEL_ERROR, why);
	loop->has_lost_helper = true;
	poll_remove(loop->poll, loop->helper);
	checks_drop(loop, STATUS_CHECK_BUSY);
	stop(loop, &loop->is_told_by_helper);
}

static void take_messages(struct loop *loop)
{
	struct message message;
	enum channel_taken taken = CHANNEL_NOTHING;
	bool listens = true;

	while (listens && (taken = message_take(loop->helper, &message)) == CHANNEL_MESSAGE) {
		if (message.kind == MESSAGE_CONFIG)
			listens = reload_take(loop, message.number);
		else if (message.kind == MESSAGE_CONFIG_REFUSED)
			reload_note_refusal(loop, message_text(&message));
		else if (message.kind == MESSAGE_ANSWER)
			checks_answer(loop, &message);
		else if (message.kind == MESSAGE_LOG_LOST)
			note_lost_lines(loop, message.number);
		else if (message.kind == MESSAGE_FILE_NEXT)
			export_note_next(loop, &message);
		else if (message.kind == MESSAGE_END)
			stop(loop, &loop->is_told_by_helper);
	}
	if (loop->has_lost_helper)
		return;
	if (!listens)
		end_without_helper(loop, SPAN("the helper process does not listen to the server process; ending"));
	else if (taken == CHANNEL_ENDED)
		end_without_helper(loop, SPAN("the helper process is gone; ending"));
}

/* Is it about a Unix socket, or one of our own affairs? */
static bool is_local(const struct loop *loop, uint32_t number)
{
	if (number < LOOP_NUMBER_LISTENERS)
		return loop->slots.array[number].is_local;
	return number >= LOOP_NUMBER_SIGNALS ||
	       loop->listeners.array[number - LOOP_NUMBER_LISTENERS].config->socket.size > 0;
}

static void serve(struct loop *loop, uint32_t number)
{
	if (number == LOOP_NUMBER_SIGNALS)
		take_signals(loop);
	else if (number == LOOP_NUMBER_HELPER)
		take_messages(loop);
	else if (number >= LOOP_NUMBER_LISTENERS && number - LOOP_NUMBER_LISTENERS < loop->listeners.count)
		accept_connection(loop, &loop->listeners.array[number - LOOP_NUMBER_LISTENERS]);
	else if (number < LOOP_NUMBER_LISTENERS && loop->slots.array[number].is_taken)
		pump_turn(loop, &loop->slots.array[number]);
}

/* sshd, which asks over a Unix socket, comes first; and where the network's requests cost much time, the rest of them
 * waits for the next turn, so that nobody can keep sshd waiting with them. Each turn goes on with others than the last
 * one, so that nobody can keep the network's others waiting either: counted on modulo a prime, as the system, too,
 * hands them out in turns, and two steps that fit each other would leave some out for ever. */
static void dispatch(struct loop *loop, const uint32_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_local(loop, numbers[i]))
			serve(loop, numbers[i]);
	for (size_t i = 0; i < count && loop_has_time(loop); i++) {
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
	if (api_next_sweep(&loop->app) <= now_find(&loop->app, loop->now.wall)) {
		api_sweep(&loop->app, loop->now.wall);
		pump_flush_journal(loop);
	}
	export_turn(loop);
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
	int64_t next_end = api_next_sweep(&loop->app);

	for (const struct slot *slot = loop->slots.array; slot < loop->slots.array + loop->slots.touched; slot++)
		if (slot->is_taken)
			note_earlier(&first, slot->conn.deadline);
	if (next_end < INT64_MAX) {
		int64_t seconds = next_end - now_find(&loop->app, loop->now.wall);

		note_earlier(&seconds, export_is_wanted(loop) ? EXPORT_WAIT_MAX : SWEEP_WAIT_MAX);
		note_earlier(&first, loop->now.monotonic + seconds * 1000);
	}
	if (loop->accept_from > 0)
		note_earlier(&first, loop->accept_from);
	if (export_is_wanted(loop) && !loop->is_stopping)
		note_earlier(&first, export_next_turn(loop));
	if (loop->is_stopping)
		note_earlier(&first, loop->stop_by);
	if (first == INT64_MAX)
		return -1;
	return first > loop->now.monotonic ? first - loop->now.monotonic : 0;
}

static void read_clocks(struct loop *loop)
{
	loop->now = (struct conn_moment){ .wall = clock_wall(), .monotonic = clock_monotonic() };
	table_tell_uptime(loop->app.table, clock_uptime());
}

bool loop_open(struct loop *loop)
{
	bool works;

	loop->poll = poll_open();
	works = loop->poll >= 0 && poll_add(loop->poll, loop->signals, POLL_READ, LOOP_NUMBER_SIGNALS) &&
	        poll_add(loop->poll, loop->helper, POLL_READ, LOOP_NUMBER_HELPER);
	for (uint32_t i = 0; i < loop->listeners.count; i++)
		works = works &&
		        poll_add(loop->poll, loop->listeners.array[i].descriptor, POLL_READ, LOOP_NUMBER_LISTENERS + i);
	return works;
}

bool loop_run(struct loop *loop)
{
	read_clocks(loop);
	audit_note_start(&loop->app, loop->now.wall);
	pump_flush_journal(loop);
	while (!(loop->is_stopping && (loop->slots.taken == 0 || loop->now.monotonic >= loop->stop_by))) {
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
	audit_note_stop(&loop->app, loop->now.wall);
	pump_flush_journal(loop);
	return !loop->has_lost_helper;
}
