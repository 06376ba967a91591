/* Files and the standard descriptors. */
#ifndef INKI_HOST_FILE_H
#define INKI_HOST_FILE_H

#include "base/writer.h"

enum { FILE_PATH_MAX = 4095 }; /* bytes */

/* Reads a whole file into the size bytes at room. Returns false, with the words of a sentence in *why_not, if it
 * cannot be read or is larger than that. */
bool file_read(struct span path, uint8_t *room, size_t size, struct span *bytes, const char **why_not);

/* Reads a file, or standard input if path is NULL or "-", up to its end or size bytes. Returns false, with the words in
 * *why_not, if it cannot be read. */
bool file_read_start(const char *path, uint8_t *room, size_t size, struct span *bytes, const char **why_not);

/* Reads the first line of a file, or the next one of an open descriptor, without its LF or CR LF; not a byte more is
 * taken. Returns false, with the words in *why_not, if it cannot be read (a signal that is caught ends that too), if
 * there is nothing, or if it is longer than size. What is in room then is the caller's to wipe. */
bool file_read_line(const char *path, uint8_t *room, size_t size, struct span *line, const char **why_not);
bool file_take_line(int descriptor, uint8_t *room, size_t size, struct span *line, const char **why_not);

/* Is there anything at this path? True too if that cannot be found out. */
bool file_exists(struct span path);

/* Makes a new file of these permissions, and writes bytes to it and to the disk. Returns false, with the words in
 * *why_not, if that does not work, or if there is one already: nothing is ever written over. */
bool file_create(struct span path, unsigned mode, struct span bytes, const char **why_not);

/* Removes a file. */
void file_remove(struct span path);

/* Writes all of bytes, in as many pieces as it takes; it waits as long as the reader does. FILE_UNREAD: the reader has
 * closed its end (SIGPIPE must be ignored); FILE_FAILED: nothing but an error, with the words in *why_not. */
enum file_written { FILE_WRITTEN, FILE_UNREAD, FILE_FAILED };
enum file_written file_write(int descriptor, struct span bytes, const char **why_not);

/* Sees to it that descriptors 0, 1 and 2 are taken, so that no socket gets one of these numbers and somebody's
 * messages. A missing one becomes a dead end: reads and writes fail. */
void file_guard_standard(void);

/* Closes all descriptors from that number on, whoever has opened them. */
void file_close_from(int first);

/* The same path from the root on: path itself, or the name that is written to the size bytes at room; NULL if it does
 * not fit, or nobody knows where we are. */
const char *file_absolute(const char *path, char *room, size_t size);

/* Makes / the current folder, so that no other one is kept busy. */
void file_leave_folder(void);

#endif
