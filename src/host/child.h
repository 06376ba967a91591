/* Runs a program of the host under supervision: input is fed, output is bounded, time is bounded, and nothing of it is
 * left behind. The calling process does nothing else meanwhile and owns no other children: fork one for it.
 *
 *   the caller ---fork---> the program, in a session of its own, that nothing of ours is open in
 *       |  standard input: what it is given; standard output: nowhere; standard error: the first line of it is kept
 *       +- becomes the parent of all that the program leaves behind, and kills it */
#ifndef INKI_HOST_CHILD_H
#define INKI_HOST_CHILD_H

#include "base/span.h"

enum { CHILD_LINE_MAX = 256 };

struct child_order {
	const char *const *arguments;   /* the program's path first; then NULL */
	const char *const *environment; /* NAME=value; then NULL. There is nothing else in it */
	struct span input;
	int64_t milliseconds;
	int cancel; /* a socket: when something comes there, or its other end is gone, the program is killed */
};

enum child_outcome {
	CHILD_EXITED,
	CHILD_KILLED, /* by a signal that is not ours */
	CHILD_OUTRAN, /* its time */
	CHILD_CANCELLED,
	CHILD_NOT_STARTED,
	CHILD_OUTCOME_COUNT
};

struct child_result {
	uint32_t outcome;
	int32_t code; /* the exit code, the signal's number, or why it was not started: an errno */
	uint32_t milliseconds;
	uint32_t line_size;
	uint8_t line[CHILD_LINE_MAX]; /* any bytes but line ends */
};

/* Runs it; at the end of the time, its process group is killed at once. */
void child_run(const struct child_order *order, struct child_result *result);

/* Kills what else the program has started, in whatever session; returns when nothing is left of it. */
void child_end_rest(void);

#endif
