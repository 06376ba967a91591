/* Waits until one of many descriptors has something to do (epoll, level-triggered). */
#ifndef INKI_HOST_POLL_H
#define INKI_HOST_POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POLL_NOTHING = 0, POLL_READ = 1, POLL_WRITE = 2 };

/* The descriptor of a new, empty set; -1 if the system refuses. */
int poll_open(void);

/* Adds a descriptor to the set, or changes what it is watched for; number is what poll_wait() calls it by. A
 * descriptor that is closed leaves the set. False if the system refuses. */
bool poll_add(int set, int descriptor, unsigned interest, uint32_t number);
bool poll_change(int set, int descriptor, unsigned interest, uint32_t number);

/* Takes a descriptor out of the set. (One that is watched for nothing is still told to be broken.) */
void poll_remove(int set, int descriptor);

/* Waits until something is ready (or broken), at most timeout milliseconds; negative: for ever. Stores the numbers of
 * what is ready, at most most of them, and returns how many: 0 after the time-out. */
size_t poll_wait(int set, uint32_t *numbers, size_t most, int64_t timeout);

#endif
