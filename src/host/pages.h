/* Memory from the system: whole runs of zeroed pages, which take up room only once they are written to. */
#ifndef INKI_HOST_PAGES_H
#define INKI_HOST_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/* size bytes (rounded up to pages), all zero; NULL if the system has not so much. */
void *pages_take(size_t size);

/* The same, but a child process gets the same pages and not a copy: what one writes, the other reads. *descriptor is
 * the way to get at them anew: each process closes it, or calls the following. */
void *pages_take_shared(size_t size, int *descriptor);

/* From now on this process can only read them: it ends when it tries to write, and cannot take that back (unless the
 * system has no /proc). Closes the descriptor. False if the system refuses. */
bool pages_protect(void *pages, size_t size, int descriptor);

/* Gives the memory of shared pages back to the system, for all processes that share them: they are zero again. */
void pages_empty(void *pages, size_t size);

/* Gives back what pages_take(size) or pages_take_shared(size) returned. */
void pages_give_back(void *pages, size_t size);

/* Takes the program's code and constants out of the process; what it uses from here on comes back from the file, and
 * what only the start has needed does not. */
void pages_leave_program(void);

#endif
