#include "host/pages.h"

#include "base/writer.h"

#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *take(size_t size, int flags)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	return pages == MAP_FAILED ? NULL : pages;
}

void *pages_take(size_t size)
{
	void *pages = take(size, MAP_PRIVATE);

	if (pages)
		madvise(pages, size, MADV_NOHUGEPAGE); /* else the first byte may take up 2 MB, and be waited for; a
		                                          kernel may lack it */
	return pages;
}

/* A file without a name, so that it can be opened for reading only later; else anonymous pages. */
void *pages_take_shared(size_t size, int *descriptor)
{
	void *pages = MAP_FAILED;

	*descriptor = memfd_create("inki", MFD_CLOEXEC);
	if (*descriptor >= 0 && ftruncate(*descriptor, (off_t)size) == 0)
		pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *descriptor, 0);
	return pages == MAP_FAILED ? take(size, MAP_SHARED) : pages;
}

static int open_to_read(int descriptor)
{
	uint8_t room[64];
	struct writer path = writer_of(room, sizeof(room));

	writer_put_string(&path, "/proc/self/fd/");
	writer_put_number(&path, descriptor);
	writer_put_byte(&path, '\0');
	return open((const char *)room, O_RDONLY | O_CLOEXEC);
}

/* Pages of a file that is open for reading only stay so, whatever mprotect() is told. */
bool pages_protect(void *pages, size_t size, int descriptor)
{
	int file = descriptor < 0 ? -1 : open_to_read(descriptor);
	bool works = file >= 0 && mmap(pages, size, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0) == pages;

	if (file >= 0)
		close(file);
	if (descriptor >= 0)
		close(descriptor);
	return works || mprotect(pages, size, PROT_READ) == 0;
}

void pages_empty(void *pages, size_t size)
{
	if (madvise(pages, size, MADV_REMOVE) < 0)
		memset(pages, 0, size);
}

static int leave_segments(struct dl_phdr_info *program, size_t size, void *unused)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)unused;
	for (unsigned i = 0; i < program->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &program->dlpi_phdr[i];
		const uintptr_t start = (program->dlpi_addr + segment->p_vaddr) / page * page;

		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W))
			madvise((void *)start, segment->p_memsz, MADV_DONTNEED);
	}
	return 0;
}

void pages_leave_program(void)
{
	dl_iterate_phdr(leave_segments, NULL);
}

void pages_give_back(void *pages, size_t size)
{
	munmap(pages, size);
}
