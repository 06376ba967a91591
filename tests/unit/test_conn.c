/* The connection's state machine with the real API behind it, driven with explicit bytes and times. */
#include "server/conn.h"

#include "http/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	WALL = 1700000000,
	SENT_MAX = 4 << 20,
	KEYS_MAX = CONFIG_RESPONSE_SIZE / 32, /* their list is longer than two output buffers */
};

/* A server without a socket: one connection, and all that it has sent. */
struct world {
	struct config config;
	struct config_user user;
	struct arena table_arena, request;
	struct writer journal;
	struct app app;
	struct failures failures;
	struct conn conn;
	uint8_t *input, *output;
	uint8_t *sent;
	size_t sent_size;
	struct conn_moment now;
};

static void world_start(struct world *world)
{
	static const struct conn_peer peer = { .remote = "192.0.2.1", .remote_size = 9, .access = ACCESS_ALL,
		                               .has_source = true, .source = 7 };

	*world = (struct world){ .user = { .name = SPAN("u"), .policy.max_keys = KEYS_MAX }, .now = { .wall = WALL } };
	world->config = (struct config){ .max_request_age = 3600, .users = &world->user, .user_count = 1 };
	world->table_arena = arena_of(calloc(1, table_memory_size()), table_memory_size());
	world->request = arena_of(malloc(CONFIG_REQUEST_ARENA_KB * 1024), CONFIG_REQUEST_ARENA_KB * 1024);
	world->journal = writer_of(malloc(4096), 4096);
	world->app = (struct app){
		.config = &world->config,
		.table = table_start(&world->table_arena),
		.arena = &world->request,
		.journal = &world->journal,
		.failures = &world->failures,
	};
	assert_non_null(world->app.table);
	world->input = malloc(CONN_INPUT_SIZE); /* exactly so large: the sanitizer guards what is behind */
	world->output = malloc(RESPONSE_BUFFER_SIZE);
	world->sent = malloc(SENT_MAX);
	conn_start(&world->conn, world->input, world->output, &peer, 0);
}

static void world_end(struct world *world)
{
	free(world->table_arena.data);
	free(world->request.data);
	free(world->journal.data);
	free(world->input);
	free(world->output);
	free(world->sent);
}

static void add_keys(struct world *world, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t blob[51] = "\0\0\0\013ssh-ed25519\0\0\0\040";
		const struct ssh_key parsed = { .type = SSH_KEY_ED25519, .blob = { blob, sizeof(blob) }, .comment = SPAN("somebody") };
		uint8_t room[SSH_KEY_LINE_MAX];
		struct writer line = writer_of(room, sizeof(room));
		struct table_key key = {
			.comment = parsed.comment,
			.is_live = true,
			.signed_at = WALL,
			.expire = WALL + 1000000,
		};

		memcpy(blob + 19, &i, sizeof(i));
		ssh_fingerprint_compute(parsed.blob, &key.fingerprint);
		ssh_key_write(&line, &parsed);
		key.line = writer_written(&line);
		assert_int_equal(table_put(world->app.table, &key, WALL + 2000000), STATUS_OK);
	}
}

static void run(struct world *world)
{
	conn_run(&world->conn, &world->app, world->now);
	writer_rewind(&world->journal, 0);
}

/* The other end takes what is sent, in pieces of at most so many bytes, until nothing comes. */
static void take_output(struct world *world, size_t piece)
{
	while (conn_wants_output(&world->conn)) {
		struct span part = span_first(conn_output(&world->conn), piece);

		assert_true(world->sent_size + part.size <= SENT_MAX);
		memcpy(world->sent + world->sent_size, part.data, part.size);
		world->sent_size += part.size;
		conn_output_sent(&world->conn, part.size);
		run(world);
	}
}

