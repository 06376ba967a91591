/* The contents of JSON's strings, and the values that have no parts (RFC 8259 sections 3, 6 and 7). */
#ifndef INKI_JSON_SCALAR_H
#define INKI_JSON_SCALAR_H

#include "base/status.h"
#include "base/writer.h"

/* Writes what stands between a string's quotes with its escapes resolved. raw is valid UTF-8, and so is the result,
 * which is never longer. REQUEST_JSON for a malformed escape or a lone surrogate, REQUEST_CONTROL for a control
 * character (U+0000 to U+001F, U+007F to U+009F), escaped or not, REQUEST_TOO_LARGE if it does not fit. */
enum status json_unescape(struct span raw, struct writer *out);

/* Is text true, false, null or a number, and nothing else? */
bool json_is_primitive(struct span text);

#endif
