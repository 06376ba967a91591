/* From the command line to a request that the server can read: the SSH key is looked at here first. */
#ifndef INKI_CLIENT_KEY_DRAFT_H
#define INKI_CLIENT_KEY_DRAFT_H

#include "base/command.h"
#include "core/request.h"

struct key_draft {
	const char *file;        /* of the SSH public key; NULL: standard input */
	const char *fingerprint; /* to remove, in its place; NULL: there is none */
	const char *expire;      /* to add */
	const char *reason;      /* may be NULL */
	struct option_list hosts;
};

enum { KEY_DRAFT_ARENA_SIZE = 128 * 1024, KEY_DRAFT_TEXT_MAX = 16384 };

/* Reads the SSH key and writes the request's text, then reads that as the server would. Returns TELL_DONE; else it was
 * told what is wrong, and the result is the exit code. */
int key_draft_write(const struct command *command, enum request_action action, const struct key_draft *draft,
                    struct span user, struct arena *arena, struct writer *text);

#endif
