/* Writes JSON. */
#ifndef INKI_JSON_WRITE_H
#define INKI_JSON_WRITE_H

#include "base/writer.h"

/* Writes text as a JSON string with its quotes. Quotes, backslashes, control characters and DEL are escaped, and so are
 * < > & (as \u00XX, so that a browser never sees markup); text must be valid UTF-8. */
void json_write_string(struct writer *writer, struct span text);

#endif
