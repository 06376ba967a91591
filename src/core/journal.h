/* Audit lines: an event, and fields as key=value. Values of other than plain characters stand in quotes, with everything escaped that
 * could end the value or the line, so that no input can forge one. A line that does not fit its writer is left out as a whole. */
#ifndef INKI_CORE_JOURNAL_H
#define INKI_CORE_JOURNAL_H

#include "base/writer.h"
#include "core/config.h"
#include "core/table.h"
#include "pgp/certificate.h"

enum { JOURNAL_LINE_MAX = 4096 }; /* bytes */

struct journal {
	struct writer *writer;
	size_t start; /* of the line under way */
};

/* Begins a line: event=name. */
struct journal journal_start(struct writer *writer, const char *event);

void journal_put(struct journal *journal, const char *name, struct span value);
void journal_put_time(struct journal *journal, const char *name, int64_t time);
void journal_put_fingerprint(struct journal *journal, const struct ssh_fingerprint *fingerprint);

/* signer=FINGERPRINT for each. */
void journal_put_signers(struct journal *journal, const struct table_signer *signers, size_t count);

/* Ends the line. */
void journal_end(struct journal *journal);

#endif
