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

bool file_read(struct span path, uint8_t *room, size_t size, struct span *bytes, const char **why_not)
{
	int descriptor = open_path(path, O_RDONLY);
	ptrdiff_t got = descriptor < 0 ? -1 : read_fully(descriptor, room, size);
	ptrdiff_t more = 0;
	uint8_t one_more;

	*bytes = (struct span){ 0 };
	*why_not = NULL;
	if (got >= 0 && (size_t)got == size)
		more = read_fully(descriptor, &one_more, 1);
	if (got < 0 || more < 0)
		*why_not = strerror(errno);
	else if (more > 0)
		*why_not = "it is larger than a settings file may be";
	else
		*bytes = span_of(room, (size_t)got);
	if (descriptor >= 0)
		close(descriptor);
	return !*why_not;
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
