#include "host/signal.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

void signal_ignore_pipe(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

int signal_open(bool with_children)
{
	sigset_t set;

	signal(SIGCHLD, SIG_DFL); /* whoever ignores it hands that down, and would never hear of an end */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (with_children)
		sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

enum signal_kind signal_take(int descriptor)
{
	struct signalfd_siginfo taken;

	if (read(descriptor, &taken, sizeof(taken)) != (ssize_t)sizeof(taken))
		return SIGNAL_NONE;
	if (taken.ssi_signo == SIGCHLD)
		return SIGNAL_CHILD;
	return taken.ssi_signo == SIGHUP ? SIGNAL_RELOAD : SIGNAL_END;
}

static const char *last_words;

static void end(int number)
{
	ssize_t heard = write(STDERR_FILENO, last_words, strlen(last_words));

	(void)number, (void)heard;
	_exit(1);
}

void signal_end_after(unsigned seconds, const char *words)
{
	sigset_t set;

	last_words = words;
	signal(SIGALRM, end);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(seconds);
}
