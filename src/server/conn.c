#include "server/conn.h"

#include "core/audit.h"

#include <string.h>

static void enter(struct conn *conn, enum conn_state state, struct conn_moment now)
{
	static const int64_t times[CONN_STATE_COUNT] = {
		[CONN_HANDSHAKE] = CONN_HANDSHAKE_TIME, [CONN_IDLE] = CONN_IDLE_TIME,
		[CONN_HEAD] = CONN_HEAD_TIME,           [CONN_BODY] = CONN_BODY_TIME,
		[CONN_CHECK] = CONN_CHECK_TIME,         [CONN_ANSWER] = CONN_ANSWER_TIME,
		[CONN_LINGER] = CONN_LINGER_TIME,
	};

	conn->state = state;
	conn->since = now.monotonic;
	conn->deadline = now.monotonic + times[state];
}

void conn_start(struct conn *conn, uint8_t input[static CONN_INPUT_SIZE], uint8_t output[static RESPONSE_BUFFER_SIZE],
                const struct conn_peer *peer, int64_t monotonic)
{
	*conn = (struct conn){ .peer = *peer, .input = input, .response.data = output };
	enter(conn, CONN_IDLE, (struct conn_moment){ .monotonic = monotonic });
}

void conn_start_handshake(struct conn *conn, int64_t monotonic)
{
	enter(conn, CONN_HANDSHAKE, (struct conn_moment){ .monotonic = monotonic });
}

void conn_end_handshake(struct conn *conn, int64_t monotonic)
{
	enter(conn, CONN_IDLE, (struct conn_moment){ .monotonic = monotonic });
}

bool conn_wants_output(const struct conn *conn)
{
	return conn->state != CONN_CLOSED && response_output(&conn->response).size > 0;
}

bool conn_wants_input(const struct conn *conn)
{
	return conn->state != CONN_CLOSED && conn->state != CONN_ANSWER && !conn_wants_output(conn);
}

uint8_t *conn_input_room(struct conn *conn, size_t *size)
{
	*size = CONN_INPUT_SIZE - conn->input_used;
	return conn->input + conn->input_used;
}

void conn_input_arrived(struct conn *conn, size_t size)
{
	conn->input_used += size;
}

void conn_input_ended(struct conn *conn)
{
	conn->input_ended = true;
}

struct span conn_output(const struct conn *conn)
{
	return response_output(&conn->response);
}

void conn_output_sent(struct conn *conn, size_t size)
{
	response_sent(&conn->response, size);
}

/* Milliseconds until a request that changes something is taken from there. Any other costs little, and is. */
static int64_t time_to_wait(const struct conn *conn, const struct app *app, struct conn_moment now)
{
	bool is_change = conn->head.method == HTTP_POST || conn->head.method == HTTP_DELETE;

	if (!is_change || !conn->peer.has_source)
		return 0;
	return failures_time_to_wait(app->failures, &app->config->failures, conn->peer.source, now.monotonic);
}

static enum status judge_source(const struct conn *conn, const struct app *app, struct conn_moment now)
{
	return time_to_wait(conn, app, now) > 0 ? STATUS_HTTP_TOO_MANY_FAILURES : STATUS_OK;
}

/* A line for each source that is limited from now on; not for each of its requests, of which there may be many. */
static void note_failure(const struct conn *conn, struct app *app, struct conn_moment now)
{
	if (conn->peer.has_source &&
	    failures_note(app->failures, &app->config->failures, conn->peer.source, now.monotonic))
		audit_note_limit(app, span_of(conn->peer.remote, conn->peer.remote_size), now.wall);
}

