#include "json/scalar.h"

#include "base/encoding.h"

/* \uXXXX: one unit of UTF-16. */
static bool take_unit(struct span *text, uint32_t *unit)
{
	uint8_t bytes[2];

	if (!span_starts_with(*text, SPAN("\\u")) || text->size < 6 ||
	    !hex_read(span_of(text->data + 2, 4), bytes, sizeof(bytes)))
		return false;
	*unit = (uint32_t)bytes[0] << 8 | bytes[1];
	*text = span_skip(*text, 6);
	return true;
}

/* The escape at the start of *text (RFC 8259 section 7); a character beyond U+FFFF is two units, a high and a low
 * one. */
static bool take_escape(struct span *text, uint32_t *code_point)
{
	static const uint8_t characters[] = { '"', '\\', '/', '\b', '\f', '\n', '\r', '\t' };
	size_t letter = text->size < 2 ? sizeof(characters) : span_find_byte(SPAN("\"\\/bfnrt"), text->data[1]);
	uint32_t low;

	if (letter < sizeof(characters)) {
		*code_point = characters[letter];
		*text = span_skip(*text, 2);
		return true;
	}
	if (!take_unit(text, code_point))
		return false;
	if (*code_point < 0xd800 || *code_point > 0xdfff)
		return true;
	if (*code_point > 0xdbff || !take_unit(text, &low) || low < 0xdc00 || low > 0xdfff)
		return false;
	*code_point = 0x10000 + ((*code_point - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

enum status json_unescape(struct span raw, struct writer *out)
{
	size_t start = out->used;

	while (raw.size > 0) {
		struct span plain = span_first(raw, span_find_byte(raw, '\\'));
		uint32_t code_point;

		if (plain.size > 0) {
			writer_put(out, plain);
			raw = span_skip(raw, plain.size);
			continue;
		}
		if (!take_escape(&raw, &code_point))
			return STATUS_REQUEST_JSON;
		utf8_write(out, code_point);
	}
	if (out->overflowed)
		return STATUS_REQUEST_TOO_LARGE;
	return utf8_has_control(span_skip(writer_written(out), start)) ? STATUS_REQUEST_CONTROL : STATUS_OK;
}

static bool take_byte(struct span *text, uint8_t byte)
{
	if (text->size == 0 || text->data[0] != byte)
		return false;
	*text = span_skip(*text, 1);
	return true;
}

/* Takes decimal digits; returns how many. */
static size_t take_digits(struct span *text)
{
	size_t count = 0;

	while (count < text->size && text->data[count] >= '0' && text->data[count] <= '9')
		count++;
	*text = span_skip(*text, count);
	return count;
}

/* RFC 8259 section 6: -? (0 | 1..9 digits) (. digits)? ([eE] [+-]? digits)? */
static bool is_number(struct span text)
{
	take_byte(&text, '-');
	if (!take_byte(&text, '0') && take_digits(&text) == 0)
		return false;
	if (take_byte(&text, '.') && take_digits(&text) == 0)
		return false;
	if (take_byte(&text, 'e') || take_byte(&text, 'E')) {
		if (!take_byte(&text, '+'))
			take_byte(&text, '-');
		if (take_digits(&text) == 0)
			return false;
	}
	return text.size == 0;
}

bool json_is_primitive(struct span text)
{
	return span_equal(text, SPAN("true")) || span_equal(text, SPAN("false")) || span_equal(text, SPAN("null")) ||
	       is_number(text);
}
