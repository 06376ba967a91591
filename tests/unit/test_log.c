/* The log where it cannot be written to: it costs lines, which are counted, and never time. */
#include "host/log.h"

#include "base/writer.h"
#include "host/signal.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { LINES = 2000, TIME_MAX = 5000, TEXT_MAX = 1 << 20, LAST_LOST = 3 };

/* What a child's standard error is. */
struct place {
	int write_end, read_end; /* the latter is read when the child has written all of its lines; -1: there is none */
};

/* Whole lines of the child, in order: 1 to LINES, then 0 when there is room again. Each is long, so that they fill every
 * buffer. */
static void write_all(void)
{
	uint8_t room[300];

	for (int64_t i = 1; i <= LINES; i++) {
		struct writer line = writer_of(room, sizeof(room));

		writer_put_string(&line, "line ");
		writer_put_number(&line, i);
		writer_put_byte(&line, ' ');
		while (line.used < 250)
			writer_put_byte(&line, 'x');
		log_line(LOG_LEVEL_AUDIT, writer_written(&line));
	}
}

/* In a child, as standard error is taken away from it. When all is written it says so; and after an answer, when there is
 * room again, one more line is. */
static pid_t start_child(struct place place, int parent)
{
	pid_t child = fork();
	uint64_t lost;
	char byte = 0;

	if (child != 0)
		return child;
	dup2(place.write_end, STDERR_FILENO);
	if (place.read_end >= 0)
		close(place.read_end);
	log_start(LOG_TARGET_STDERR, LOG_LEVEL_INFO);
	write_all();
	if (write(parent, &byte, 1) != 1 || read(parent, &byte, 1) != 1)
		_exit(1);
	lost = log_count_lost();
	log_line(LOG_LEVEL_AUDIT, SPAN("line 0 last"));
	_exit(lost == 0 ? 2 : log_count_lost() == lost ? 0 : LAST_LOST);
}

static size_t read_all(int descriptor, char *text)
{
	size_t used = 0;
	ssize_t count;

	fcntl(descriptor, F_SETFL, O_NONBLOCK);
	while ((count = read(descriptor, text + used, TEXT_MAX - used)) > 0)
		used += (size_t)count;
	text[used] = '\0';
	return used;
}

/* The lines that came through are whole, in order, and with those that are told to be lost they are all. */
static void check_text(char *text)
{
	long last = 0, came = 0, lost = 0, number;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (sscanf(line, "warning: %ld lines before this one could not be written", &number) == 1) {
			lost += number;
			continue;
		}
		assert_int_equal(sscanf(line, "line %ld ", &number), 1);
		if (number == 0) {
			assert_string_equal(line, "line 0 last");
			last = LINES + 1;
			continue;
		}
		if (strlen(line) < 250) /* torn: not counted, as it is told to be lost */
			continue;
		assert_true(number > last);
		last = number;
		came++;
	}
	assert_int_equal(last, LINES + 1);
	assert_int_equal(came + lost, LINES);
	assert_true(lost > 0);
}

/* Returns the child's exit code; -1 if it did not get through in time. */
static int run(struct place place, char *text)
{
	int ends[2], status = -1;
	pid_t child;
	size_t used = 0;
	char byte;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	child = start_child(place, ends[1]);
	if (poll(&(struct pollfd){ .fd = ends[0], .events = POLLIN }, 1, TIME_MAX) != 1)
		kill(child, SIGKILL);
	assert_true(read(ends[0], &byte, 1) <= 1);
	if (place.read_end >= 0)
		used = read_all(place.read_end, text);
	assert_true(write(ends[0], &byte, 1) <= 1);
	waitpid(child, &status, 0);
	if (place.read_end >= 0)
		read_all(place.read_end, text + used);
	close(ends[0]);
	close(ends[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char text[TEXT_MAX + 1];

/* A pager that does not read. (qemu-user has its own idea of descriptors that do not wait.) */
static void test_stuffed_pipe(void **state)
{
	int ends[2];

	(void)state;
	if (getenv("EMULATED"))
		skip();
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(run((struct place){ ends[1], ends[0] }, text), 0);
	assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0); /* the others who have it are not to notice */
	check_text(text);
	close(ends[0]);
	close(ends[1]);
}

static void test_stuffed_sockets(void **state)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

	(void)state;
	if (getenv("EMULATED"))
		skip();
	for (size_t i = 0; i < 3; i++) {
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, types[i], 0, ends), 0);
		assert_int_equal(run((struct place){ ends[1], ends[0] }, text), 0);
		check_text(text);
		close(ends[0]);
		close(ends[1]);
	}
}

static void test_closed_pipe(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(run((struct place){ ends[1], -1 }, text), LAST_LOST);
	close(ends[1]);
}

static void test_full_device(void **state)
{
	int full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(full >= 0);
	assert_int_equal(run((struct place){ full, -1 }, text), LAST_LOST);
	close(full);
}

/* A file that cannot grow any more in the middle of a line, as on a full disk; then there is room again. */
static void test_full_file(void **state)
{
	char path[] = "/tmp/inki-log-XXXXXX";
	int file = mkstemp(path), status;
	struct rlimit small = { 10100, RLIM_INFINITY }, large;
	pid_t child;

	(void)state;
	assert_true(file >= 0);
	child = fork();
	if (child == 0) {
		getrlimit(RLIMIT_FSIZE, &large);
		dup2(file, STDERR_FILENO);
		log_start(LOG_TARGET_STDERR, LOG_LEVEL_INFO);
		setrlimit(RLIMIT_FSIZE, &small);
		write_all();
		setrlimit(RLIMIT_FSIZE, &large);
		log_line(LOG_LEVEL_AUDIT, SPAN("line 0 last"));
		_exit(0);
	}
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	lseek(file, 0, SEEK_SET);
	text[read(file, text, TEXT_MAX)] = '\0';
	check_text(text);
	close(file);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stuffed_pipe), cmocka_unit_test(test_stuffed_sockets),
		cmocka_unit_test(test_closed_pipe),  cmocka_unit_test(test_full_device),
		cmocka_unit_test(test_full_file),
	};

	signal_ignore_pipe();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
