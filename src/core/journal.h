/* Audit lines: an event, and fields as key=value. Values of other than plain characters stand in quotes, with
 * everything escaped (\xNN for each byte) that could end the value or the line, look like another field, or make a
 * terminal do something, so that no input can forge one. Nor can it keep one out: of a long value only the start is
 * written, a field that does not fit into the line is left out, and the line then ends with cut=yes. */
#ifndef INKI_CORE_JOURNAL_H
#define INKI_CORE_JOURNAL_H

#include "base/writer.h"
#include "core/table.h"

enum {
	JOURNAL_LINE_MAX = 4000, /* bytes, with the line end; the log takes such a line whole */
	JOURNAL_VALUE_MAX = 256, /* bytes of a value that are written; escaped they may be four times as many */
};

struct journal {
	struct writer *writer;
	struct writer line; /* under way, behind what is in the writer */
	bool is_cut;
};

/* Begins a line: event=name. The writer is left alone until the line ends. */
struct journal journal_start(struct writer *writer, const char *event);

void journal_put(struct journal *journal, const char *name, struct span value);
void journal_put_time(struct journal *journal, const char *name, int64_t time);
void journal_put_number(struct journal *journal, const char *name, uint64_t number);

/* fingerprint=SHA256:..., md5=... */
void journal_put_sha256(struct journal *journal, const struct ssh_fingerprint *fingerprint);
void journal_put_md5(struct journal *journal, const struct ssh_fingerprint *fingerprint);

/* signer=FINGERPRINT. */
void journal_put_signer(struct journal *journal, const struct table_signer *signer);

/* Ends the line. Where not even the event fits into the writer, there is none, and the writer is overflowed. */
void journal_end(struct journal *journal);

#endif
