#include "host/child.h"

#include "host/clock.h"
#include "host/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	DESCRIPTORS_MAX = 256, /* of the program */
	NICENESS = 10,
	REST_PAUSE = 10, /* milliseconds between two looks at what is left */
	NOT_STARTED = 127,
	WHY_NOT_OPEN = 3, /* the only descriptor beside the standard ones, and closed by a start that works */
};

/* The pipes by name: input to the program, its errors, and why it could not be started (which closes by itself). */
enum { INPUT, ERRORS, WHY_NOT, PIPE_COUNT };

struct child {
	pid_t process;
	int ours[PIPE_COUNT], its[PIPE_COUNT]; /* -1: closed */
	int ended;                             /* readable when children have ended */
	struct span input;
	bool has_line; /* all of the first line is there */
	int error;     /* why it was not started */
};

static void close_end(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

static void close_ends(int ends[static PIPE_COUNT])
{
	for (unsigned i = 0; i < PIPE_COUNT; i++)
		close_end(&ends[i]);
}

static bool open_pipes(struct child *child)
{
	for (unsigned i = 0; i < PIPE_COUNT; i++)
		child->ours[i] = child->its[i] = -1;
	for (unsigned i = 0; i < PIPE_COUNT; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) < 0)
			return false;
		child->ours[i] = ends[i == INPUT];
		child->its[i] = ends[i != INPUT];
		if (fcntl(child->ours[i], F_SETFL, O_NONBLOCK) < 0)
			return false;
	}
	return true;
}

/* ---- in the new process ---- */

/* What a process may have of something, but not more than most. */
static struct rlimit at_most(struct rlimit values, rlim_t most)
{
	if (values.rlim_max > most)
		values.rlim_max = most;
	if (values.rlim_cur > values.rlim_max)
		values.rlim_cur = values.rlim_max;
	return values;
}

static void limit(rlim_t seconds)
{
	struct rlimit core, files, processor;

	if (getrlimit(RLIMIT_CORE, &core) < 0 || getrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    getrlimit(RLIMIT_CPU, &processor) < 0)
		return;
	core = at_most(core, 0);
	files = at_most(files, DESCRIPTORS_MAX);
	processor = at_most(processor, seconds);
	setrlimit(RLIMIT_CORE, &core);
	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CPU, &processor);
}

/* Nothing that was open here may be open there, whoever has opened it; but the pipe that tells why not, which becomes
 * number WHY_NOT_OPEN and closes by itself. */
static bool close_all_but(int kept)
{
	if (kept != WHY_NOT_OPEN && dup3(kept, WHY_NOT_OPEN, O_CLOEXEC) < 0)
		return false;
	file_close_from(WHY_NOT_OPEN + 1);
	return true;
}

static bool set_standard(const struct child *child)
{
	int nowhere = open("/dev/null", O_WRONLY);

	return nowhere >= 0 && dup2(child->its[INPUT], STDIN_FILENO) >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0 &&
	       dup2(child->its[ERRORS], STDERR_FILENO) >= 0;
}

/* execve() takes pointers that are not const, and changes nothing. */
static char *const *words_of(const char *const *words)
{
	union {
		const char *const *in;
		char *const *out;
	} either = { .in = words };

	return either.out;
}

/* Where each session has a share of the processor of its own, the share has a niceness, too. */
static void stand_back(void)
{
	static const char text[] = "10";
	int file = open("/proc/self/autogroup", O_WRONLY);

	_Static_assert(NICENESS == 10, "the same");
	if (file >= 0 && write(file, text, sizeof(text) - 1) < 0)
		return; /* it is a courtesy, and the descriptor is closed with the others */
}

static void become(const struct child *child, const struct child_order *order)
{
	sigset_t none;
	int error, why_not = child->its[WHY_NOT];

	setsid();
	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	stand_back();
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* if the supervisor is killed */
	if (set_standard(child) && chdir("/") == 0) {
		why_not = close_all_but(why_not) ? WHY_NOT_OPEN : why_not;
		limit((rlim_t)(order->milliseconds / 1000 + 2));
		sigprocmask(SIG_SETMASK, &none, NULL);
		execve(order->arguments[0], words_of(order->arguments), words_of(order->environment));
	}
	error = errno;
	if (write(why_not, &error, sizeof(error)) < 0)
		_exit(NOT_STARTED);
	_exit(NOT_STARTED);
}

/* ---- beside it ---- */

static bool start(struct child *child, const struct child_order *order)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	child->ended = -1;
	/* both come after the server and sshd, when there is not enough of the processor for all */
	setpriority(PRIO_PROCESS, 0, NICENESS);
	if (open_pipes(child) && sigprocmask(SIG_BLOCK, &set, NULL) == 0 &&
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
		child->ended = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	child->process = child->ended < 0 ? -1 : fork();
	if (child->process == 0)
		become(child, order);
	child->error = child->process < 0 ? errno : 0;
	close_ends(child->its);
	return child->process > 0;
}

static void feed(struct child *child)
{
	ssize_t put = write(child->ours[INPUT], child->input.data, child->input.size);

	if (put > 0)
		child->input = span_skip(child->input, (size_t)put);
	if (child->input.size == 0 || (put < 0 && errno != EAGAIN && errno != EINTR))
		close_end(&child->ours[INPUT]); /* it may well not want to know */
}

