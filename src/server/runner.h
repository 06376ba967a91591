/* The helper's side of checks: each that runs has a process of its own that watches over it (host/child.h), and a line
 * to that process on which its result comes. */
#ifndef INKI_SERVER_RUNNER_H
#define INKI_SERVER_RUNNER_H

#include "core/config.h"
#include "server/message.h"

struct runner {
	struct runner_place {
		int process;  /* the watcher; 0: the place is free */
		int line;     /* to it; -1: closed, which makes it kill the program */
		bool is_told; /* the result has come, and was told */
		uint32_t number, serial;
	} places[CONFIG_CHECKS_AT_ONCE];
	int channel; /* to the server */
};

struct runner runner_of(int channel);

/* Starts a check; question_size bytes at question have come from the server. In the new process it does not return, and
 * the descriptors in ours, which are the helper's, are closed there. False if the question is none that could have come
 * from a server in its senses. */
bool runner_start(struct runner *runner, const struct message *ask, const struct question *question,
                  size_t question_size, const struct config *config, const int *ours, size_t our_count);

/* In a process that the helper has made: nothing of its own stays open, or others would not notice when it closes
 * something. */
void runner_leave(const struct runner *runner, const int *ours, size_t our_count);

/* Nobody waits for that one any more. */
void runner_cancel(struct runner *runner, const struct message *message);

/* A child of the helper has ended: was it one of these? Its result is told to the server, if it was not yet. */
bool runner_note_end(struct runner *runner, int process);

/* Tells the server the results that have come; to be called when a line is readable. */
void runner_take_results(struct runner *runner);

#endif
