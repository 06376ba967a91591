#include "core/journal.h"

#include "base/date.h"
#include "base/encoding.h"

struct journal journal_start(struct writer *writer, const char *event)
{
	struct journal journal = { writer, writer->used };

	writer_put(writer, SPAN("event="));
	writer_put_string(writer, event);
	return journal;
}

static bool is_plain(struct span value)
{
	for (size_t i = 0; i < value.size; i++) {
		uint8_t byte = value.data[i];

		if (!(byte >= '0' && byte <= '9') && !(byte >= 'A' && byte <= 'Z') && !(byte >= 'a' && byte <= 'z') &&
		    span_find_byte(SPAN("-._:/+@%[]"), byte) == 10)
			return false;
	}
	return value.size > 0;
}

/* What is not valid UTF-8 is escaped byte by byte; so are the controls of Latin 1 (U+0080 to U+009F, C2 80 to C2 9F). */
static void put_quoted(struct writer *writer, struct span value)
{
	bool is_text = utf8_is_valid(value);

	writer_put_byte(writer, '"');
	for (size_t i = 0; i < value.size; i++) {
		uint8_t byte = value.data[i];
		bool is_latin_control = byte == 0xc2 && i + 1 < value.size && value.data[i + 1] < 0xa0;

		if (byte >= 0x20 && byte != 0x7f && byte != '"' && byte != '\\' && !is_latin_control && (byte < 0x80 || is_text)) {
			writer_put_byte(writer, byte);
			continue;
		}
		writer_put(writer, SPAN("\\x"));
		hex_write(writer, span_of(&byte, 1));
		if (is_latin_control) {
			writer_put(writer, SPAN("\\x"));
			hex_write(writer, span_of(&value.data[++i], 1));
		}
	}
	writer_put_byte(writer, '"');
}

static void put_name(struct journal *journal, const char *name)
{
	writer_put_byte(journal->writer, ' ');
	writer_put_string(journal->writer, name);
	writer_put_byte(journal->writer, '=');
}

void journal_put(struct journal *journal, const char *name, struct span value)
{
	put_name(journal, name);
	if (is_plain(value))
		writer_put(journal->writer, value);
	else
		put_quoted(journal->writer, value);
}

void journal_put_time(struct journal *journal, const char *name, int64_t time)
{
	put_name(journal, name);
	date_write(journal->writer, time);
}

void journal_put_fingerprint(struct journal *journal, const struct ssh_fingerprint *fingerprint)
{
	put_name(journal, "fingerprint");
	ssh_fingerprint_write_sha256(journal->writer, fingerprint->sha256);
}

void journal_put_signers(struct journal *journal, const struct table_signer *signers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_name(journal, "signer");
		hex_write_upper(journal->writer, span_of(signers[i].fingerprint, signers[i].size));
	}
}

void journal_end(struct journal *journal)
{
	writer_put_byte(journal->writer, '\n');
	if (journal->writer->overflowed)
		writer_rewind(journal->writer, journal->start);
}
