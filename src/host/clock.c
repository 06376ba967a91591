#include "host/clock.h"

#include <time.h>

int64_t clock_wall(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: the clock exists and the pointer is good */
	return now.tv_sec;
}

int64_t clock_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_uptime(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_BOOTTIME, &now) != 0) /* a kernel before 2.6.39 */
		clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

void clock_sleep(unsigned milliseconds)
{
	const struct timespec time = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

	nanosleep(&time, NULL);
}
