/* The three clocks. */
#ifndef INKI_HOST_CLOCK_H
#define INKI_HOST_CLOCK_H

#include <stdint.h>

/* Seconds since 1970: what signatures and keys are judged by. It jumps when somebody sets it. */
int64_t clock_wall(void);

/* Milliseconds since some moment, for deadlines: it never jumps. */
int64_t clock_monotonic(void);

/* Seconds since the system started, with those that it slept: it never jumps either. */
int64_t clock_uptime(void);

/* Waits so many milliseconds, or until a signal comes. */
void clock_sleep(unsigned milliseconds);

#endif
