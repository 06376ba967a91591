#include "host/pages.h"

#include <sys/mman.h>

void *pages_take(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	madvise(pages, size,
	        MADV_NOHUGEPAGE); /* else the first byte may take up 2 MB, and be waited for; a kernel may lack it */
	return pages;
}

void pages_give_back(void *pages, size_t size)
{
	munmap(pages, size);
}
