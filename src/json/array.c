#include "json/array.h"

/* Between the elements; all else is an error.
 *
 *   START -[-> FIRST -{...}-> BEHIND -,-> NEXT -{...}-> BEHIND
 *                |               |
 *                ]               ]
 *                v               v
 *               END <------------+
 */
enum state { START, FIRST, BEHIND, NEXT, END };

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* The size of the object at the start of text; 0: it goes on. Braces within strings do not count. */
static size_t find_end(struct span text)
{
	bool in_string = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.size; i++) {
		const uint8_t byte = text.data[i];

		if (in_string && byte == '\\')
			i++;
		else if (byte == '"')
			in_string = !in_string;
		else if (!in_string && byte == '{')
			depth++;
		else if (!in_string && byte == '}' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* The state behind that byte, which stands between elements. */
static bool take_mark(struct json_array *array, uint8_t byte)
{
	static const struct {
		enum state from, to;
		uint8_t mark;
	} steps[] = {
		{ START, FIRST, '[' },
		{ FIRST, END, ']' },
		{ BEHIND, NEXT, ',' },
		{ BEHIND, END, ']' },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i].from != array->state || steps[i].mark != byte)
			continue;
		array->state = steps[i].to;
		return true;
	}
	return false;
}

enum status json_array_next(struct json_array *array, struct span *text, struct span *element)
{
	for (; text->size > 0; *text = span_skip(*text, 1)) {
		size_t size;

		if (is_blank(text->data[0]))
			continue;
		if (text->data[0] != '{' || (array->state != FIRST && array->state != NEXT)) {
			if (!take_mark(array, text->data[0]))
				return STATUS_REQUEST_JSON;
			continue;
		}
		size = find_end(*text);
		if (size == 0)
			return STATUS_MORE;
		*element = span_first(*text, size);
		*text = span_skip(*text, size);
		array->state = BEHIND;
		return STATUS_OK;
	}
	return STATUS_MORE;
}

bool json_array_has_ended(const struct json_array *array)
{
	return array->state == END;
}
