/* The command "events": what has happened on a server, as lines of its log. */
#ifndef INKI_CLIENT_EVENTS_H
#define INKI_CLIENT_EVENTS_H

#include "base/command.h"
#include "client/event_list.h"

extern const struct command events_command;

/* Writes an event as the line of the server's log. */
void event_write_line(struct writer *writer, const struct listed_event *event);

#endif
