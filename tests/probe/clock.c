/* Clocks that a test sets: $PROBE_CLOCK names a file of two numbers of 64 bits, the seconds that the system's clock and its
 * uptime are ahead. It is mapped before anything else happens, so both processes see each change at once. */
#include "host/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

int64_t __real_clock_wall(void);
int64_t __wrap_clock_wall(void);
int64_t __real_clock_uptime(void);
int64_t __wrap_clock_uptime(void);

static const int64_t exact[2];
static const volatile int64_t *ahead = exact;

__attribute__((constructor)) static void map_clocks(void)
{
	const char *path = getenv("PROBE_CLOCK");
	const void *page;

	if (!path)
		return;
	page = mmap(NULL, sizeof(exact), PROT_READ, MAP_SHARED, open(path, O_RDONLY | O_CLOEXEC), 0);
	if (page == MAP_FAILED)
		abort();
	ahead = page;
}

int64_t __wrap_clock_wall(void)
{
	return __real_clock_wall() + ahead[0];
}

int64_t __wrap_clock_uptime(void)
{
	return __real_clock_uptime() + ahead[1];
}