/* The other end sends bytes in pieces, as long as somebody reads them, and takes the answers. */
static void feed(struct world *world, struct span bytes, size_t piece)
{
	while (bytes.size > 0 && conn_wants_input(&world->conn)) {
		size_t room;
		uint8_t *at = conn_input_room(&world->conn, &room);
		struct span part = span_first(bytes, room < piece ? room : piece);

		assert_true(part.size > 0);
		memcpy(at, part.data, part.size);
		bytes = span_skip(bytes, part.size);
		conn_input_arrived(&world->conn, part.size);
		run(world);
		take_output(world, piece);
	}
}

static void advance(struct world *world, int64_t milliseconds)
{
	world->now.monotonic += milliseconds;
	run(world);
	take_output(world, SENT_MAX);
}

/* Takes the next answer off the front of *rest: its code, or 0 if nothing is left. Its body is decoded in place. */
static int next_answer(struct span *rest, bool without_body, struct http_answer *head, struct span *decoded)
{
	struct http_body body;
	uint8_t *data;

	if (rest->size == 0)
		return 0;
	assert_int_equal(http_answer_read(*rest, head), STATUS_OK);
	*rest = span_skip(*rest, head->size);
	*decoded = (struct span){ 0 };
	if (without_body || head->code < 200)
		return head->code;
	if (head->until_close) {
		*decoded = *rest;
		*rest = (struct span){ 0 };
		return head->code;
	}
	data = (uint8_t *)(uintptr_t)rest->data;
	assert_int_equal(http_body_start(&body, head->chunked, head->content_length, SENT_MAX), STATUS_OK);
	assert_int_equal(http_body_read(&body, data, rest->size), STATUS_OK);
	*decoded = span_of(data, body.size);
	*rest = span_skip(*rest, body.consumed);
	return head->code;
}

/* ---- requests ---- */

#define HOST "Host: x\r\n"
#define GET "GET /healthz HTTP/1.1\r\n" HOST
#define POST "POST /api/v1/keys HTTP/1.1\r\n" HOST
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"

