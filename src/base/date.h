/* Points in time and spans of time as text. A time is a count of seconds since 1970-01-01T00:00:00Z, without leap
 * seconds, as in POSIX; all text is UTC. Times outside the years 1970 to 9999 are not valid.
 */
#ifndef INKI_BASE_DATE_H
#define INKI_BASE_DATE_H

#include "base/writer.h"

#define DATE_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* Reads an RFC 3339 date-time, e.g. 2026-11-22T08:05:00Z or 2026-11-22T09:05:00.25+01:00; a fraction of a second is
 * dropped (rounded down), and a leap second (:60) is the second before it. Returns false if text is anything else. */
bool date_read(struct span text, int64_t *time);

/* Writes the RFC 3339 form with Z, e.g. 2026-11-22T08:05:00Z; time is clamped to the valid years. */
void date_write(struct writer *writer, int64_t time);

/* Writes the form of HTTP (IMF-fixdate, RFC 9110 section 5.6.7), e.g. Sun, 22 Nov 2026 08:05:00 GMT. */
void date_write_http(struct writer *writer, int64_t time);

/* Reads a duration such as 90s, 15m, 12h, 2d or 1h30m, in seconds: units d, h, m, s, each at most once and in this
 * order, at most 100 years in all. Returns false if text is anything else, a lone number included. */
bool duration_read(struct span text, int64_t *seconds);

/* Writes a duration in the same form, e.g. 1h30m; 0s for none. */
void duration_write(struct writer *writer, int64_t seconds);

#endif
