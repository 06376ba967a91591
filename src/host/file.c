#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The path as the system wants it; false with errno set if it is too long. */
static bool write_name(struct span path, char name[static FILE_PATH_MAX + 1])
{
	if (path.size > FILE_PATH_MAX) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (path.size > 0)
		memcpy(name, path.data, path.size);
	name[path.size] = '\0';
	return true;
}

/* The descriptor of a file that is opened with these flags, or -1 with errno set. A new one gets these permissions. */
static int open_path(struct span path, int flags, unsigned mode)
{
	char name[FILE_PATH_MAX + 1];

	return write_name(path, name) ? open(name, flags | O_CLOEXEC | O_NOCTTY, (mode_t)mode) : -1;
}

/* Reads until size bytes are there or the file ends; -1 for an error. */
static ptrdiff_t read_fully(int descriptor, uint8_t *room, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t got = read(descriptor, room + used, size - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	return (ptrdiff_t)used;
}

/* Reads what fits of a descriptor that may be -1 with errno set; false with the words if that does not work. */
static bool read_start(int descriptor, uint8_t *room, size_t size, struct span *bytes, const char **why_not)
{
	ptrdiff_t got = descriptor < 0 ? -1 : read_fully(descriptor, room, size);

	*bytes = (struct span){ 0 };
	*why_not = got < 0 ? strerror(errno) : NULL;
	if (got >= 0)
		*bytes = span_of(room, (size_t)got);
	return got >= 0;
}

bool file_read(struct span path, uint8_t *room, size_t size, struct span *bytes, const char **why_not)
{
	int descriptor = open_path(path, O_RDONLY, 0);
	struct span more = { 0 };
	uint8_t one_more;
	bool works = read_start(descriptor, room, size, bytes, why_not) &&
	             (bytes->size < size || read_start(descriptor, &one_more, 1, &more, why_not));

	if (more.size > 0)
		*why_not = "it is larger than a settings file may be";
	if (descriptor >= 0)
		close(descriptor);
	if (works && more.size == 0)
		return true;
	*bytes = (struct span){ 0 };
	return false;
}

bool file_read_start(const char *path, uint8_t *room, size_t size, struct span *bytes, const char **why_not)
{
	bool is_standard = !path || strcmp(path, "-") == 0;
	int descriptor = is_standard ? STDIN_FILENO : open_path(span_of_string(path), O_RDONLY, 0);
	bool works = read_start(descriptor, room, size, bytes, why_not);

	if (!is_standard && descriptor >= 0)
		close(descriptor);
	return works;
}

bool file_take_line(int descriptor, uint8_t *room, size_t size, struct span *line, const char **why_not)
{
	size_t used = 0;
	uint8_t byte = 0;
	ssize_t got;

	*line = (struct span){ 0 };
	while ((got = read(descriptor, &byte, 1)) == 1 && byte != '\n' && used < size)
		room[used++] = byte;
	if (got < 0)
		*why_not = strerror(errno);
	else if (got == 0 && used == 0)
		*why_not = "it is empty";
	else if (got == 1 && byte != '\n')
		*why_not = "its line is too long";
	else /* a file that was written on Windows has CR LF there */
		*line = span_of(room, used - (used > 0 && room[used - 1] == '\r'));
	return line->data;
}

bool file_read_line(const char *path, uint8_t *room, size_t size, struct span *line, const char **why_not)
{
	int descriptor = open_path(span_of_string(path), O_RDONLY, 0);
	bool works;

	*why_not = strerror(errno);
	if (descriptor < 0)
		return false;
	works = file_take_line(descriptor, room, size, line, why_not);
	close(descriptor);
	return works;
}

bool file_exists(struct span path)
{
	int descriptor = open_path(path, O_PATH, 0);

	if (descriptor < 0)
		return errno != ENOENT;
	close(descriptor);
	return true;
}

enum file_written file_write(int descriptor, struct span bytes, const char **why_not)
{
	*why_not = NULL;
	while (bytes.size > 0) {
		ssize_t put = write(descriptor, bytes.data, bytes.size);

		if (put >= 0) {
			bytes = span_skip(bytes, (size_t)put);
		} else if (errno != EINTR) {
			*why_not = strerror(errno);
			return errno == EPIPE ? FILE_UNREAD : FILE_FAILED;
		}
	}
	return FILE_WRITTEN;
}

/* What takes the lowest free number must work without any file, and be no folder, which is a door out of another root.
 */
void file_guard_standard(void)
{
	for (int descriptor = 0; descriptor <= 2; descriptor++)
		if (fcntl(descriptor, F_GETFD) < 0)
			(void)epoll_create1(EPOLL_CLOEXEC);
}

void file_close_from(int first)
{
	enum { MOST = 65536 };
	long most = sysconf(_SC_OPEN_MAX);

	if (syscall(SYS_close_range, first, UINT_MAX, 0) == 0)
		return;
	if (most < 0 || most > MOST)
		most = MOST;
	for (int descriptor = first; descriptor < most; descriptor++)
		close(descriptor);
}

void file_leave_folder(void)
{
	if (chdir("/") < 0)
		return; /* it is a courtesy; nothing depends on it */
}

bool file_create(struct span path, unsigned mode, struct span bytes, const char **why_not)
{
	int descriptor = open_path(path, O_WRONLY | O_CREAT | O_EXCL, mode);
	bool works = descriptor >= 0;

	*why_not = works ? NULL : strerror(errno);
	if (!works)
		return false;
	works = file_write(descriptor, bytes, why_not) == FILE_WRITTEN;
	if (works && fsync(descriptor) < 0) {
		*why_not = strerror(errno);
		works = false;
	}
	close(descriptor);
	if (!works)
		file_remove(path);
	return works;
}

void file_remove(struct span path)
{
	char name[FILE_PATH_MAX + 1];

	if (write_name(path, name))
		unlink(name);
}

const char *file_absolute(const char *path, char *room, size_t size)
{
	size_t folder, name = strlen(path) + 1;

	if (path[0] == '/')
		return path;
	if (!getcwd(room, size))
		return NULL;
	folder = strlen(room);
	if (name >= size - folder)
		return NULL;
	room[folder] = '/';
	memcpy(room + folder + 1, path, name);
	return room;
}