static const struct {
	const char *name, *bytes;
	bool ends; /* the client sends nothing more */
	int codes[4];
	enum conn_state state;
} requests[] = {
	{ "a GET", GET "\r\n", false, { 200 }, CONN_IDLE },
	{ "a GET, then the end", GET "\r\n", true, { 200 }, CONN_CLOSED },
	{ "an empty line first", "\r\n" GET "\r\n", false, { 200 }, CONN_IDLE },
	{ "three at once", GET "\r\n" GET "\r\nGET /nothing HTTP/1.1\r\n" HOST "\r\n", false, { 200, 200, 404 },
	  CONN_IDLE },
	{ "asked to close", GET "Connection: close\r\n\r\n", false, { 200 }, CONN_CLOSED },
	{ "HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n", false, { 200 }, CONN_CLOSED },
	{ "HTTP/1.0 that stays", "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, { 200 }, CONN_IDLE },
	{ "a body by length", POST "Content-Length: 5\r\n\r\nhello" GET "\r\n", false, { 400, 200 }, CONN_IDLE },
	{ "a body in chunks", POST CHUNKED "2\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n" GET "\r\n", false, { 400, 200 },
	  CONN_IDLE },
	{ "no body", POST "\r\n" GET "\r\n", false, { 400, 200 }, CONN_IDLE },
	{ "a GET with a body", GET "Content-Length: 3\r\n\r\nabc" GET "\r\n", false, { 200, 200 }, CONN_IDLE },
	{ "expects 413", POST "Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", false, { 413 }, CONN_LINGER },
	{ "expects nothing", POST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n", false, { 400 }, CONN_IDLE },
	{ "another expectation", POST "Expect: tea\r\nContent-Length: 1\r\n\r\n", false, { 417 }, CONN_LINGER },
	{ "wrong method", "POST /healthz HTTP/1.1\r\n" HOST "\r\n", false, { 405 }, CONN_IDLE },
	{ "unknown method", "BREW /healthz HTTP/1.1\r\n" HOST "\r\n", false, { 501 }, CONN_LINGER },
	{ "garbage", "\001\002\003\r\n\r\n", false, { 400 }, CONN_LINGER },
	{ "no host", "GET / HTTP/1.1\r\n\r\n", false, { 400 }, CONN_LINGER },
	{ "both framings", POST "Content-Length: 3\r\n" CHUNKED "abc", false, { 400 }, CONN_LINGER },
	{ "bad chunk", POST CHUNKED "zz\r\n", false, { 400 }, CONN_LINGER },
	{ "large chunk", POST CHUNKED "00ffffff\r\n", false, { 413 }, CONN_LINGER },
	{ "a good one, then garbage", GET "\r\n\001\002\r\n\r\n", false, { 200, 400 }, CONN_LINGER },
	{ "nothing", "", true, { 0 }, CONN_CLOSED },
	{ "half a head", GET, true, { 400 }, CONN_CLOSED },
	{ "half a body", POST "Content-Length: 5\r\n\r\nhel", true, { 400 }, CONN_CLOSED },
};

static void check_request(size_t i, size_t piece)
{
	struct world world;
	struct span rest, body;
	struct http_answer head;

	world_start(&world);
	feed(&world, span_of_string(requests[i].bytes), piece);
	if (requests[i].ends && conn_wants_input(&world.conn)) {
		conn_input_ended(&world.conn);
		run(&world);
		take_output(&world, piece);
	}
	rest = span_of(world.sent, world.sent_size);
	for (size_t n = 0; n < 4; n++) {
		int code = next_answer(&rest, false, &head, &body);

		if (code != requests[i].codes[n])
			fail_msg("%s, by %zu: answer %zu is %d", requests[i].name, piece, n, code);
	}
	if (world.conn.state != requests[i].state)
		fail_msg("%s, by %zu: ends in state %d", requests[i].name, piece, (int)world.conn.state);
	world_end(&world);
}

static void test_requests(void **state)
{
	static const size_t pieces[] = { 1, 2, 3, 7, 64, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		for (size_t n = 0; n < sizeof(pieces) / sizeof(pieces[0]); n++)
			check_request(i, pieces[n]);
}

/* 100 goes out before the body comes in, and not at all if the body is there already. */
static void test_continue(void **state)
{
	static const struct span head = { (const uint8_t *)POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
					  sizeof(POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n") - 1 };
	struct world world;
	struct span rest, body;
	struct http_answer answer;

	(void)state;
	world_start(&world);
	feed(&world, head, 100);
	rest = span_of(world.sent, world.sent_size);
	assert_int_equal(next_answer(&rest, false, &answer, &body), 100);
	assert_int_equal(rest.size, 0);
	assert_int_equal(world.conn.state, CONN_BODY);
	feed(&world, SPAN("hello"), 100);
	rest = span_skip(span_of(world.sent, world.sent_size), answer.size);
	assert_int_equal(next_answer(&rest, false, &answer, &body), 400);
	world_end(&world);

	world_start(&world);
	feed(&world, span_of_string(POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"), 1000);
	rest = span_of(world.sent, world.sent_size);
	assert_int_equal(next_answer(&rest, false, &answer, &body), 400);
	assert_int_equal(rest.size, 0);
	world_end(&world);
}

/* The largest request goes through; one byte more, or a body in ever smaller chunks, is refused. */
static void test_limits(void **state)
{
	static const struct {
		size_t head_padding, body;
		const char *chunk; /* repeated body times; NULL: a body by length */
		int code;
	} cases[] = {
		{ 0, CONFIG_REQUEST_BODY_SIZE, NULL, 400 },
		{ 0, CONFIG_REQUEST_BODY_SIZE + 1, NULL, 413 },
		{ CONFIG_REQUEST_HEAD_SIZE - 100, CONFIG_REQUEST_BODY_SIZE, NULL, 400 },
		{ CONFIG_REQUEST_HEAD_SIZE, 0, NULL, 431 },
		{ 0, CONFIG_REQUEST_BODY_SIZE / 6, "1\r\nx\r\n", 400 },
		{ 0, CONFIG_REQUEST_BODY_SIZE / 2, "1\r\nx\r\n", 413 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size = 1024 + cases[i].head_padding + 6 * cases[i].body;
		struct writer bytes = writer_of(malloc(size), size);
		struct http_answer answer;
		struct span rest, body;
		struct world world;

		writer_put_string(&bytes, POST "X: ");
		for (size_t n = 0; n < cases[i].head_padding; n++)
			writer_put_byte(&bytes, 'x');
		if (cases[i].chunk) {
			writer_put_string(&bytes, "\r\nTransfer-Encoding: chunked\r\n\r\n");
		} else {
			writer_put_string(&bytes, "\r\nContent-Length: ");
			writer_put_number(&bytes, (int64_t)cases[i].body);
			writer_put_string(&bytes, "\r\n\r\n");
		}
		for (size_t n = 0; n < cases[i].body; n++)
			writer_put_string(&bytes, cases[i].chunk ? cases[i].chunk : "x");
		writer_put_string(&bytes, cases[i].chunk ? "0\r\n\r\n" : "");
		assert_false(bytes.overflowed);
		world_start(&world);
		feed(&world, writer_written(&bytes), SIZE_MAX);
		rest = span_of(world.sent, world.sent_size);
		assert_int_equal(next_answer(&rest, false, &answer, &body), cases[i].code);
		world_end(&world);
		free(bytes.data);
	}
}

/* ---- time ---- */

static void test_times(void **state)
{
	static const struct {
		const char *bytes;
		int64_t wait; /* milliseconds that change nothing; one more ends it */
		int code;     /* the last answer, 0 for none */
		enum conn_state after;
	} cases[] = {
		{ "", CONN_IDLE_TIME - 1, 0, CONN_CLOSED },
		{ GET "\r\n", CONN_IDLE_TIME - 1, 200, CONN_CLOSED },
		{ "G", CONN_HEAD_TIME - 1, 408, CONN_LINGER },
		{ GET, CONN_HEAD_TIME - 1, 408, CONN_LINGER },
		{ POST "Content-Length: 3\r\n\r\nab", CONN_BODY_TIME - 1, 408, CONN_LINGER },
		{ "\001\r\n\r\n", CONN_LINGER_TIME - 1, 400, CONN_CLOSED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world;
		struct http_answer answer;
		struct span rest, body;
		enum conn_state before;
		int code = 0, last = 0;

		world_start(&world);
		feed(&world, span_of_string(cases[i].bytes), 1000);
		before = world.conn.state;
		advance(&world, cases[i].wait);
		assert_int_equal(world.conn.state, before);
		assert_int_equal(world.conn.deadline, world.now.monotonic + 1);
		advance(&world, 1);
		assert_int_equal(world.conn.state, cases[i].after);
		rest = span_of(world.sent, world.sent_size);
		while ((code = next_answer(&rest, false, &answer, &body)) != 0)
			last = code;
		assert_int_equal(last, cases[i].code);
		world_end(&world);
	}
}

/* A byte a second holds nothing for longer than silence does. */
static void test_trickle(void **state)
{
	static const struct {
		const char *bytes, *drip;
		int64_t most;
	} cases[] = {
		{ "", "x", CONN_HEAD_TIME + 1000 },
		{ POST "Content-Length: 100\r\n\r\n", "x", CONN_BODY_TIME },
		{ POST CHUNKED, "0", CONN_BODY_TIME },
		{ "\001\r\n\r\n", "x", CONN_LINGER_TIME },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world;

		world_start(&world);
		feed(&world, span_of_string(cases[i].bytes), 1000);
		while (world.conn.state < CONN_LINGER && world.now.monotonic < 1000000) {
			feed(&world, span_of_string(cases[i].drip), 1);
			advance(&world, 1000);
		}
		assert_in_range(world.now.monotonic, 0, cases[i].most);
		while (world.conn.state != CONN_CLOSED && world.now.monotonic < 1000000) {
			feed(&world, SPAN("x"), 1);
			advance(&world, 1000);
		}
		assert_in_range(world.now.monotonic, 0, cases[i].most + CONN_LINGER_TIME);
		world_end(&world);
	}
}

/* Who does not read his answer, or reads a byte now and then, is left; and so is who sends for ever after an error. */
static void test_slow_reader(void **state)
{
	static const struct span request = { (const uint8_t *)GET "\r\n", sizeof(GET "\r\n") - 1 };
	struct world world;
	uint8_t *room;
	size_t size;

	(void)state;
	world_start(&world);
	room = conn_input_room(&world.conn, &size);
	memcpy(room, request.data, request.size);
	conn_input_arrived(&world.conn, request.size);
	run(&world);
	assert_int_equal(world.conn.state, CONN_ANSWER);
	for (world.now.monotonic = 0; world.now.monotonic < CONN_ANSWER_TIME; world.now.monotonic += 1000) {
		assert_true(conn_wants_output(&world.conn));
		conn_output_sent(&world.conn, 1);
		run(&world);
	}
	run(&world);
	assert_int_equal(world.conn.state, CONN_CLOSED);
	world_end(&world);
}

/* What comes behind the last answer is read and dropped, so that closing does not become a reset. */
static void test_more_after_close(void **state)
{
	struct world world;
	struct http_answer head;
	struct span rest, body;

	(void)state;
	world_start(&world);
	feed(&world, span_of_string(GET "Connection: close\r\n\r\n" GET "\r\n"), SIZE_MAX);
	assert_int_equal(world.conn.state, CONN_LINGER);
	rest = span_of(world.sent, world.sent_size);
	assert_int_equal(next_answer(&rest, false, &head, &body), 200);
	assert_int_equal(rest.size, 0);
	conn_input_ended(&world.conn);
	run(&world);
	assert_int_equal(world.conn.state, CONN_CLOSED);
	world_end(&world);
}

static void test_flood_after_error(void **state)
{
	static const uint8_t flood[4096];
	struct world world;
	size_t count = 0;

	(void)state;
	world_start(&world);
	feed(&world, SPAN("\001\r\n\r\n"), 1000);
	for (; world.conn.state == CONN_LINGER; count += sizeof(flood))
		feed(&world, span_of(flood, sizeof(flood)), sizeof(flood));
	assert_int_equal(world.conn.state, CONN_CLOSED);
	assert_in_range(count, 1, CONN_LINGER_SIZE + sizeof(flood));
	world_end(&world);
}

/* ---- lists ---- */

#define LIST "/api/v1/user/u/authorized_keys"

static const struct {
	const char *request;
	size_t keys;
	bool is_chunked, until_close, without_body;
	enum conn_state state;
} lists[] = {
	{ "GET " LIST " HTTP/1.1\r\n" HOST "\r\n", 0, false, false, false, CONN_IDLE },
	{ "GET " LIST " HTTP/1.1\r\n" HOST "\r\n", 3, false, false, false, CONN_IDLE },
	{ "GET " LIST " HTTP/1.1\r\n" HOST "\r\n", KEYS_MAX, true, false, false, CONN_IDLE },
	{ "HEAD " LIST " HTTP/1.1\r\n" HOST "\r\n", 3, false, false, true, CONN_IDLE },
	{ "HEAD " LIST " HTTP/1.1\r\n" HOST "\r\n", KEYS_MAX, true, false, true, CONN_IDLE },
	{ "GET " LIST " HTTP/1.0\r\n\r\n", 3, false, false, false, CONN_CLOSED },
	{ "GET " LIST " HTTP/1.0\r\n\r\n", KEYS_MAX, false, true, false, CONN_CLOSED },
	{ "GET " LIST " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", KEYS_MAX, false, true, false, CONN_CLOSED },
};

static void test_lists(void **state)
{
	static const size_t pieces[] = { 1, 1000, SIZE_MAX };

	(void)state;
	if (CONFIG_KEYS < KEYS_MAX)
		skip();
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (size_t n = 0; n < sizeof(pieces) / sizeof(pieces[0]); n++) {
			struct world world;
			struct http_answer head;
			struct span rest, body, line;
			size_t lines = 0;

			world_start(&world);
			add_keys(&world, lists[i].keys);
			feed(&world, span_of_string(lists[i].request), pieces[n]);
			rest = span_of(world.sent, world.sent_size);
			assert_int_equal(next_answer(&rest, lists[i].without_body, &head, &body), 200);
			assert_int_equal(rest.size, 0);
			assert_int_equal(head.chunked, lists[i].is_chunked);
			assert_int_equal(head.until_close, lists[i].until_close);
			for (; span_take_line(&body, &line); lines++)
				assert_true(span_starts_with(line, SPAN("ssh-ed25519 AAAA")));
			assert_int_equal(lines, lists[i].without_body ? 0 : lists[i].keys);
			assert_int_equal(world.conn.state, lists[i].state);
			world_end(&world);
		}
	}
}

/* ---- the end of the server, and a full one ---- */

static void test_stop(void **state)
{
	static const struct {
		const char *before, *after;
		int code;
	} cases[] = {
		{ "", "", 0 },
		{ GET "\r\n", "", 200 },
		{ GET, "\r\n" GET "\r\n", 200 },
		{ POST "Content-Length: 3\r\n\r\na", "bc", 400 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world;
		struct http_answer head;
		struct span rest, body;

		world_start(&world);
		feed(&world, span_of_string(cases[i].before), 1000);
		conn_stop(&world.conn);
		run(&world);
		feed(&world, span_of_string(cases[i].after), 1);
		assert_true(world.conn.state == CONN_CLOSED || world.conn.state == CONN_LINGER);
		rest = span_of(world.sent, world.sent_size);
		assert_int_equal(next_answer(&rest, false, &head, &body), cases[i].code);
		assert_int_equal(rest.size, 0);
		world_end(&world);
	}
}

static void test_refuse(void **state)
{
	struct world world;
	struct http_answer head;
	struct span rest, body;

	(void)state;
	world_start(&world);
	conn_refuse(&world.conn, &world.app, STATUS_HTTP_BUSY, world.now);
	take_output(&world, SIZE_MAX);
	rest = span_of(world.sent, world.sent_size);
	assert_int_equal(next_answer(&rest, false, &head, &body), 503);
	assert_int_equal(world.conn.state, CONN_LINGER);
	world_end(&world);
}

/* After as many failures as are taken, signed requests are not even read; questions are answered, and so is who comes over a
 * Unix socket. */
static void test_failures(void **state)
{
	static const struct {
		const char *name, *bytes;
		unsigned count; /* of those that are taken before 429 */
		int code;       /* of these */
	} cases[] = {
		{ "no signed message", POST "Content-Length: 5\r\n\r\nhello", 3, 400 },
		{ "DELETE", "DELETE /api/v1/keys HTTP/1.1\r\n" HOST "\r\n", 3, 400 },
		{ "a wrong method", "POST /healthz HTTP/1.1\r\n" HOST "\r\n", 3, 405 },
		{ "a GET", "GET /nothing HTTP/1.1\r\n" HOST "\r\n", 50, 404 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const struct span probe = { (const uint8_t *)POST "Content-Length: 5\r\n\r\n",
			                           sizeof(POST "Content-Length: 5\r\n\r\n") - 1 };
		struct world world;
		struct span rest, body;
		struct http_answer head;
		bool is_limited = cases[i].count < 50;

		world_start(&world);
		world.config.failures = (struct config_failures){ 3, 60 };
		for (unsigned n = 0; n < cases[i].count; n++)
			feed(&world, span_of_string(cases[i].bytes), 1000);
		feed(&world, SPAN(GET "\r\n"), 1000);
		feed(&world, probe, 1000); /* the body is never asked for */
		rest = span_of(world.sent, world.sent_size);
		for (unsigned n = 0; n < cases[i].count; n++)
			assert_int_equal(next_answer(&rest, false, &head, &body), cases[i].code);
		assert_int_equal(next_answer(&rest, false, &head, &body), 200);
		if (next_answer(&rest, false, &head, &body) != (is_limited ? 429 : 0))
			fail_msg("%s: %d", cases[i].name, head.code);
		assert_int_equal(world.conn.state, is_limited ? CONN_LINGER : CONN_BODY);
		assert_int_equal(world.app.counters.limited, is_limited);
		world_end(&world);
	}
}

static void test_retry_after(void **state)
{
	static const struct {
		unsigned per_minute;
		int64_t later;
		const char *field;
	} cases[] = {
		{ 60, 0, "\r\nRetry-After: 1\r\n" },     { 1, 0, "\r\nRetry-After: 60\r\n" },
		{ 1, 999, "\r\nRetry-After: 60\r\n" },   { 1, 1000, "\r\nRetry-After: 59\r\n" },
		{ 1, 59999, "\r\nRetry-After: 1\r\n" },  { 1, 60000, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world;

		world_start(&world);
		world.config.failures = (struct config_failures){ 1, cases[i].per_minute };
		feed(&world, SPAN(POST "\r\n"), 1000);
		world.now.monotonic += cases[i].later;
		world.conn.deadline = INT64_MAX;
		world.sent_size = 0;
		feed(&world, SPAN(POST "\r\n"), 1000);
		assert_int_equal(!cases[i].field, world.conn.state == CONN_IDLE);
		if (cases[i].field)
			assert_true(span_contains(span_of(world.sent, world.sent_size), span_of_string(cases[i].field)));
		world_end(&world);
	}
}

/* What is not HTTP counts too, and a limited source finds out why all the same; its line is written once. */
static void test_malformed_is_a_failure(void **state)
{
	struct world world;
	size_t lines = 0;

	(void)state;
	world_start(&world);
	world.config.failures = (struct config_failures){ 2, 60 };
	for (unsigned n = 0; n < 10; n++) {
		const struct conn_peer peer = world.conn.peer;

		conn_start(&world.conn, world.input, world.output, &peer, 0);
		memcpy(world.input, "\001", 1);
		conn_input_arrived(&world.conn, 1);
		conn_run(&world.conn, &world.app, world.now);
		assert_int_equal(world.conn.state, CONN_ANSWER);
		assert_true(span_starts_with(conn_output(&world.conn), SPAN("HTTP/1.1 400 ")));
		lines += world.journal.used > 0;
		assert_true(n != 1 || span_starts_with(writer_written(&world.journal), SPAN("event=limited time=")));
		writer_rewind(&world.journal, 0);
	}
	assert_int_equal(lines, 1);
	assert_true(failures_time_to_wait(&world.failures, &world.config.failures, 7, 0) > 0);
	world.conn.peer.has_source = false; /* as if he came over a Unix socket */
	conn_start(&world.conn, world.input, world.output, &(struct conn_peer){ .access = ACCESS_ALL }, 0);
	world.sent_size = 0;
	feed(&world, SPAN(POST "\r\n"), 1000);
	assert_true(span_starts_with(span_of(world.sent, world.sent_size), SPAN("HTTP/1.1 400 ")));
	world_end(&world);
}

/* ---- a request that waits for a check ---- */

#define KEYS_OF_U "GET /api/v1/user/u/authorized_keys HTTP/1.1\r\n" HOST "\r\n"

static struct question question;
static const char *const command[] = { "/bin/true", NULL };
static const struct config_check checks[] = {
	{ .name = SPAN_INITIALIZER("a"), .command = command, .actions = 1U << CHECK_SERVE },
	{ .name = SPAN_INITIALIZER("b"), .command = command, .actions = 1U << CHECK_SERVE },
};

static void start_waiting(struct world *world, struct span bytes)
{
	world_start(world);
	add_keys(world, 1);
	world->user.policy.checks = 3;
	world->config.checks = checks;
	world->config.check_count = 2;
	world->app.question = &question;
	feed(world, bytes, SENT_MAX);
	assert_int_equal(world->conn.state, CONN_CHECK);
	assert_int_equal(question.check, 0);
	assert_int_equal(world->sent_size, 0);
}

static void resume(struct world *world, unsigned check, enum status status)
{
	const struct api_verdict verdict = { .status = status, .detail = SPAN("why") };

	conn_resume(&world->conn, &world->app, check, &verdict, world->now);
	run(world);
	take_output(world, SENT_MAX);
}

static void test_check_allows(void **state)
{
	struct world world;
	struct http_answer head;
	struct span rest, body;

	(void)state;
	if (!IS_ENABLED(CONFIG_CHECKS))
		skip();
	start_waiting(&world, SPAN(KEYS_OF_U GET "\r\n"));
	feed(&world, SPAN(GET "\r\n"), 7); /* what follows is not looked at yet */
	advance(&world, 60000);
	assert_int_equal(world.conn.state, CONN_CHECK);
	assert_true(conn_wants_input(&world.conn) && !conn_wants_output(&world.conn));
	resume(&world, 0, STATUS_OK);
	assert_int_equal(world.conn.state, CONN_CHECK);
	assert_int_equal(question.check, 1);
	resume(&world, 1, STATUS_OK);
	assert_int_equal(world.conn.state, CONN_IDLE);
	rest = span_of(world.sent, world.sent_size);
	assert_int_equal(next_answer(&rest, false, &head, &body), 200);
	assert_true(span_starts_with(body, SPAN("ssh-ed25519 ")));
	assert_int_equal(next_answer(&rest, false, &head, &body), 200);
	assert_true(span_equal(body, SPAN("ok\n")));
	assert_int_equal(next_answer(&rest, false, &head, &body), 200);
	assert_int_equal(rest.size, 0);
	/* what the checks have allowed holds for the one request only; an answer that nobody waits for is nothing */
	resume(&world, 0, STATUS_OK);
	assert_int_equal(world.conn.state, CONN_IDLE);
	feed(&world, SPAN(KEYS_OF_U), SENT_MAX);
	assert_int_equal(world.conn.state, CONN_CHECK);
	assert_int_equal(question.check, 0);
	world_end(&world);
}

static void test_check_refuses(void **state)
{
	static const struct {
		enum status status;
		int code;
	} cases[] = { { STATUS_CHECK_REFUSED, 200 }, { STATUS_CHECK_BUSY, 503 }, { STATUS_CHECK_RELOADED, 503 } };

	(void)state;
	if (!IS_ENABLED(CONFIG_CHECKS))
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world;
		struct http_answer head;
		struct span rest, body;

		start_waiting(&world, SPAN(KEYS_OF_U));
		resume(&world, 0, STATUS_OK);
		resume(&world, 1, cases[i].status);
		rest = span_of(world.sent, world.sent_size);
		assert_int_equal(next_answer(&rest, false, &head, &body), cases[i].code);
		assert_int_equal(body.size == 0, cases[i].code == 200);
		assert_int_equal(world.conn.state, CONN_IDLE);
		world_end(&world);
	}
}

static void test_check_without_a_client(void **state)
{
	static uint8_t flood[CONN_INPUT_SIZE];
	struct world world;

	(void)state;
	if (!IS_ENABLED(CONFIG_CHECKS))
		skip();
	start_waiting(&world, SPAN(KEYS_OF_U));
	conn_input_ended(&world.conn);
	run(&world);
	assert_true(world.conn.state == CONN_CLOSED && world.sent_size == 0);
	resume(&world, 0, STATUS_OK);
	assert_true(world.conn.state == CONN_CLOSED && world.sent_size == 0);
	world_end(&world);
	start_waiting(&world, SPAN(KEYS_OF_U)); /* who sends more than there is room for */
	feed(&world, span_of(flood, sizeof(flood)), 5000);
	assert_int_equal(world.conn.state, CONN_CLOSED);
	world_end(&world);
	start_waiting(&world, SPAN(KEYS_OF_U)); /* nobody ever answers */
	advance(&world, CONN_CHECK_TIME);
	assert_true(span_starts_with(span_of(world.sent, world.sent_size), SPAN("HTTP/1.1 403 ")));
	world_end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_continue),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_trickle),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_more_after_close),
		cmocka_unit_test(test_flood_after_error),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_malformed_is_a_failure),
		cmocka_unit_test(test_check_allows),
		cmocka_unit_test(test_check_refuses),
		cmocka_unit_test(test_check_without_a_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
