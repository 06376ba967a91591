#include "host/process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int process_fork(const char **why_not)
{
	pid_t process = fork();

	*why_not = process < 0 ? strerror(errno) : NULL;
	return process;
}

bool process_take_end(struct process_end *end)
{
	int status;
	pid_t process;

	do
		process = waitpid(-1, &status, WNOHANG);
	while (process < 0 && errno == EINTR);
	if (process <= 0)
		return false;
	*end = (struct process_end){ .process = process, .was_killed = WIFSIGNALED(status) };
	if (end->was_killed)
		end->signal = WTERMSIG(status);
	else
		end->code = WEXITSTATUS(status);
	return true;
}

void process_write_end(struct writer *writer, const struct process_end *end)
{
	writer_put_string(writer, end->was_killed ? "signal " : "exit code ");
	writer_put_number(writer, end->was_killed ? end->signal : end->code);
}

bool process_is_there(int process)
{
	return kill(process, 0) == 0 || errno != ESRCH;
}

void process_kill(int process)
{
	kill(process, SIGKILL);
}

void process_exit(int code)
{
	_exit(code);
}
