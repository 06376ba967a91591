/* What the server does for the files of keys (key_files.h): whenever the live keys of a user are others, it tells the
 * helper all of them, one after the other, each when the one before was taken. */
#ifndef INKI_SERVER_EXPORT_H
#define INKI_SERVER_EXPORT_H

#include "core/table.h"
#include "server/message.h"

struct loop;

enum { EXPORT_WAIT_MAX = 5 }; /* seconds, after which a key that has ended because of a clock that was set is gone */

struct export
{
	bool is_busy;           /* the helper has not taken the last message yet, */
	int64_t busy_until;     /* monotonic: but should have by then */
	bool is_late;           /* and has not, which was told */
	uint32_t serial, count; /* of the file under way; of all files */
	size_t user;
	struct table_walk walk;
	bool is_at_end;                /* of the keys of that user */
	bool has_failed[CONFIG_USERS]; /* so it is tried again, */
	int64_t again_at;              /* monotonic: then; 0: there is nothing to be tried again */
};

/* Does the configuration have files of keys? */
bool export_is_wanted(const struct loop *loop);

/* To be called once in each turn, after all that may change a key. */
void export_turn(struct loop *loop);

/* The monotonic time at which it is due even if nothing changes; INT64_MAX: never. */
int64_t export_next_turn(const struct loop *loop);

/* The helper's answer. */
void export_note_next(struct loop *loop, const struct message *message);

/* Another configuration is in force, under which the table counts all users as changed: the file under way is broken
 * off. */
void export_start_over(struct loop *loop);

#endif
