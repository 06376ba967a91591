/* The keeper of the files of keys (key_files.h): a process of the helper's own, that can do nothing but keep files in
 * that folder, and that removes them when the helper is gone, however it went.
 *
 * The helper hands on what the server tells, once it has found it right, and the keeper's answers. It never touches the
 * folder itself, which may be on a disk that does not answer any more: a keeper that hangs is killed, and when it has
 * ended another one begins by removing what is there. There is never more than one, as what the first one was at may
 * come to its end late.
 *
 * This is the helper's side; keeper_process.h is what the keeper does, and keeper_clearing.h who removes what it could
 * not. */
#ifndef INKI_SERVER_KEEPER_H
#define INKI_SERVER_KEEPER_H

#include "host/process.h"
#include "server/aside.h"
#include "server/key_files.h"
#include "server/memory.h"
#include "server/runner.h"

struct keeper {
	/* readied by the caller: */
	const struct memory *memory;
	const struct runner *runner; /* what the helper has open is closed in the processes here: its lines, */
	const int *ours;             /* and these */
	size_t our_count;
	int log; /* as for log_confine() */
	/* private */
	int process;        /* 0: there is none */
	int line;           /* to it, if there is one */
	unsigned waiting;   /* so many messages it has not answered yet, */
	int64_t answer_by;  /* monotonic: but should by then */
	bool is_killed;     /* as it did not */
	int64_t next_start; /* monotonic: no other one is started earlier */
	bool has_failed;    /* to open the folder, as the log was told */
	struct keeper_clearing {
		int process; /* 0: there is none */
		uint8_t path[FILE_PATH_MAX];
		size_t path_size;
	} clearing; /* the last process that still removes what a keeper has left in a folder */
};

/* Is the folder of the configuration good? It is made if it is missing. If it is not, or its disk does not answer, with
 * a sentence in error. */
enum aside_end keeper_try_folder(const struct keeper *keeper, const struct config *config, struct writer *error);

/* Sees to it that there is a process that takes messages. It begins by removing what is in the folder: of all users, or
 * if it goes on where another one was of those who are not in the configuration. False if there is none for now. */
bool keeper_start(struct keeper *keeper, const struct config *config, bool goes_on);

/* Hands on a message; false if it is not taken. */
bool keeper_tell(struct keeper *keeper, const struct message *message, const struct question *question);

/* Takes an answer. */
enum channel_taken keeper_take(struct keeper *keeper, struct message *answer);

/* Kills it if it should have answered by now; the monotonic time at which that is due: INT64_MAX: it need not. */
void keeper_watch(struct keeper *keeper);
int64_t keeper_next_watch(const struct keeper *keeper);

/* Ends it; the files of that configuration go, or stay where that is said. What cannot be removed at once, as on a disk
 * that does not answer, is left to a process of its own, that tries again for a while, also when the helper has ended.
 */
void keeper_stop(struct keeper *keeper, const struct config *config, bool keeps_files);

/* A child of the helper has ended: was it the keeper, or one that has cleared a folder? Then files may be gone that the
 * server has told of: also under another keeper, whose folder may be the same by another name. */
bool keeper_note_end(struct keeper *keeper, const struct process_end *end);

#endif
