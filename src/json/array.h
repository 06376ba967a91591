/* Cuts an array of objects (RFC 8259 section 5) into its elements, as it arrives and however long it is. */
#ifndef INKI_JSON_ARRAY_H
#define INKI_JSON_ARRAY_H

#include "base/span.h"
#include "base/status.h"

struct json_array {
	unsigned state; /* starts out as zero */
};

/* Takes the next element off the front of *text, which holds what has arrived and was not taken yet. Returns
 *   STATUS_OK: *element is one object, from brace to brace; what is in it is for json_read_object() to judge;
 *   STATUS_MORE: what is left of *text (nothing, or a part of an object) goes on;
 *   REQUEST_JSON: this is no array of objects. */
enum status json_array_next(struct json_array *array, struct span *text, struct span *element);

/* Is the array complete? Nothing but white space may follow then. */
bool json_array_has_ended(const struct json_array *array);

#endif
