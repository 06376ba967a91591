#include "core/journal.h"

#include "base/date.h"
#include "base/encoding.h"

static const struct span cut_mark = SPAN_INITIALIZER(" cut=yes");

struct journal journal_start(struct writer *writer, const char *event)
{
	const size_t end_size = cut_mark.size + 1;
	size_t room = writer->size - writer->used;
	struct journal journal = { .writer = writer };

	if (room > JOURNAL_LINE_MAX)
		room = JOURNAL_LINE_MAX;
	journal.line = writer_of(writer->data + writer->used, room > end_size ? room - end_size : 0);
	writer_put(&journal.line, SPAN("event="));
	writer_put_string(&journal.line, event);
	if (journal.line.overflowed) /* then nothing else may fit either */
		journal.line = writer_of(journal.line.data, 0);
	return journal;
}

static void put_escaped(struct writer *writer, uint8_t byte)
{
	writer_put(writer, SPAN("\\x"));
	hex_write(writer, span_of(&byte, 1));
}

/* Byte by byte: what a terminal would not show as it is; what could end the value; and the equals sign, so that whoever
 * searches the log for a field finds it nowhere but at its place. */
static void put_quoted(struct writer *writer, struct span value)
{
	const struct span marks = SPAN("\"\\=");

	writer_put_byte(writer, '"');
	while (value.size > 0) {
		size_t size = printable_size(value);

		if (size > 0 && span_find_byte(marks, value.data[0]) == marks.size)
			writer_put(writer, span_first(value, size));
		else
			put_escaped(writer, value.data[0]);
		value = span_skip(value, size > 0 ? size : 1);
	}
	writer_put_byte(writer, '"');
}

/* Returns where the field begins, for end_field(). */
static size_t start_field(struct journal *journal, const char *name)
{
	size_t start = journal->line.used;

	writer_put_byte(&journal->line, ' ');
	writer_put_string(&journal->line, name);
	writer_put_byte(&journal->line, '=');
	return start;
}

static void end_field(struct journal *journal, size_t start)
{
	if (!journal->line.overflowed)
		return;
	writer_rewind(&journal->line, start);
	journal->is_cut = true;
}

void journal_put(struct journal *journal, const char *name, struct span value)
{
	size_t start = start_field(journal, name);

	if (value.size > JOURNAL_VALUE_MAX) {
		value = span_first(value, JOURNAL_VALUE_MAX);
		journal->is_cut = true;
	}
	if (text_is_plain(value))
		writer_put(&journal->line, value);
	else
		put_quoted(&journal->line, value);
	end_field(journal, start);
}

void journal_put_time(struct journal *journal, const char *name, int64_t time)
{
	size_t start = start_field(journal, name);

	date_write(&journal->line, time);
	end_field(journal, start);
}

void journal_put_number(struct journal *journal, const char *name, uint64_t number)
{
	size_t start = start_field(journal, name);

	writer_put_padded_number(&journal->line, number, 1);
	end_field(journal, start);
}

void journal_put_sha256(struct journal *journal, const struct ssh_fingerprint *fingerprint)
{
	size_t start = start_field(journal, "fingerprint");

	ssh_fingerprint_write_sha256(&journal->line, fingerprint->sha256);
	end_field(journal, start);
}

void journal_put_md5(struct journal *journal, const struct ssh_fingerprint *fingerprint)
{
	size_t start = start_field(journal, "md5");

	ssh_fingerprint_write_md5(&journal->line, fingerprint->md5);
	end_field(journal, start);
}

void journal_put_signer(struct journal *journal, const struct table_signer *signer)
{
	size_t start = start_field(journal, "signer");

	hex_write_upper(&journal->line, span_of(signer->fingerprint, signer->size));
	end_field(journal, start);
}

void journal_end(struct journal *journal)
{
	struct writer *writer = journal->writer;

	if (journal->line.used == 0) {
		writer->overflowed = true;
		return;
	}
	journal->line.size = writer->size - writer->used;
	if (journal->is_cut)
		writer_put(&journal->line, cut_mark);
	writer_put_byte(&journal->line, '\n');
	writer_reserve(writer, journal->line.used); /* it stands there already */
}
