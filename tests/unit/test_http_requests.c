/* The table of raw requests (tests/http/requests.txt), through the connection's state machine: at once, byte by byte and in
 * pieces, each with a good request behind it. */
#include "world.h"

#include "base/encoding.h"
#include "http/answer.h"
#include "server/conn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ANSWERS_MAX = 4, BYTES_MAX = 1 << 17, ROWS_MIN = 250 };

#define MARKER "GET /healthz?marker HTTP/1.1\r\nHost: a\r\n\r\n"

struct row {
	const char *name;
	int codes[ANSWERS_MAX];
	size_t count;
	bool stays;
	struct span bytes; /* with the marker behind them */
};

static uint8_t *input, *output;

/* ---- the table ---- */

static const struct {
	const char *name, *bytes;
} words[] = {
	{ "GET", "GET /healthz HTTP/1.1\r\nHost: a\r\n" },
	{ "POST", "POST /healthz HTTP/1.1\r\nHost: a\r\n" },
	{ "BODY", "Content-Length: 5\r\n\r\nhello" },
	{ "CHUNKED", "Transfer-Encoding: chunked\r\n\r\n" },
};

/* What stands between braces. */
static void put_word(struct writer *bytes, struct span word)
{
	unsigned count;
	char byte;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (span_equal(word, span_of_string(words[i].name))) {
			writer_put_string(bytes, words[i].bytes);
			return;
		}
	}
	if (sscanf((const char *)word.data, "%u \\x%2hhx}", &count, (unsigned char *)&byte) < 2 &&
	    sscanf((const char *)word.data, "%u %c}", &count, &byte) < 2)
		fail_msg("what is %.*s?", (int)word.size, word.data);
	while (count-- > 0)
		writer_put_byte(bytes, (uint8_t)byte);
}

/* What stands behind a backslash; returns how many characters that is. */
static size_t put_escape(struct writer *bytes, struct span text)
{
	static const char names[] = "rnt0\\", values[] = "\r\n\t\0\\";
	const char *name = strchr(names, text.data[0]);
	uint8_t byte;

	if (text.data[0] == 'x' && hex_read(span_first(span_skip(text, 1), 2), &byte, 1)) {
		writer_put_byte(bytes, byte);
		return 3;
	}
	if (!name || !text.data[0])
		fail_msg("what is \\%c?", text.data[0]);
	writer_put_byte(bytes, (uint8_t)values[name - names]);
	return 1;
}

static void put_bytes(struct writer *bytes, struct span text)
{
	while (text.size > 0) {
		size_t size = 1;

		if (text.data[0] == '{') {
			size = span_find_byte(text, '}') + 1;
			put_word(bytes, span_of(text.data + 1, size - 2));
		} else if (text.data[0] == '\\') {
			size += put_escape(bytes, span_skip(text, 1));
		} else {
			writer_put_byte(bytes, text.data[0]);
		}
		text = span_skip(text, size);
	}
}

/* Takes the next word up to a space off the front. */
static char *take_word(char **line)
{
	char *word = *line;

	*line = strchr(word, ' ');
	assert_non_null(*line);
	while (**line == ' ')
		*(*line)++ = '\0';
	return word;
}

static void read_row(char *line, uint8_t *room, struct row *row)
{
	struct writer bytes = writer_of(room, BYTES_MAX);
	char *codes, *bar = strchr(line, '|');

	assert_non_null(bar);
	bar[0] = bar[-1] = '\0'; /* a space in front of it */
	*row = (struct row){ 0 };
	for (codes = take_word(&line); codes; codes = strchr(codes, ',') ? strchr(codes, ',') + 1 : NULL)
		row->codes[row->count++] = (int)strtol(codes, NULL, 10);
	row->stays = strcmp(take_word(&line), "stays") == 0;
	take_word(&line); /* the section */
	row->name = line;
	put_bytes(&bytes, span_of_string(bar + 1));
	writer_put_string(&bytes, MARKER);
	assert_false(bytes.overflowed);
	row->bytes = writer_written(&bytes);
}

