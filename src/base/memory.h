/* Memory that held a secret, and comparisons that must not tell where two secrets differ. */
#ifndef INKI_BASE_MEMORY_H
#define INKI_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Overwrites size bytes with zeros; the compiler may not leave it out. */
void memory_wipe(void *data, size_t size);

/* Overwrites what calls that have returned left on the stack, as deep as those of our arithmetic and digests go. */
void memory_wipe_stack(void);

/* Are both runs of size bytes equal? Takes the same time wherever they differ. */
bool memory_equal(const void *a, const void *b, size_t size);

#endif
