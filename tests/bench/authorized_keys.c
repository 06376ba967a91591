/* Usage: authorized_keys ask SOCKET USER    the least that can be done: connect, send one line, copy the answer
 *        authorized_keys nothing            a process that does nothing
 *        authorized_keys time ROUNDS COMMAND... [, COMMAND...]...
 *
 * The last one runs commands in turn, so many rounds, with standard output and error to /dev/null, and prints of each the medians of
 * its microseconds from start to end, and of those of the processor, on a line. */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { COMMANDS_MAX = 8, ROUNDS_MAX = 10000 };

enum { ELAPSED, PROCESSOR };

static uint32_t took[COMMANDS_MAX][2][ROUNDS_MAX];

static int ask(const char *path, const char *user)
{
	static char buffer[65536];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
	ssize_t got;
	int size;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	size = snprintf(buffer, sizeof(buffer), "GET /api/v1/user/%s/authorized_keys HTTP/1.0\r\n\r\n", user);
	if (connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    write(descriptor, buffer, (size_t)size) != size)
		return 1;
	while ((got = read(descriptor, buffer, sizeof(buffer))) > 0)
		if (write(STDOUT_FILENO, buffer, (size_t)got) != got)
			return 1;
	return got < 0;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t microseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

/* Stores both as those of that round; 0 if it fails. */
static int run(char **command, posix_spawn_file_actions_t *actions, uint32_t times[2][ROUNDS_MAX], size_t round)
{
	const uint64_t before = now();
	pid_t child;
	struct rusage usage;
	int status;

	if (posix_spawnp(&child, command[0], actions, NULL, command, environ) != 0 ||
	    wait4(child, &status, 0, &usage) < 0 || status != 0)
		return 0;
	times[ELAPSED][round] = (uint32_t)((now() - before) / 1000);
	times[PROCESSOR][round] = (uint32_t)(microseconds(usage.ru_utime) + microseconds(usage.ru_stime));
	return 1;
}

static int compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int time_all(size_t rounds, char **words)
{
	char **commands[COMMANDS_MAX] = { words };
	posix_spawn_file_actions_t actions;
	size_t count = 1;

	for (; *words; words++) {
		if (strcmp(*words, ",") != 0 || count == COMMANDS_MAX)
			continue;
		*words = NULL;
		commands[count++] = words + 1;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	for (size_t round = 0; round < rounds; round++) {
		for (size_t i = 0; i < count; i++) {
			if (!run(commands[i], &actions, took[i], round)) {
				fprintf(stderr, "%s has failed\n", commands[i][0]);
				return 1;
			}
		}
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t kind = ELAPSED; kind <= PROCESSOR; kind++) {
			qsort(took[i][kind], rounds, sizeof(took[i][kind][0]), compare);
			printf("%u%c", (unsigned)took[i][kind][rounds / 2], kind == ELAPSED ? ' ' : '\n');
		}
	}
	return 0;
}

int main(int count, char **arguments)
{
	size_t rounds = count > 3 ? (size_t)strtoul(arguments[2], NULL, 10) : 0;

	if (count == 2 && strcmp(arguments[1], "nothing") == 0)
		return 0;
	if (count == 4 && strcmp(arguments[1], "ask") == 0)
		return ask(arguments[2], arguments[3]);
	if (rounds > 0 && rounds <= ROUNDS_MAX && strcmp(arguments[1], "time") == 0)
		return time_all(rounds, arguments + 3);
	return 2;
}
