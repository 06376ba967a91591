#include "host/pages.h"

#include <sys/mman.h>

void *pages_take(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return pages == MAP_FAILED ? NULL : pages;
}

void pages_give_back(void *pages, size_t size)
{
	munmap(pages, size);
}
