/* Request targets: patterns with placeholders, percent-encoding, query parameters (RFC 3986). */
#ifndef INKI_HTTP_TARGET_H
#define INKI_HTTP_TARGET_H

#include "base/status.h"
#include "base/writer.h"

/* Does path match the pattern? In a pattern such as "/api/v1/user/{}/keys" each {} stands for one whole non-empty
 * segment that is stored, still encoded, in the next element of segments (there are at least as many as the pattern
 * has {}; they mean nothing where the path does not match). {*} at its end stands for the rest of the path, slashes
 * included, in the same way. */
bool http_target_match(struct span path, struct span pattern, struct span *segments);

/* Writes text with its %XX decoded. HTTP_TARGET for a malformed escape, for an ASCII control character in
 * the result, and for a result that is not UTF-8 or does not fit. '+' stays '+'. */
enum status http_target_decode(struct span text, struct writer *out);

/* Writes text with everything but unreserved characters percent-encoded: for one segment of a path, or a value. */
void http_target_encode(struct writer *out, struct span text);

/* Finds the first parameter of that name in a query such as a=1&b=2; its value is still encoded, and empty if it has no
 * equals sign. Returns false, and an empty value, if there is none. */
bool http_query_find(struct span query, struct span name, struct span *value);

#endif