/* ---- one of its rows ---- */

static void take_output(struct conn *conn, struct writer *sent, struct conn_moment now)
{
	while (conn_wants_output(conn)) {
		writer_put(sent, conn_output(conn));
		conn_output_sent(conn, conn_output(conn).size);
		conn_run(conn, &world.app, now);
	}
}

/* What the server sends for these bytes, if they come in such pieces. */
static struct span exchange(struct span bytes, size_t piece, uint8_t *room, enum conn_state *state)
{
	const struct conn_peer peer = { .access = ACCESS_ALL };
	const struct conn_moment now = { .wall = WORLD_NOW };
	struct writer sent = writer_of(room, BYTES_MAX);
	struct conn conn;

	conn_start(&conn, input, output, &peer, 0);
	while (bytes.size > 0 && conn_wants_input(&conn)) {
		size_t size;
		uint8_t *at = conn_input_room(&conn, &size);
		struct span part = span_first(bytes, size < piece ? size : piece);

		memcpy(at, part.data, part.size);
		bytes = span_skip(bytes, part.size);
		conn_input_arrived(&conn, part.size);
		conn_run(&conn, &world.app, now);
		take_output(&conn, &sent, now);
		writer_rewind(&world.journal, 0);
	}
	assert_false(sent.overflowed);
	*state = conn.state;
	return writer_written(&sent);
}

/* Takes the next answer off the front of *sent; 0 if there is none. */
static int take_answer(struct span *sent, bool without_body)
{
	struct http_answer head = { .code = 100 };

	while (head.code < 200) {
		if (sent->size == 0)
			return 0;
		assert_int_equal(http_answer_read(*sent, &head), STATUS_OK);
		*sent = span_skip(*sent, head.size);
	}
	assert_false(head.chunked || head.until_close || head.content_length > sent->size);
	*sent = span_skip(*sent, without_body ? 0 : (size_t)head.content_length);
	return head.code;
}

/* One row does not hide the others. */
#define WRONG(...) (print_error(__VA_ARGS__), wrong++)
static size_t wrong;

static void check_row(const struct row *row, size_t piece, uint8_t *room)
{
	enum conn_state state;
	struct span sent = exchange(row->bytes, piece, room, &state);
	int code;

	for (size_t i = 0; i < row->count; i++) {
		code = take_answer(&sent, span_starts_with(row->bytes, SPAN("HEAD ")));
		if (code != row->codes[i])
			WRONG("%s, by %zu: answer %zu is %d, not %d\n", row->name, piece, i + 1, code, row->codes[i]);
	}
	code = take_answer(&sent, false);
	if (code != (row->stays ? 200 : 0) || sent.size > 0)
		WRONG("%s, by %zu: the request behind it gets %d\n", row->name, piece, code);
	if (row->stays ? state != CONN_IDLE : state != CONN_LINGER && state != CONN_CLOSED)
		WRONG("%s, by %zu: ends in state %d\n", row->name, piece, (int)state);
}

static void test_table(void **state)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 2, 7 };
	static char line[4096];
	uint8_t *bytes = malloc(BYTES_MAX), *sent = malloc(BYTES_MAX);
	FILE *file = fopen("tests/http/requests.txt", "r");
	size_t rows = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct row row;

		assert_non_null(strchr(line, '\n'));
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		read_row(line, bytes, &row);
		for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
			check_row(&row, pieces[i], sent);
		rows++;
	}
	assert_true(rows >= ROWS_MIN);
	assert_int_equal(wrong, 0);
	fclose(file);
	free(bytes);
	free(sent);
}

static int start(void **state)
{
	world_start(state);
	input = malloc(CONN_INPUT_SIZE);
	output = malloc(RESPONSE_BUFFER_SIZE);
	return 0;
}

static int end(void **state)
{
	world_end(state);
	free(input);
	free(output);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table) };

	return cmocka_run_group_tests(tests, start, end);
}
