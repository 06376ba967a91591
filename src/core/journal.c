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

static bool is_plain(struct span value)
{
	const struct span marks = SPAN("-._:/+@%[]");

	for (size_t i = 0; i < value.size; i++) {
		uint8_t byte = value.data[i];

		if (!(byte >= '0' && byte <= '9') && !(byte >= 'A' && byte <= 'Z') && !(byte >= 'a' && byte <= 'z') &&
		    span_find_byte(marks, byte) == marks.size)
			return false;
	}
	return value.size > 0;
}

static void put_escaped(struct writer *writer, uint8_t byte)
{
	writer_put(writer, SPAN("\\x"));
	hex_write(writer, span_of(&byte, 1));
}

/* What is not valid UTF-8 is escaped byte by byte; so are the controls U+0080 to U+009F (C2 80 to C2 9F). */
static void put_quoted(struct writer *writer, struct span value)
{
	bool is_text = utf8_is_valid(value);

	writer_put_byte(writer, '"');
	for (size_t i = 0; i < value.size; i++) {
		uint8_t byte = value.data[i];
		bool is_latin_control = byte == 0xc2 && i + 1 < value.size && value.data[i + 1] < 0xa0;

		if (byte >= 0x20 && byte != 0x7f && byte != '"' && byte != '\\' && !is_latin_control &&
		    (byte < 0x80 || is_text))
			writer_put_byte(writer, byte);
		else
			put_escaped(writer, byte);
		if (is_latin_control)
			put_escaped(writer, value.data[++i]);
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
	if (is_plain(value))
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

void journal_put_fingerprint(struct journal *journal, const struct ssh_fingerprint *fingerprint)
{
	size_t start = start_field(journal, "fingerprint");

	ssh_fingerprint_write_sha256(&journal->line, fingerprint->sha256);
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
