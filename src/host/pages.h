/* Memory from the system: whole runs of zeroed pages, which take up room only once they are written to. */
#ifndef INKI_HOST_PAGES_H
#define INKI_HOST_PAGES_H

#include <stddef.h>

/* size bytes (rounded up to pages), all zero; NULL if the system has not so much. */
void *pages_take(size_t size);

/* Gives back what pages_take(size) returned. */
void pages_give_back(void *pages, size_t size);

#endif
