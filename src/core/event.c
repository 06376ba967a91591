#include "core/event.h"

#include "json/write.h"

static const struct span cut_mark = SPAN_INITIALIZER(" cut=yes");

struct field {
	struct span name;
	struct span value; /* still escaped; without its quotes */
};

/* Takes the next field, with the space in front of it, off a line as journal.h writes it; false at its end.
 *
 *   name=plain-value name="value, within which there is neither quote nor equals sign"
 */
static bool take_field(struct span *line, struct field *field)
{
	struct span rest;
	bool is_quoted;

	if (span_starts_with(*line, SPAN(" ")))
		*line = span_skip(*line, 1);
	field->name = span_first(*line, span_find_byte(*line, '='));
	rest = span_skip(*line, field->name.size + 1);
	is_quoted = span_starts_with(rest, SPAN("\""));
	rest = span_skip(rest, is_quoted);
	field->value = span_first(rest, span_find_byte(rest, is_quoted ? '"' : ' '));
	*line = span_skip(rest, field->value.size + is_quoted);
	return field->name.size > 0;
}

void event_write_cut(struct writer *writer, struct span line)
{
	struct span rest = line, whole = { 0 };
	struct field field;

	if (line.size <= EVENT_LINE_MAX) {
		writer_put(writer, line);
		return;
	}
	while (take_field(&rest, &field) && line.size - rest.size <= EVENT_LINE_MAX - cut_mark.size)
		whole = span_first(line, line.size - rest.size);
	writer_put(writer, whole);
	writer_put(writer, cut_mark);
}

/* ---- JSON ---- */

/* A quote and an equals sign, in place of \x22 and \x3d; never longer. */
static struct span unescape(struct span value, uint8_t room[static EVENT_LINE_MAX])
{
	static const struct {
		struct span escape, character;
	} rows[] = {
		{ SPAN_INITIALIZER("\\x22"), SPAN_INITIALIZER("\"") },
		{ SPAN_INITIALIZER("\\x3d"), SPAN_INITIALIZER("=") },
	};
	struct writer text = writer_of(room, EVENT_LINE_MAX);

	while (value.size > 0) {
		size_t row = 0;

		while (row < 2 && !span_starts_with(value, rows[row].escape))
			row++;
		writer_put(&text, row < 2 ? rows[row].character : span_first(value, 1));
		value = span_skip(value, row < 2 ? rows[row].escape.size : 1);
	}
	return writer_written(&text);
}

static void put_value(struct writer *writer, struct span value)
{
	uint8_t room[EVENT_LINE_MAX];

	json_write_string(writer, unescape(value, room));
}

/* The values of all fields of that name in the rest of the line, first's in front. */
static void put_array(struct writer *writer, const struct field *first, struct span rest)
{
	struct field field;

	writer_put_byte(writer, '[');
	put_value(writer, first->value);
	while (take_field(&rest, &field)) {
		if (!span_equal(field.name, first->name))
			continue;
		writer_put_byte(writer, ',');
		put_value(writer, field.value);
	}
	writer_put_byte(writer, ']');
}

void event_write_json(struct writer *writer, const struct event *event)
{
	const struct span many[] = { SPAN("signer"), SPAN("uid") };
	bool seen[] = { false, false };
	struct span rest = event->line;
	struct field field;

	writer_put_string(writer, "{\"number\":");
	writer_put_padded_number(writer, event->number, 1);
	while (take_field(&rest, &field)) {
		size_t which = 0;

		while (which < 2 && !span_equal(field.name, many[which]))
			which++;
		if (which < 2 && seen[which])
			continue;
		writer_put_byte(writer, ',');
		json_write_string(writer, field.name);
		writer_put_byte(writer, ':');
		if (which < 2)
			put_array(writer, &field, rest);
		else
			put_value(writer, field.value);
		if (which < 2)
			seen[which] = true;
	}
	writer_put_byte(writer, '}');
}
