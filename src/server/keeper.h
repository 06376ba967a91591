/* The keeper of the files of keys (key_files.h): a process of the helper's own, that can do nothing but keep files in
 * that folder, and that removes them when the helper is gone, however it went.
 *
 * The helper hands on what the server tells, once it has found it right, and the keeper's answers. */
#ifndef INKI_SERVER_KEEPER_H
#define INKI_SERVER_KEEPER_H

#include "host/process.h"
#include "server/key_files.h"
#include "server/memory.h"
#include "server/runner.h"

struct keeper {
	struct key_files files; /* readied by keeper_open() */
	int process;            /* 0: there is none */
	int line;               /* to it, if there is one */
	bool has_failed;        /* as the log was told */
};

/* Would keeper_open() find the folder good? False without one. */
bool keeper_can_open(const struct config *config);

/* Opens the folder of the configuration, if it has one. False with a sentence in error if it will not do. */
bool keeper_open(struct keeper *keeper, const struct config *config, bool goes_on, struct writer *error);

/* Closes it in a process that has nothing to do with it. */
void keeper_leave(struct keeper *keeper);

/* Sees to it that there is a process; what the helper has open besides is closed in there. False if there is none. */
bool keeper_start(struct keeper *keeper, const struct memory *memory, const struct config *config,
                  const struct runner *runner, const int *ours, size_t our_count);

/* Hands on a message; false if it is not taken. */
bool keeper_tell(const struct keeper *keeper, const struct message *message, const struct question *question);

/* Ends it; its files are gone then, or stay where that is said. */
void keeper_stop(struct keeper *keeper, bool keeps_files);

/* A child of the helper has ended: was it the keeper, which nobody has told to? Its files are removed. */
bool keeper_note_end(struct keeper *keeper, const struct process_end *end);

#endif