/* Answers a request that was not read to its end; nothing after it can be understood. */
static void fail(struct conn *conn, struct app *app, enum status status, struct conn_moment now)
{
	struct api_answer answer = { .body = response_room(&conn->response) };
	struct response_manner manner = {
		.without_body = conn->head.method == HTTP_HEAD,
		.minor_version = conn->head.minor_version,
	};

	api_answer_error(&answer, status);
	api_count_answer(app, status);
	if (status == STATUS_HTTP_TOO_MANY_FAILURES) {
		answer.retry_after = (unsigned)((time_to_wait(conn, app, now) + 999) / 1000);
		app->counters.limited++;
	} else if (status != STATUS_HTTP_BUSY) {
		note_failure(conn, app, now);
	}
	response_start(&conn->response, app, &answer, manner, now.wall);
	conn->must_linger = true;
	enter(conn, CONN_ANSWER, now);
}

/* Moves what follows the request, which was handled, to the front. */
static void drop_request(struct conn *conn)
{
	size_t size = conn->head.size + conn->body.consumed;

	conn->input_used -= size;
	memmove(conn->input, conn->input + size, conn->input_used);
}

static void handle(struct conn *conn, struct app *app, const struct api_verdict *verdict, struct conn_moment now)
{
	struct api_answer answer = { .body = response_room(&conn->response) };
	struct response_manner manner = {
		.without_body = conn->head.method == HTTP_HEAD,
		.minor_version = conn->head.minor_version,
		.keep_alive = conn->head.keep_alive && !conn->is_stopping,
	};
	struct api_request request = {
		.method = conn->head.method,
		.path = conn->head.path,
		.query = conn->head.query,
		.body = span_of(conn->input + conn->head.size, conn->body.size),
		.remote = span_of(conn->peer.remote, conn->peer.remote_size),
		.access = conn->peer.access,
		.may_see_events = conn->peer.may_see_events,
		.is_local_root = conn->peer.is_local_root,
		.verdict = *verdict,
	};

	api_handle(app, &request, now.wall, &answer);
	if (answer.asks) {
		enter(conn, CONN_CHECK, now);
		return;
	}
	conn->allowed = 0;
	if (answer.http_code / 100 == 4 && (request.method == HTTP_POST || request.method == HTTP_DELETE))
		note_failure(conn, app, now);
	response_start(&conn->response, app, &answer, manner, now.wall);
	drop_request(conn);
	enter(conn, CONN_ANSWER, now);
}

/* The steps: one for each state; each returns whether the state has changed and the next step can be made at once. */

static bool step_handshake(struct conn *conn, struct app *app, struct conn_moment now)
{
	(void)app;
	if (conn->is_stopping || conn->input_ended)
		enter(conn, CONN_CLOSED, now);
	return false;
}

static bool step_idle(struct conn *conn, struct app *app, struct conn_moment now)
{
	(void)app;
	if (conn->is_stopping || (conn->input_used == 0 && conn->input_ended)) {
		enter(conn, CONN_CLOSED, now);
	} else if (conn->input_used > 0) {
		http_head_start(&conn->head);
		enter(conn, CONN_HEAD, now);
		return true;
	}
	return false;
}

static bool step_head(struct conn *conn, struct app *app, struct conn_moment now)
{
	struct http_head *head = &conn->head;
	enum status status = http_head_read(head, span_of(conn->input, conn->input_used), CONFIG_REQUEST_HEAD_SIZE);

	if (status == STATUS_MORE && !conn->input_ended)
		return false;
	if (status == STATUS_OK)
		status = judge_source(conn, app, now);
	if (status == STATUS_OK)
		status = http_body_start(&conn->body, head->chunked, head->content_length, CONFIG_REQUEST_BODY_SIZE);
	if (status != STATUS_OK) {
		fail(conn, app, status, now);
		return true;
	}
	if (head->expect_continue && head->minor_version > 0 && conn->input_used == head->size &&
	    (head->chunked || head->content_length > 0))
		response_interim(&conn->response, http_continue);
	enter(conn, CONN_BODY, now);
	return true;
}

