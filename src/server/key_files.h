/* The files of keys, for dropbear and for sshd's AuthorizedKeysFile: FOLDER/USER/authorized_keys for each user who has
 * live keys. They are made of what the server tells key by key (message.h): so it can write nothing else, and in front
 * of each key stands what the configuration says, as this side knows it.
 *
 * A file is written beside and renamed. Where that fails there is none: rather nobody gets in than somebody whose key
 * has gone. */
#ifndef INKI_SERVER_KEY_FILES_H
#define INKI_SERVER_KEY_FILES_H

#include "core/config.h"
#include "host/file.h"
#include "server/message.h"

enum {
	/* milliseconds */
	KEY_FILES_RETRY_TIME = 2000,   /* from one try to remove what is left to the next one, */
	KEY_FILES_CLEAR_TIME = 600000, /* which go on for so long when inki has ended, or is somewhere else */
};

struct key_files {
	const struct config *config;
	uint8_t path[FILE_PATH_MAX]; /* of the folder, beyond the life of the configuration */
	size_t path_size;
	int folder; /* -1: it is not open */
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
		bool is_told;             /* his file is as the server has told */
	} users[CONFIG_USERS];
	bool has_left;        /* an earlier server's file, that cannot be removed */
	bool is_trying_again; /* which the log was told */
};

/* Opens the configuration's folder, and removes what an earlier server has left in there: of all users, or where a
 * reload goes on with the same folder of those who are not in the configuration any more. False with a sentence in
 * error if the folder will not do. */
bool key_files_start(struct key_files *files, const struct config *config, bool goes_on, struct writer *error);

/* Removes what has been left (.has_left), but not what has been written since. */
void key_files_try_again(struct key_files *files);

/* Closes it, and leaves the files as they are. */
void key_files_leave(struct key_files *files);

/* Removes all files, and looks at no configuration for it; false if that does not work, and is worth another try. */
bool key_files_clear(struct key_files *files);

enum key_files_taken {
	KEY_FILES_DONE,
	KEY_FILES_FULL,   /* so it is, too, and no more keys have room in it */
	KEY_FILES_FAILED, /* there is no file now; it may work later */
	KEY_FILES_GONE,   /* somebody has removed the folder: it must be started anew, and all files be written again */
};

/* Is it a message with a key for a file of this configuration, or its end? */
bool key_files_are_of(const struct config *config, const struct message *message, const struct question *question,
                      size_t question_size);

/* Takes such a one. */
enum key_files_taken key_files_take(struct key_files *files, const struct message *message,
                                    const struct question *question);

#endif
