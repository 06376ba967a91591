#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The descriptor of a file that is opened with these flags, or -1 with errno set. */
static int open_path(struct span path, int flags)
{
	char name[FILE_PATH_MAX + 1];

	if (path.size > FILE_PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (path.size > 0)
		memcpy(name, path.data, path.size);
	name[path.size] = '\0';
	return open(name, flags | O_CLOEXEC | O_NOCTTY);
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
	int descriptor = open_path(path, O_RDONLY);
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
	int descriptor = is_standard ? STDIN_FILENO : open_path(span_of_string(path), O_RDONLY);
	bool works = read_start(descriptor, room, size, bytes, why_not);

	if (!is_standard && descriptor >= 0)
		close(descriptor);
	return works;
}

bool file_exists(struct span path)
{
	int descriptor = open_path(path, O_PATH);

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

void file_guard_standard(void)
{
	for (int descriptor = 0; descriptor <= 2; descriptor++)
		if (fcntl(descriptor, F_GETFD) < 0)
			(void)open("/", O_PATH | O_CLOEXEC); /* the lowest free number, and / is always there */
}

void file_leave_folder(void)
{
	if (chdir("/") < 0)
		return; /* it is a courtesy; nothing depends on it */
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
