/* One line of the audit, read again: for events.c alone. */
#ifndef INKI_CORE_EVENT_H
#define INKI_CORE_EVENT_H

#include "core/events.h"

/* Writes the line, of EVENT_LINE_MAX bytes at most. */
void event_write_cut(struct writer *writer, struct span line);

#endif
