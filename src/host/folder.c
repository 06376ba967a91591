#include "host/folder.h"

#include "host/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MODE_FOLDER = 0755, MODE_FILE = 0644, NAME_MAX_BESIDE = FOLDER_NAME_MAX + 8 };

static bool copy_name(struct span name, char copy[static FOLDER_NAME_MAX + 1])
{
	if (name.size == 0 || name.size > FOLDER_NAME_MAX) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(copy, name.data, name.size);
	copy[name.size] = '\0';
	return true;
}

/* ---- whose it is ---- */

static bool is_trusted(const struct stat *found)
{
	return found->st_uid == 0 || found->st_uid == geteuid();
}

/* Why a folder that was opened will not do; NULL: it will. */
static const char *judge(int folder, bool is_on_the_way)
{
	struct stat found;

	if (fstat(folder, &found) < 0)
		return strerror(errno);
	if (!S_ISDIR(found.st_mode))
		return "it is no folder";
	if (!is_trusted(&found))
		return "it belongs to another user; it must be root's";
	if (found.st_mode & (S_IWGRP | S_IWOTH) && !(is_on_the_way && found.st_mode & S_ISVTX))
		return "others may write to it; take that right from them (chmod go-w)";
	return NULL;
}

/* ---- the way to it ---- */

/* A symbolic link is whose it is for good where nobody else may rename it, which was seen. */
static int step(int folder, const char *name, const char **why_not)
{
	int next = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat found;

	*why_not = NULL;
	if (next < 0 || fstat(next, &found) < 0) {
		*why_not = strerror(errno);
	} else if (S_ISLNK(found.st_mode)) {
		close(next);
		next = is_trusted(&found) ? openat(folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
		if (next < 0)
			*why_not = is_trusted(&found) ? strerror(errno) : "it is a symbolic link of another user";
	}
	return next;
}

/* Takes the next name off a path, and the slashes around it. */
static struct span take_name(struct span *path)
{
	struct span name;

	while (path->size > 0 && path->data[0] == '/')
		*path = span_skip(*path, 1);
	name = span_first(*path, span_find_byte(*path, '/'));
	*path = span_skip(*path, name.size);
	return name;
}

/* Goes one folder on, and closes the one that it came from. */
static int go_on(int folder, struct span name, bool is_last, const char **why_not)
{
	char copy[FOLDER_NAME_MAX + 1];
	int next = -1;

	*why_not = "a name in it is too long";
	if (copy_name(name, copy)) {
		if (is_last && mkdirat(folder, copy, MODE_FOLDER) == 0)
			(void)fchmodat(folder, copy, MODE_FOLDER, 0);
		next = step(folder, copy, why_not);
	}
	close(folder);
	if (next >= 0 && !*why_not)
		*why_not = judge(next, !is_last);
	if (next >= 0 && *why_not) {
		close(next);
		next = -1;
	}
	return next;
}

int folder_open(struct span path, struct writer *error)
{
	struct span rest = path;
	int folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), opened = -1;
	const char *why_not = folder < 0 ? strerror(errno) : judge(folder, true);

	while (folder >= 0 && !why_not) {
		const struct span name = take_name(&rest);

		if (name.size == 0)
			break;
		folder = go_on(folder, name, span_find_byte(rest, '/') == rest.size, &why_not);
	}
	if (!why_not) {
		opened = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		why_not = opened < 0 ? strerror(errno) : NULL;
	}
	if (folder >= 0)
		close(folder);
	if (why_not) {
		writer_put(error, span_first(path, rest.size < path.size ? path.size - rest.size : 1));
		writer_put_string(error, ": ");
		writer_put_string(error, why_not);
	}
	return opened;
}

bool folder_is_gone(int folder)
{
	struct stat found;

	return fstat(folder, &found) < 0 || found.st_nlink == 0;
}

