#include "host/pages.h"

#include <string.h>
#include <sys/mman.h>

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

void *pages_take_shared(size_t size)
{
	return take(size, MAP_SHARED);
}

bool pages_protect(void *pages, size_t size)
{
	return mprotect(pages, size, PROT_READ) == 0;
}

void pages_empty(void *pages, size_t size)
{
	if (madvise(pages, size, MADV_REMOVE) < 0)
		memset(pages, 0, size);
}

void pages_give_back(void *pages, size_t size)
{
	munmap(pages, size);
}
