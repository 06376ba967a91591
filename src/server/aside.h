/* A piece of work that may take for ever, or after which this process would not be the same: done in a process of its
 * own, for which nobody waits longer than it is told. */
#ifndef INKI_SERVER_ASIDE_H
#define INKI_SERVER_ASIDE_H

#include "base/writer.h"

enum { ASIDE_TEXT_MAX = 4096 + 512 };

enum aside_end {
	ASIDE_TRUE,
	ASIDE_FALSE,
	ASIDE_SILENT, /* it says nothing in that time, or cannot be started */
};

/* What work returns, and what it has written to text; or if it is silent, the words of a sentence: why. Then it is
 * killed, if it can be. */
enum aside_end aside_do(bool (*work)(const void *context, struct writer *text), const void *context,
                        int64_t milliseconds, struct writer *text);

#endif
