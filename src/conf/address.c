#include "conf/address.h"

#include "base/address.h"
#include "base/encoding.h"

static bool take_byte(struct span *text, uint8_t byte)
{
	if (text->size == 0 || text->data[0] != byte)
		return false;
	*text = span_skip(*text, 1);
	return true;
}

/* A decimal number of at most 255 without leading zeros. */
static bool take_octet(struct span *text)
{
	size_t digits = 0;
	unsigned number = 0;

	for (; digits < text->size && digits < 3 && text->data[digits] >= '0' && text->data[digits] <= '9'; digits++)
		number = 10 * number + (unsigned)(text->data[digits] - '0');
	if (digits == 0 || (digits > 1 && text->data[0] == '0') || number > 255)
		return false;
	*text = span_skip(*text, digits);
	return true;
}

static bool is_ipv4(struct span text)
{
	return take_octet(&text) && take_byte(&text, '.') && take_octet(&text) && take_byte(&text, '.') &&
	       take_octet(&text) && take_byte(&text, '.') && take_octet(&text) && text.size == 0;
}

/* Takes one to four hexadecimal digits off the front of *text. */
static bool take_group(struct span *text)
{
	size_t digits = 0;

	while (digits < text->size && hex_digit_value(text->data[digits]) >= 0)
		digits++;
	*text = span_skip(*text, digits);
	return digits >= 1 && digits <= 4;
}

static bool take_gap(struct span *text)
{
	if (!span_starts_with(*text, SPAN("::")))
		return false;
	*text = span_skip(*text, 2);
	return true;
}

/* Eight groups (RFC 4291 section 2.2); a gap may stand for one or more of them, an IPv4 address for the last two. */
static bool is_ipv6(struct span text)
{
	bool gap = take_gap(&text);
	unsigned groups = 0;

	while (text.size > 0) {
		if (is_ipv4(text)) {
			groups += 2;
			break;
		}
		if (!take_group(&text))
			return false;
		groups++;
		if (text.size == 0)
			break;
		if (take_gap(&text)) {
			if (gap)
				return false;
			gap = true;
		} else if (!take_byte(&text, ':') || text.size == 0) {
			return false;
		}
	}
	return gap ? groups < 8 : groups == 8;
}

bool conf_address_read(struct span text, struct span *address, uint16_t *port)
{
	bool bracketed = take_byte(&text, '[');
	size_t end = span_find_byte(text, bracketed ? ']' : ':');

	*address = span_first(text, end);
	text = span_skip(text, end);
	*port = 0;
	if (!(bracketed ? is_ipv6(*address) && take_byte(&text, ']') : is_ipv4(*address)))
		return false;
	return take_byte(&text, ':') && address_read_port(text, port);
}
