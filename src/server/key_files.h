/* The files of keys, for dropbear and for sshd's AuthorizedKeysFile: FOLDER/USER/authorized_keys for each user who has
 * live keys. The helper writes them, from what the server tells it key by key (message.h): so the server cannot write
 * anything else, and in front of each key stands what the helper's own configuration says.
 *
 * A file is written beside and renamed. Where that fails there is none: rather nobody gets in than somebody whose key
 * has gone. */
#ifndef INKI_SERVER_KEY_FILES_H
#define INKI_SERVER_KEY_FILES_H

#include "core/config.h"
#include "host/file.h"
#include "server/message.h"

struct key_files {
	const struct config *config; /* in force; NULL: no file is written any more */
	uint8_t path[FILE_PATH_MAX]; /* of the folder, beyond the life of a configuration */
	size_t path_size;            /* 0: there is none */
	int folder;                  /* -1: it could not be opened */
	bool is_cleared;             /* it was, since the start */
	struct key_files_work {
		uint32_t serial; /* 0: there is none */
		size_t user;
		int folder, file; /* -1: it was given up */
		size_t lines, left_out;
		bool is_full;
	} work; /* the file that is being written */
	struct key_files_user {
		uint16_t told_left_out;   /* so many keys, the log was told */
		bool has_failed, is_full; /* as the log was told */
	} users[CONFIG_USERS];
};

/* Opens the folder and removes what a server that was killed has left in there. False with a sentence in error if the
 * folder will not do; key_files_take() tries it again. */
bool key_files_start(struct key_files *files, const struct config *config, struct writer *error);

/* In the server: closes what was opened. */
void key_files_leave(const struct key_files *files);

/* Another configuration is in force; the files of the old one go where it does not have them. */
void key_files_adopt(struct key_files *files, const struct config *config);

enum key_files_taken {
	KEY_FILES_DONE,
	KEY_FILES_FULL,   /* so it is, too, and no more keys have room in it */
	KEY_FILES_FAILED, /* there is no file now; it may work later */
	KEY_FILES_AGAIN,  /* the folder is a new one: all files are to be written again */
	KEY_FILES_WRONG,  /* this is nothing that a server in its senses sends */
};

/* Takes a KEY with its question, or a KEYS_END. */
enum key_files_taken key_files_take(struct key_files *files, const struct message *message,
                                    const struct question *question, size_t question_size);

/* All files go, for good. */
void key_files_end(struct key_files *files);

#endif
