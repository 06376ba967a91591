/* Processes of ours: made by fork(), and what became of them. */
#ifndef INKI_HOST_PROCESS_H
#define INKI_HOST_PROCESS_H

#include "base/writer.h"

/* Goes on twice: returns 0 in the new process, its number in the old one; or -1 with the words in *why_not. */
int process_fork(const char **why_not);

struct process_end {
	int process;
	bool was_killed; /* by the signal */
	int signal;
	int code; /* else: its exit code */
};

/* Takes a child that has ended; false if there is none for now. */
bool process_take_end(struct process_end *end);

/* Writes "exit code 3" or "signal 9". */
void process_write_end(struct writer *writer, const struct process_end *end);

/* Is there such a process, even if it has ended and its parent has not noticed yet? */
bool process_is_there(int process);

/* Ends a process at once, without asking it. */
void process_kill(int process);

/* Ends this process at once, without tidying up what it shares with its parent. */
_Noreturn void process_exit(int code);

#endif