static bool step_body(struct conn *conn, struct app *app, struct conn_moment now)
{
	static const struct api_verdict none;
	enum status status;

	if (conn_wants_output(conn))
		return false; /* 100 Continue goes first */
	status = http_body_read(&conn->body, conn->input + conn->head.size, conn->input_used - conn->head.size);
	if (status == STATUS_MORE && conn->input_used == CONN_INPUT_SIZE)
		status = STATUS_HTTP_BODY_TOO_LARGE;
	if (status == STATUS_MORE && !conn->input_ended)
		return false;
	if (status == STATUS_OK)
		status = judge_source(conn, app, now); /* others from there may have failed meanwhile */
	if (status == STATUS_OK)
		handle(conn, app, &none, now);
	else
		fail(conn, app, status, now);
	return true;
}

/* One who closes his side does not wait for an answer; nor does one who goes on sending without end. */
static bool step_check(struct conn *conn, struct app *app, struct conn_moment now)
{
	(void)app;
	if (conn->input_ended || conn->input_used == CONN_INPUT_SIZE)
		enter(conn, CONN_CLOSED, now);
	return false;
}

static bool step_answer(struct conn *conn, struct app *app, struct conn_moment now)
{
	if (conn_wants_output(conn))
		return false;
	if (response_go_on(&conn->response, app, now.wall))
		conn->deadline = now.monotonic + CONN_ANSWER_TIME;
	else if (conn->response.keep_alive)
		enter(conn, CONN_IDLE, now);
	else if (conn->must_linger || conn->input_used > 0)
		enter(conn, CONN_LINGER, now);
	else
		enter(conn, CONN_CLOSED, now);
	return true;
}

static bool step_linger(struct conn *conn, struct app *app, struct conn_moment now)
{
	(void)app;
	conn->dropped += conn->input_used;
	conn->input_used = 0;
	if (conn->input_ended || conn->dropped > CONN_LINGER_SIZE)
		enter(conn, CONN_CLOSED, now);
	return false;
}

static bool step_closed(struct conn *conn, struct app *app, struct conn_moment now)
{
	(void)conn, (void)app, (void)now;
	return false;
}

/* A request that has begun gets an answer; an answer that does not move, and silence, get none. */
static void expire(struct conn *conn, struct app *app, struct conn_moment now)
{
	bool has_begun = conn->state == CONN_HEAD || conn->state == CONN_BODY || conn->state == CONN_CHECK;

	if (has_begun && !conn_wants_output(conn))
		fail(conn, app, conn->state == CONN_CHECK ? STATUS_CHECK_OUTRAN : STATUS_HTTP_TIMEOUT, now);
	else
		enter(conn, CONN_CLOSED, now);
}

void conn_run(struct conn *conn, struct app *app, struct conn_moment now)
{
	static bool (*const steps[CONN_STATE_COUNT])(struct conn *, struct app *, struct conn_moment) = {
		[CONN_HANDSHAKE] = step_handshake, [CONN_IDLE] = step_idle,     [CONN_HEAD] = step_head,
		[CONN_BODY] = step_body,           [CONN_CHECK] = step_check,   [CONN_ANSWER] = step_answer,
		[CONN_LINGER] = step_linger,       [CONN_CLOSED] = step_closed,
	};

	if (now.monotonic >= conn->deadline)
		expire(conn, app, now);
	while (steps[conn->state](conn, app, now))
		;
}

void conn_resume(struct conn *conn, struct app *app, unsigned check, const struct api_verdict *verdict,
                 struct conn_moment now)
{
	struct api_verdict all = *verdict;

	if (conn->state != CONN_CHECK)
		return;
	if (verdict->status == STATUS_OK)
		conn->allowed |= UINT32_C(1) << check;
	all.allowed = conn->allowed;
	handle(conn, app, &all, now);
}

void conn_refuse(struct conn *conn, struct app *app, enum status status, struct conn_moment now)
{
	fail(conn, app, status, now);
}

bool conn_is_listing(const struct conn *conn)
{
	return conn->state == CONN_ANSWER && !conn->response.list.ended;
}

void conn_set_rights(struct conn *conn, enum config_access access, bool may_see_events)
{
	conn->peer.access = access;
	conn->peer.may_see_events = may_see_events;
}

void conn_stop(struct conn *conn)
{
	conn->is_stopping = true;
	conn->response.keep_alive = false;
}
