#include "tls/pem.h"

#include "base/encoding.h"
#include "base/memory.h"

enum { LINE_DIGITS = 64, LINE_BYTES = LINE_DIGITS / 4 * 3 };

/* Is it -----BEGIN LABEL-----, or with END? */
static bool is_boundary(struct span line, struct span word, struct span *label)
{
	struct span dashes = SPAN("-----");

	line = span_trim_end(line);
	if (!span_starts_with(line, word) || line.size < word.size + dashes.size)
		return false;
	*label = span_skip(span_first(line, line.size - dashes.size), word.size);
	return span_equal(span_skip(line, line.size - dashes.size), dashes);
}

/* Is it one of those lines, or almost? */
static bool is_like_boundary(struct span line)
{
	return span_starts_with(line, SPAN("-----BEGIN ")) || span_starts_with(line, SPAN("-----END "));
}

struct pem_file pem_file_of(struct span text)
{
	return (struct pem_file){ .rest = text, .status = STATUS_OK };
}

static bool take_line(struct pem_file *file, struct span *line)
{
	if (!span_take_line(&file->rest, line))
		return false;
	file->taken++;
	return true;
}

static bool fail(struct pem_file *file, size_t line)
{
	file->line = line;
	file->status = STATUS_PEM_LINES;
	return false;
}

bool pem_take(struct pem_file *file, struct pem *pem)
{
	struct span line, label;
	bool is_inside = false;

	while (file->status == STATUS_OK && take_line(file, &line)) {
		if (!is_like_boundary(line))
			continue;
		if (!is_inside && is_boundary(line, SPAN("-----BEGIN "), &pem->label)) {
			is_inside = true;
			file->line = file->taken;
			pem->lines = file->rest;
			continue;
		}
		if (!is_inside || !is_boundary(line, SPAN("-----END "), &label) || !span_equal(pem->label, label))
			return fail(file, file->taken);
		pem->lines.size = (size_t)(line.data - pem->lines.data);
		return true;
	}
	return is_inside ? fail(file, file->line) : false;
}

static bool is_space(uint8_t byte)
{
	return byte == '\n' || byte == '\r' || byte == ' ' || byte == '\t';
}

/* Digits are collected to whole lines of ours, as a line of theirs may end anywhere. */
enum status pem_decode(const struct pem *pem, struct writer *writer)
{
	uint8_t digits[LINE_DIGITS];
	size_t used = 0, start = writer->used;
	bool has_ended = false, is_right = true;

	for (size_t i = 0; i < pem->lines.size && is_right; i++) {
		if (is_space(pem->lines.data[i]))
			continue;
		digits[used++] = pem->lines.data[i];
		is_right = !has_ended;
		if (used < LINE_DIGITS)
			continue;
		is_right = is_right && base64_read(span_of(digits, used), writer);
		has_ended = digits[used - 1] == '=';
		used = 0;
	}
	is_right = is_right && base64_read(span_of(digits, used), writer);
	memory_wipe(digits, sizeof(digits)); /* it may be a secret key */
	if (writer->overflowed)
		return STATUS_ARENA_FULL;
	return is_right && writer->used > start ? STATUS_OK : STATUS_PEM_SYNTAX;
}

enum status pem_decode_into(const struct pem *pem, struct arena *arena, struct span *der)
{
	size_t size = pem->lines.size / 4 * 3 + 3;
	uint8_t *room = arena_take(arena, size);
	struct writer writer = writer_of(room, room ? size : 0);
	enum status status = room ? pem_decode(pem, &writer) : STATUS_ARENA_FULL;

	*der = writer_written(&writer);
	return status;
}

void pem_write(struct writer *writer, const char *label, struct span bytes)
{
	writer_put_string(writer, "-----BEGIN ");
	writer_put_string(writer, label);
	writer_put_string(writer, "-----\n");
	for (; bytes.size > 0; bytes = span_skip(bytes, LINE_BYTES)) {
		base64_write(writer, span_first(bytes, LINE_BYTES));
		writer_put_byte(writer, '\n');
	}
	writer_put_string(writer, "-----END ");
	writer_put_string(writer, label);
	writer_put_string(writer, "-----\n");
}
