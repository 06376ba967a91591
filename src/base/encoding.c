#include "base/encoding.h"

#include <string.h>

bool decimal_read(struct span text, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < text.size; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';

		if (digit > 9 || *number > (UINT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return text.size > 0;
}

int hex_digit_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

static void write_hex_digits(struct writer *writer, struct span bytes, const char digits[static 16])
{
	for (size_t i = 0; i < bytes.size; i++) {
		writer_put_byte(writer, (uint8_t)digits[bytes.data[i] >> 4]);
		writer_put_byte(writer, (uint8_t)digits[bytes.data[i] & 15]);
	}
}

void hex_write(struct writer *writer, struct span bytes)
{
	write_hex_digits(writer, bytes, "0123456789abcdef");
}

void hex_write_upper(struct writer *writer, struct span bytes)
{
	write_hex_digits(writer, bytes, "0123456789ABCDEF");
}

bool hex_read(struct span text, uint8_t *bytes, size_t size)
{
	if (text.size / 2 != size || text.size % 2 != 0)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = hex_digit_value(text.data[2 * i]);
		int low = hex_digit_value(text.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

int base64_digit_value(uint8_t digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a' + 26;
	if (digit >= '0' && digit <= '9')
		return digit - '0' + 52;
	if (digit == '+')
		return 62;
	return digit == '/' ? 63 : -1;
}

bool base64_is_alphabet(struct span text)
{
	/* a bit for each of the bytes 0x20 to 0x3f, and so on: + / 0 to 9, A to Z, a to z */
	static const uint32_t digits[8] = { [1] = 0x03ff8800, [2] = 0x07fffffe, [3] = 0x07fffffe };

	while (text.size > 0 && text.data[text.size - 1] == '=')
		text.size--;
	for (size_t i = 0; i < text.size; i++)
		if (!(digits[text.data[i] / 32] >> text.data[i] % 32 & 1))
			return false;
	return true;
}

static uint8_t base64_digit(uint32_t value)
{
	return (uint8_t) "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[value & 63];
}

/* Room is looked for once: this makes nine tenths of each line for sshd. */
void base64_write_unpadded(struct writer *writer, struct span bytes)
{
	const size_t rest = bytes.size % 3, whole = bytes.size - rest;
	uint8_t *digits = writer_reserve(writer, whole / 3 * 4 + (rest > 0 ? rest + 1 : 0));
	uint32_t bits;

	if (!digits)
		return;
	for (size_t i = 0; i < whole; i += 3, digits += 4) {
		bits = (uint32_t)bytes.data[i] << 16 | (uint32_t)bytes.data[i + 1] << 8 | bytes.data[i + 2];
		digits[0] = base64_digit(bits >> 18);
		digits[1] = base64_digit(bits >> 12);
		digits[2] = base64_digit(bits >> 6);
		digits[3] = base64_digit(bits);
	}
	if (rest == 0)
		return;
	bits = (uint32_t)bytes.data[whole] << 16 | (rest == 2 ? (uint32_t)bytes.data[whole + 1] << 8 : 0);
	for (size_t i = 0; i <= rest; i++)
		digits[i] = base64_digit(bits >> (18 - 6 * i));
}

void base64_write(struct writer *writer, struct span bytes)
{
	base64_write_unpadded(writer, bytes);
	for (size_t i = bytes.size; i % 3 != 0; i++)
		writer_put_byte(writer, '=');
}

bool base64_read(struct span text, struct writer *writer)
{
	uint32_t bits = 0;
	unsigned count = 0;
	size_t padding = 0;

	if (text.size % 4 != 0)
		return false;
	while (padding < 2 && text.size > 0 && text.data[text.size - 1] == '=') {
		text.size--;
		padding++;
	}
	for (size_t i = 0; i < text.size; i++) {
		int value = base64_digit_value(text.data[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		count += 6;
		if (count >= 8) {
			count -= 8;
			writer_put_byte(writer, (uint8_t)(bits >> count));
		}
	}
	/* count is now 0, 2 or 4 (a lone digit cannot be: the whole is a multiple of 4 with at most 2 of padding) */
	return count == 2 * padding && (bits & ((1U << count) - 1)) == 0 && !writer->overflowed;
}

/* One row for each kind of first byte: how many bytes follow, and the range of the second (RFC 3629 section 4). */
static const struct {
	uint8_t first, last, following, second_low, second_high;
} utf8_rows[] = {
	{ 0x00, 0x7f, 0, 0x00, 0x00 }, { 0xc2, 0xdf, 1, 0x80, 0xbf }, { 0xe0, 0xe0, 2, 0xa0, 0xbf },
	{ 0xe1, 0xec, 2, 0x80, 0xbf }, { 0xed, 0xed, 2, 0x80, 0x9f }, { 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf }, { 0xf1, 0xf3, 3, 0x80, 0xbf }, { 0xf4, 0xf4, 3, 0x80, 0x8f },
};

/* The size of the character at the start of text, or 0 if it is not well-formed. */
static size_t utf8_character_size(struct span text)
{
	size_t row = 0;

	while (row < sizeof(utf8_rows) / sizeof(utf8_rows[0]) && text.data[0] > utf8_rows[row].last)
		row++;
	if (row == sizeof(utf8_rows) / sizeof(utf8_rows[0]) || text.data[0] < utf8_rows[row].first ||
	    utf8_rows[row].following >= text.size)
		return 0;
	for (size_t i = 1; i <= utf8_rows[row].following; i++) {
		uint8_t low = i == 1 ? utf8_rows[row].second_low : 0x80;
		uint8_t high = i == 1 ? utf8_rows[row].second_high : 0xbf;

		if (text.data[i] < low || text.data[i] > high)
			return 0;
	}
	return 1U + utf8_rows[row].following;
}

/* How many bytes, at least, are printable ASCII at the start of text? Most text is nothing else, so it is looked at by
 * eight bytes: a subtraction borrows, and so sets the highest bit of a byte, where that byte is too small. */
static size_t count_plain(struct span text)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t count = 0;

	for (; text.size - count >= sizeof(ones); count += sizeof(ones)) {
		uint64_t bytes;

		memcpy(&bytes, text.data + count, sizeof(bytes));
		if ((bytes | (bytes - 0x20 * ones) | ((bytes ^ 0x7f * ones) - ones)) & 0x80 * ones)
			break;
	}
	return count;
}

bool utf8_is_valid(struct span text)
{
	while (text.size > 0) {
		size_t plain = count_plain(text);
		size_t size = plain > 0 ? plain : utf8_character_size(text);

		if (size == 0)
			return false;
		text = span_skip(text, size);
	}
	return true;
}

/* U+0080 to U+009F are C2 80 to C2 9F. */
bool utf8_has_control(struct span text)
{
	for (size_t i = count_plain(text); i < text.size; i++)
		if (text.data[i] < 0x20 || text.data[i] == 0x7f ||
		    (text.data[i] == 0xc2 && i + 1 < text.size && text.data[i + 1] < 0xa0))
			return true;
	return false;
}

void utf8_write(struct writer *writer, uint32_t code_point)
{
	static const struct {
		uint32_t below;
		uint8_t lead, following;
	} forms[] = { { 0x80, 0x00, 0 }, { 0x800, 0xc0, 1 }, { 0x10000, 0xe0, 2 }, { 0x110000, 0xf0, 3 } };
	size_t form = 0;

	while (form < 3 && code_point >= forms[form].below)
		form++;
	writer_put_byte(writer, (uint8_t)(forms[form].lead | code_point >> (6 * forms[form].following)));
	for (unsigned left = forms[form].following; left-- > 0;)
		writer_put_byte(writer, (uint8_t)(0x80 | (code_point >> (6 * left) & 0x3f)));
}

/* Is this character, of so many bytes, one that does something instead of being seen? */
static bool is_control(struct span character)
{
	static const struct {
		uint16_t first, last;
	} controls[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0x061c, 0x061c },
		{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 },
	};
	uint32_t point = character.data[0];

	if (character.size > 1)
		point &= 0x7fU >> character.size;
	for (size_t i = 1; i < character.size; i++)
		point = point << 6 | (character.data[i] & 0x3f);
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (point >= controls[i].first && point <= controls[i].last)
			return true;
	return false;
}

bool text_is_plain(struct span text)
{
	const struct span marks = SPAN("-._:/+@%[]");

	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];

		if (!(byte >= '0' && byte <= '9') && !(byte >= 'A' && byte <= 'Z') && !(byte >= 'a' && byte <= 'z') &&
		    span_find_byte(marks, byte) == marks.size)
			return false;
	}
	return text.size > 0;
}

size_t printable_size(struct span text)
{
	size_t size = utf8_character_size(text);

	return size > 0 && !is_control(span_first(text, size)) ? size : 0;
}

void printable_write(struct writer *writer, struct span text)
{
	while (text.size > 0) {
		size_t printable = printable_size(text), size = printable ? printable : utf8_character_size(text);

		if (printable)
			writer_put(writer, span_first(text, size));
		else
			writer_put_byte(writer, '?');
		text = span_skip(text, size > 0 ? size : 1);
	}
}
