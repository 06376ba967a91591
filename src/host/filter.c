#include "host/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { READ_END, WRITE_END };

/* Our ends of its two pipes; -1 once they are closed. */
struct pipes {
	int to_it, from_it;
};

static void close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

/* Starts it with the other ends of the pipes. 0, or what errno would be. */
static int start(const char *const *words, const int input[static 2], const int output[static 2], pid_t *process)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int error;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn_file_actions_adddup2(&actions, input[READ_END], STDIN_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, output[WRITE_END], STDOUT_FILENO);
	if (error == 0) /* it does not write to its arguments, whatever their type says */
		error = posix_spawnp(process, words[0], &actions, &attributes, (char *const *)(uintptr_t)words,
		                     environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static bool open_pipes(int input[static 2], int output[static 2])
{
	if (pipe2(input, O_CLOEXEC) < 0)
		return false;
	if (pipe2(output, O_CLOEXEC) == 0)
		return true;
	close(input[READ_END]);
	close(input[WRITE_END]);
	return false;
}

static void feed(struct pipes *pipes, struct span *input)
{
	ssize_t moved = write(pipes->to_it, input->data, input->size);

	if (moved > 0)
		*input = span_skip(*input, (size_t)moved);
	if (input->size == 0 || (moved < 0 && errno != EAGAIN && errno != EINTR))
		close_end(&pipes->to_it);
}

static void drain(struct pipes *pipes, struct writer *output)
{
	uint8_t piece[4096];
	ssize_t moved = read(pipes->from_it, piece, sizeof(piece));

	if (moved > 0)
		writer_put(output, span_of(piece, (size_t)moved));
	if (moved == 0 || output->overflowed || (moved < 0 && errno != EAGAIN && errno != EINTR))
		close_end(&pipes->from_it);
}

/* Until it has closed its end. */
static void pump(struct pipes *pipes, struct span input, struct writer *output)
{
	fcntl(pipes->to_it, F_SETFL, O_NONBLOCK);
	if (input.size == 0)
		close_end(&pipes->to_it);
	while (pipes->from_it >= 0) {
		struct pollfd ready[] = { { .fd = pipes->from_it, .events = POLLIN },
			                  { .fd = pipes->to_it, .events = POLLOUT } };

		if (poll(ready, 2, -1) < 0)
			continue;
		if (pipes->to_it >= 0 && ready[1].revents)
			feed(pipes, &input);
		if (ready[0].revents)
			drain(pipes, output);
	}
	close_end(&pipes->to_it);
}

static bool wait_for(pid_t process, const char **why_not)
{
	int status;

	while (waitpid(process, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	*why_not = WIFEXITED(status) ? "it has failed" : "it was killed";
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool filter_run(const char *const *words, struct span input, struct writer *output, const char **why_not)
{
	int in[2], out[2], error;
	struct pipes pipes;
	pid_t process;
	bool works;

	*why_not = "the system refuses a pipe";
	if (!open_pipes(in, out))
		return false;
	error = start(words, in, out, &process);
	close(in[READ_END]);
	close(out[WRITE_END]);
	pipes = (struct pipes){ in[WRITE_END], out[READ_END] };
	if (error != 0) {
		close_end(&pipes.to_it);
		close_end(&pipes.from_it);
		*why_not = error == ENOENT ? "there is no such program in PATH" : strerror(error);
		return false;
	}
	pump(&pipes, input, output);
	works = wait_for(process, why_not);
	if (output->overflowed)
		*why_not = "it writes more than it should";
	return works && !output->overflowed;
}
