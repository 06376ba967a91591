/* An event in words. */
#ifndef INKI_CLIENT_PHRASE_H
#define INKI_CLIENT_PHRASE_H

#include "client/event_list.h"

/* Writes what has happened to the key, as the rest of a sentence that begins with the time: "was let in until …, …".
 * Of an event that there are no words for, its name. */
void phrase_write(struct writer *writer, const struct listed_event *event);

#endif