/* Keeps the first line, as far as there is room, and drops the rest. */
static void keep(struct child *child, struct child_result *result, struct span got)
{
	struct span line = span_first(got, span_find_byte(got, '\n'));
	size_t room = sizeof(result->line) - result->line_size;

	if (child->has_line)
		return;
	child->has_line = line.size < got.size;
	line = span_first(line, room);
	memcpy(result->line + result->line_size, line.data, line.size);
	result->line_size += (uint32_t)line.size;
}

/* Returns whether there may be more. */
static bool drain(struct child *child, struct child_result *result)
{
	uint8_t room[4096];
	ssize_t got = child->ours[ERRORS] < 0 ? -1 : read(child->ours[ERRORS], room, sizeof(room));

	if (got > 0)
		keep(child, result, span_of(room, (size_t)got));
	else if (got == 0)
		close_end(&child->ours[ERRORS]);
	return got > 0;
}

/* Has the program ended? The others, whose parent we have become, may wait. */
static bool take_end(struct child *child, struct child_result *result)
{
	struct signalfd_siginfo told;
	int status, error;

	while (read(child->ended, &told, sizeof(told)) > 0)
		;
	if (waitpid(child->process, &status, WNOHANG) != child->process)
		return false;
	result->outcome = WIFEXITED(status) ? CHILD_EXITED : CHILD_KILLED;
	result->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
	if (read(child->ours[WHY_NOT], &error, sizeof(error)) != (ssize_t)sizeof(error))
		return true;
	result->outcome = CHILD_NOT_STARTED;
	result->code = error;
	return true;
}

static void supervise(struct child *child, const struct child_order *order, struct child_result *result, int64_t until)
{
	int64_t left = until - clock_monotonic();

	result->outcome = CHILD_OUTRAN;
	while (left > 0) {
		struct pollfd watched[] = {
			{ .fd = child->ended, .events = POLLIN },
			{ .fd = order->cancel, .events = POLLIN },
			{ .fd = child->ours[INPUT], .events = POLLOUT },
			{ .fd = child->ours[ERRORS], .events = POLLIN },
		};

		poll(watched, sizeof(watched) / sizeof(watched[0]), left > INT_MAX ? INT_MAX : (int)left);
		if (watched[2].revents)
			feed(child);
		if (watched[3].revents)
			drain(child, result);
		if (watched[0].revents && take_end(child, result))
			return;
		if (watched[1].revents) {
			result->outcome = CHILD_CANCELLED;
			return;
		}
		left = until - clock_monotonic();
	}
}

void child_run(const struct child_order *order, struct child_result *result)
{
	struct child child = { .input = order->input };
	const int64_t began = clock_monotonic();

	*result = (struct child_result){ .outcome = CHILD_NOT_STARTED };
	if (start(&child, order)) {
		supervise(&child, order, result, began + order->milliseconds);
		if (result->outcome == CHILD_OUTRAN || result->outcome == CHILD_CANCELLED)
			kill(-child.process, SIGKILL); /* it still is ours: nobody else can have its number */
		while (!child.has_line && result->line_size < sizeof(result->line) && drain(&child, result))
			; /* what is left in the pipe: each reading makes the line longer, or ends it */
	} else {
		result->code = child.error;
	}
	result->milliseconds = (uint32_t)(clock_monotonic() - began);
	close_ends(child.ours);
	close_end(&child.ended);
}

/* ---- what is left of it ---- */

/* The parent in "7 (a name) S 1 ...", the content of /proc/7/stat; a name may hold brackets, too. 0: none. */
static pid_t parent_in(struct span stat)
{
	size_t at = stat.size;
	pid_t parent = 0;

	while (at > 0 && stat.data[at - 1] != ')')
		at--;
	for (at += 3; at < stat.size && stat.data[at] >= '0' && stat.data[at] <= '9' && parent < INT_MAX / 10; at++)
		parent = 10 * parent + (stat.data[at] - '0');
	return parent;
}

static pid_t parent_of(int folder, const char *process)
{
	uint8_t room[512];
	int place = openat(folder, process, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int file = place < 0 ? -1 : openat(place, "stat", O_RDONLY | O_CLOEXEC);
	ssize_t got = file < 0 ? 0 : read(file, room, sizeof(room));

	if (place >= 0)
		close(place);
	if (file >= 0)
		close(file);
	return got > 0 ? parent_in(span_of(room, (size_t)got)) : 0;
}

static void kill_children(void)
{
	DIR *folder = opendir("/proc");
	const struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		pid_t process = 0;

		for (const char *digit = entry->d_name; *digit >= '0' && *digit <= '9' && process < INT_MAX / 10;
		     digit++)
			process = 10 * process + (*digit - '0');
		if (process > 1 && parent_of(dirfd(folder), entry->d_name) == getpid())
			kill(process, SIGKILL);
	}
	if (folder)
		closedir(folder);
}

/* Whoever loses his parent becomes our child: so each look finds the next ones, until there are none. */
void child_end_rest(void)
{
	pid_t ended;

	for (;;) {
		do
			ended = waitpid(-1, NULL, WNOHANG);
		while (ended > 0);
		if (ended < 0 && errno == ECHILD)
			return;
		kill_children();
		poll(NULL, 0, REST_PAUSE);
	}
}
