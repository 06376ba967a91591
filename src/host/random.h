/* Random bytes from the kernel. */
#ifndef INKI_HOST_RANDOM_H
#define INKI_HOST_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Has the kernel gathered enough? On a device that has just been switched on that may take minutes. */
bool random_is_ready(void);

/* Fills size bytes; waits until the kernel is ready. The process ends if it has no random bytes at all. */
void random_take(uint8_t *bytes, size_t size);

#endif
