/* A folder whose files other programs trust, and that nobody but us may write to.
 *
 * Each folder on the way to it must belong to root or to us, and be writable by nobody else; one where all may write
 * but not rename what is another's, as /tmp, will do on the way. A symbolic link is followed on the way if it is root's
 * or ours, and never in the folder. */
#ifndef INKI_HOST_FOLDER_H
#define INKI_HOST_FOLDER_H

#include "base/writer.h"

/* Opens the folder, of at most FILE_PATH_MAX bytes from / on, or makes it where its parent is there. Returns its
 * descriptor; or -1 with a sentence in error that begins with the name of the folder that is wrong. */
int folder_open(struct span path, struct writer *error);

/* Has somebody removed the folder that was opened? */
bool folder_is_gone(int folder);

/* Opens a folder in it, of at most FOLDER_NAME_MAX bytes, to write files there: it is made if it is missing. Or, unless
 * it is to be made, to remove some. -1 with the words in *why_not if that cannot be, as for writing where it is not
 * ours alone; NULL where there is none to remove anything in. */
enum { FOLDER_NAME_MAX = 255 };
int folder_enter(int folder, struct span name, bool make, const char **why_not);

/* Starts a file beside the one of that name: a descriptor to write to. -1 with the words in *why_not. */
int folder_start_file(int folder, const char *name, const char **why_not);

/* Closes it, and puts it in the place of the one of that name, readable for all and writable for us. False, and it is
 * gone, with the words in *why_not. */
bool folder_finish_file(int folder, const char *name, int file, const char **why_not);

/* Closes it, and removes it. */
void folder_drop_file(int folder, const char *name, int file);

/* Removes what somebody has begun to write beside the file of that name, and was killed. */
void folder_remove_begun(int folder, const char *name);

/* Removes the file of that name, if there is one; false with the words in *why_not. */
bool folder_remove_file(int folder, const char *name, const char **why_not);

/* Is there anything of that name? */
bool folder_has_file(int folder, const char *name);

/* Reads the start of a file, at most size bytes. False if there is none, or if it is no file; and with the words in
 * *why_not, else NULL, if it cannot be read. */
bool folder_read_file(int folder, const char *name, uint8_t *room, size_t size, struct span *bytes,
                      const char **why_not);

/* Removes a folder in it, if that is empty. */
void folder_remove_empty(int folder, struct span name);

/* Visits all that is in it, folders and others; false if it cannot be read to its end. */
bool folder_visit(int folder, void (*visit)(void *context, struct span name), void *context);

#endif
