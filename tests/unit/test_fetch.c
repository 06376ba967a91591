/* The client's exchange, and what authorized-keys lets through, against servers that send canned bytes. */
#include "client/authorized_keys.h"
#include "client/fetch.h"
#include "host/clock.h"
#include "host/listen.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM_SIZE = 4096, SILENCE_MAX = 1000, TIME_MAX = 20000 }; /* milliseconds; the machine may be busy */

static char folder[] = "/tmp/test_fetch.XXXXXX";
static char path[64];

static int start(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/socket", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* How a server behaves after its bytes; what it sends for ever is an endless run of these. */
enum ending { ENDS, STAYS, REPEATS };
#define AGAIN "1\r\nx\r\n"

static void send_all(int connection, struct span bytes, size_t piece)
{
	for (; bytes.size > 0; bytes = span_skip(bytes, piece))
		if (write(connection, bytes.data, span_first(bytes, piece).size) < 0)
			_exit(1);
}

/* A server for one exchange, in a process of its own. It sends piece bytes at a time. */
static pid_t serve(int listener, struct span bytes, size_t piece, enum ending ending)
{
	pid_t child = fork();
	char request[1024];
	int connection;

	if (child != 0)
		return child;
	alarm(10);
	fcntl(listener, F_SETFL, 0);
	connection = accept(listener, NULL, NULL);
	if (read(connection, request, sizeof(request)) < 0)
		_exit(1);
	send_all(connection, bytes, piece);
	while (ending == REPEATS)
		send_all(connection, SPAN(AGAIN), piece);
	if (ending == STAYS)
		pause();
	_exit(0);
}

static bool fetch(struct span bytes, size_t piece, enum ending ending, uint8_t room[static ROOM_SIZE],
		  struct span *body, struct writer *words)
{
	const char *why_not;
	int listener = listen_unix(span_of_string(path), 0600, &why_not);
	struct fetch fetch = {
		.where.socket = span_of_string(path),
		.target = SPAN("/x"),
		.connect_until = clock_monotonic() + TIME_MAX,
		.until = clock_monotonic() + TIME_MAX,
		.room = room,
		.size = ROOM_SIZE,
	};
	bool works;
	pid_t child;

	if (ending == STAYS) /* most of these servers fall silent, and the time is waited for */
		fetch.until = clock_monotonic() + SILENCE_MAX;
	assert_true(listener >= 0);
	child = serve(listener, bytes, piece, ending);
	works = fetch_whole(&fetch, words);
	*body = fetch.body;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	listen_forget_unix(span_of_string(path));
	close(listener);
	return works;
}

#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
	const char *bytes;
	enum ending ending;
	const char *body; /* NULL: refused */
	const char *word; /* of what is said then */
} cases[] = {
	{ OK "Content-Length: 3\r\n\r\nabc", ENDS, "abc", NULL },
	{ OK "Content-Length: 3\r\n\r\nabc", STAYS, "abc", NULL },
	{ OK "Content-Length: 0\r\n\r\n", STAYS, "", NULL },
	{ OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", STAYS, "abc", NULL },
	{ "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\na", ENDS, "a", NULL },
	{ "", ENDS, NULL, "early" },
	{ "", STAYS, NULL, "time" },
	{ OK, STAYS, NULL, "time" },
	{ OK "Content-Length: 3\r\n\r\nab", ENDS, NULL, "early" },
	{ OK "Content-Length: 3\r\n\r\nab", STAYS, NULL, "time" },
	{ OK "Content-Length: 3\r\n\r\nabcd", ENDS, NULL, "follows" },
	{ OK "\r\nabc", ENDS, NULL, "length" },
	{ OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", ENDS, NULL, "early" },
	{ OK "Transfer-Encoding: chunked\r\n\r\nx\r\n", ENDS, NULL, "HTTP" },
	{ OK "Content-Length: 4096\r\n\r\n", STAYS, NULL, "too large" },
	{ OK "Content-Length: 18446744073709551615\r\n\r\n", STAYS, NULL, "" },
	{ OK "Content-Length: 99999999999999999999\r\n\r\n", STAYS, NULL, "HTTP" },
	{ OK "Transfer-Encoding: chunked\r\n\r\n", REPEATS, NULL, "too large" },
	{ OK "X: ", REPEATS, NULL, "HTTP" },
	{ "SSH-2.0-OpenSSH_9.2\r\n", STAYS, NULL, "HTTP" },
	{ "", REPEATS, NULL, "HTTP" },
};

/* What comes after a complete answer is noticed if it comes with it; nobody waits for it. */
static bool is_seen_only_at_once(size_t i)
{
	return cases[i].word && strcmp(cases[i].word, "follows") == 0;
}

static void check_case(size_t i, size_t piece)
{
	uint8_t *room = malloc(ROOM_SIZE), words_room[256];
	struct writer words = writer_of(words_room, sizeof(words_room));
	struct span body;
	bool works = fetch(span_of_string(cases[i].bytes), piece, cases[i].ending, room, &body, &words);

	writer_put_byte(&words, '\0');
	if (works != (cases[i].body != NULL))
		fail_msg("case %zu by %zu: %s", i, piece, words_room);
	if (works)
		assert_true(span_equal(body, span_of_string(cases[i].body)));
	else if (!strstr((char *)words_room, cases[i].word))
		fail_msg("case %zu by %zu says %s", i, piece, words_room);
	free(room);
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_case(i, 1000);
		if (!is_seen_only_at_once(i))
			check_case(i, 1);
	}
}

/* No part of an answer passes for the whole. */
static void test_truncations(void **state)
{
	static const char whole[] = OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";

	(void)state;
	for (size_t size = 0; size < sizeof(whole); size++) {
		uint8_t room[ROOM_SIZE], words_room[256];
		struct writer words = writer_of(words_room, sizeof(words_room));
		struct span body;
		bool works = fetch(span_of(whole, size), 1000, ENDS, room, &body, &words);

		assert_int_equal(works, size == sizeof(whole) - 1);
	}
}

static void test_sane_keys(void **state)
{
	static const struct {
		struct span lines;
		bool is_sane;
	} lists[] = {
		{ { (const uint8_t *)"", 0 }, true },
		{ { (const uint8_t *)"ssh-ed25519 AAAA a\n", 19 }, true },
		{ SPAN_INITIALIZER("ssh-ed25519 AAAA= \303\244\nssh-rsa BBB/+\n"), true },
		{ SPAN_INITIALIZER("\n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519\n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519 \n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519 AA,AA\n"), false },
		{ SPAN_INITIALIZER("command=\"id\" ssh-ed25519 AAAA\n"), true },
		{ SPAN_INITIALIZER("restrict,pty,from=\"10.0.0.0/8\",restrict,command=\"a \\\" b\" ssh-ed25519 AAAA a b\n"), true },
		{ SPAN_INITIALIZER("restrict,command=\"id ssh-ed25519 AAAA\n"), false },
		{ SPAN_INITIALIZER("restrict, ssh-ed25519 AAAA\n"), false },
		{ SPAN_INITIALIZER(" ssh-ed25519 AAAA\n"), false },
		{ SPAN_INITIALIZER("restrict,future ssh-ed25519 AAAA\n"), false },
		{ SPAN_INITIALIZER("command=\"a\",command=\"b\" ssh-ed25519 AAAA\n"), false },
		{ SPAN_INITIALIZER("restrict ssh-dss AAAA\n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519-cert-v01@openssh.com AAAA\n"), false },
		{ SPAN_INITIALIZER("restrict  ssh-ed25519 AAAA\n"), true },
		{ SPAN_INITIALIZER("cert-authority ssh-ed25519 AAAA\n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519 AAAA a\n<html>\n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519 AAAA a\033[m\n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519 AAAA a\r\n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519 AAAA a\302\233\n"), false },
		{ SPAN_INITIALIZER("ssh-ed25519 AAAA a"), false },
		{ { (const uint8_t *)"a", 1 }, false },
		{ { (const uint8_t *)"a\nb", 3 }, false },
		{ { (const uint8_t *)"a\r\n", 3 }, false },
		{ { (const uint8_t *)"a\0b\n", 4 }, false },
		{ { (const uint8_t *)"a\tb\n", 4 }, false },
		{ { (const uint8_t *)"a\033[m\n", 5 }, false },
		{ { (const uint8_t *)"a\177\n", 3 }, false },
		{ { (const uint8_t *)"a\377\n", 3 }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		assert_int_equal(authorized_keys_are_sane(lists[i].lines), lists[i].is_sane);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_sane_keys),
	};

	return cmocka_run_group_tests(tests, start, end);
}
