/* The server's log: lines to standard error, or to the system's log (RFC 3164 datagrams to /dev/log).
 *
 * A line is written at once or not at all: a full disk, a closed or stuffed pipe, or a dead syslog costs lines, never
 * time. Those lines are counted, and the count is the next line that can be written. There is one log in a process.
 */
#ifndef INKI_HOST_LOG_H
#define INKI_HOST_LOG_H

#include "base/span.h"

/* An audit line is written whatever the level that was asked for. */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG, LOG_LEVEL_AUDIT };
enum log_target { LOG_TARGET_STDERR, LOG_TARGET_SYSLOG };

enum {
	LOG_LINE_MAX = 4000,                  /* bytes of a line; a longer one is cut, and ends in "..." */
	LOG_DATAGRAM_MAX = LOG_LINE_MAX + 64, /* of one for syslog, with what stands in front of it */
};

/* Until this is called lines up to LOG_LEVEL_INFO go to standard error. (What needs a path is opened here: the way of
 * our own to standard error, and the connection to syslog; both may be out of reach later.) */
void log_start(enum log_target target, enum log_level level);

/* Writes one line, as printable_write() shows it, so that a line is always one line. */
void log_line(enum log_level level, struct span text);

/* This process can open nothing any more: its lines for syslog go into the socket relay, from which another process
 * takes them, each whole, and hands them on. Those that it cannot hand on (it tells so in its own next line) are to be
 * counted here too. */
void log_confine(int relay);
bool log_relay(struct span line);
void log_note_lost(uint64_t lines);

/* How many lines could not be written so far. */
uint64_t log_count_lost(void);

/* Writes each line of text (all have an end). */
void log_lines(enum log_level level, struct span text);

#endif