int folder_enter(int folder, struct span name, bool make, const char **why_not)
{
	char copy[FOLDER_NAME_MAX + 1];
	int inner;

	*why_not = "its name is too long";
	if (!copy_name(name, copy))
		return -1;
	if (make && mkdirat(folder, copy, MODE_FOLDER) == 0)
		(void)fchmodat(folder, copy, MODE_FOLDER, 0);
	inner = openat(folder, copy, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (inner < 0) {
		*why_not = !make && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) ? NULL : strerror(errno);
		return -1;
	}
	*why_not = make ? judge(inner, false) : NULL;
	if (!*why_not)
		return inner;
	close(inner);
	return -1;
}

/* ---- files ---- */

static void name_beside(const char *name, char beside[static NAME_MAX_BESIDE])
{
	struct writer writer = writer_of(beside, NAME_MAX_BESIDE);

	writer_put_byte(&writer, '.');
	writer_put_string(&writer, name);
	writer_put_string(&writer, ".new");
	writer_put_byte(&writer, '\0');
}

void folder_remove_begun(int folder, const char *name)
{
	char beside[NAME_MAX_BESIDE];

	name_beside(name, beside);
	(void)unlinkat(folder, beside, 0);
}

int folder_start_file(int folder, const char *name, const char **why_not)
{
	char beside[NAME_MAX_BESIDE];
	int file;

	name_beside(name, beside);
	(void)unlinkat(folder, beside, 0);
	file = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	*why_not = file < 0 ? strerror(errno) : NULL;
	return file;
}

/* It need not be on the disk: after a loss of power, the next start removes it anyway. */
bool folder_finish_file(int folder, const char *name, int file, const char **why_not)
{
	char beside[NAME_MAX_BESIDE];
	bool works = fchmod(file, MODE_FILE) == 0;

	name_beside(name, beside);
	works = close(file) == 0 && works && renameat(folder, beside, folder, name) == 0;
	*why_not = works ? NULL : strerror(errno);
	if (!works)
		folder_remove_begun(folder, name);
	return works;
}

void folder_drop_file(int folder, const char *name, int file)
{
	close(file);
	folder_remove_begun(folder, name);
}

bool folder_remove_file(int folder, const char *name, const char **why_not)
{
	bool works = unlinkat(folder, name, 0) == 0 || errno == ENOENT;

	*why_not = works ? NULL : strerror(errno);
	return works;
}

bool folder_has_file(int folder, const char *name)
{
	struct stat found;

	return fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

bool folder_read_file(int folder, const char *name, uint8_t *room, size_t size, struct span *bytes,
                      const char **why_not)
{
	int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat found;
	ssize_t got = -1;

	*why_not = file < 0 && errno != ENOENT && errno != ELOOP ? strerror(errno) : NULL;
	if (file >= 0 && fstat(file, &found) == 0 && S_ISREG(found.st_mode)) {
		got = read(file, room, size);
		*why_not = got < 0 ? strerror(errno) : NULL;
	}
	if (file >= 0)
		close(file);
	*bytes = span_of(room, got > 0 ? (size_t)got : 0);
	return got >= 0;
}

/* ---- folders in it ---- */

void folder_remove_empty(int folder, struct span name)
{
	char copy[FOLDER_NAME_MAX + 1];

	if (copy_name(name, copy))
		(void)unlinkat(folder, copy, AT_REMOVEDIR);
}

/* Without opendir(), which takes memory. */
bool folder_visit(int folder, void (*visit)(void *context, struct span name), void *context)
{
	_Alignas(struct dirent) uint8_t room[4096];
	int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long got = -1;

	while (own >= 0 && (got = syscall(SYS_getdents64, own, room, sizeof(room))) > 0) {
		for (long at = 0; at < got;) {
			const struct dirent *entry = (const void *)(room + at);

			at += entry->d_reclen;
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				visit(context, span_of_string(entry->d_name));
		}
	}
	if (own >= 0)
		close(own);
	return got == 0;
}
