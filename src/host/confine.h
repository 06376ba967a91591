/* Takes from this process whatever it does not need any more, so that somebody who takes it over finds nothing: no
 * file, no program, no other process, no new socket, no more memory.
 *
 * Each wall stands by itself; a kernel that lacks one leaves the others. What stays possible: to use the descriptors
 * that are open, to accept connections, to ask for the time and for random bytes, and to end.
 */
#ifndef INKI_HOST_CONFINE_H
#define INKI_HOST_CONFINE_H

#include "host/account.h"

enum confine_wall {
	CONFINE_ROOT,         /* the root folder is an empty one, that is not even there any more */
	CONFINE_USER,         /* not root, and of no other groups */
	CONFINE_CAPABILITIES, /* none, and none to be had */
	CONFINE_PRIVILEGES,   /* no_new_privs: no program gives more */
	CONFINE_LIMITS,       /* no core dump, no process, no more memory or descriptors; nobody may trace it */
	CONFINE_LANDLOCK,     /* no file, and (as the kernel knows it) no TCP port, no signal to others */
	CONFINE_CALLS,        /* a system call that the server never makes kills it */
	CONFINE_WALL_COUNT
};

struct confinement {
	const char *const
		*words; /* what each wall is called, e.g. "no capabilities"; NULL: it is none of this process */
	/* NULL for a wall that stands, else the words of a sentence: why it does not */
	const char *why_not[CONFINE_WALL_COUNT];
	const char *landlock_reach; /* if that stands: the words about what it closes */
};

/* Puts up all walls, in the order above, around this process, which has one thread. As root it becomes the user of
 * account; else account is not looked at. There is no way back. */
void confine_process(const struct account *account, struct confinement *confinement);

/* The same for a process that only keeps files in that folder, which is its root folder then. It stays who it is. */
void confine_to_folder(int folder, struct confinement *confinement);

#endif
