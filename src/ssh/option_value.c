#include "ssh/option_value.h"

#include "base/address.h"

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_word_byte(uint8_t byte)
{
	return is_digit(byte) || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_';
}

/* Without what no host name and no address has. */
static bool is_plain(struct span value)
{
	return span_find_byte(value, ' ') == value.size && span_find_byte(value, '"') == value.size &&
	       span_find_byte(value, '\\') == value.size;
}

bool option_value_is_text(struct span value)
{
	return value.size > 0;
}

bool option_value_is_patterns(struct span value)
{
	if (!is_plain(value))
		return false;
	for (;;) {
		size_t end = span_find_byte(value, ',');

		if (end == (value.size > 0 && value.data[0] == '!'))
			return false;
		if (end == value.size)
			return true;
		value = span_skip(value, end + 1);
	}
}

/* The two digits at position, at most max? */
static bool is_pair(struct span digits, size_t position, unsigned min, unsigned max)
{
	unsigned number;

	if (position >= digits.size)
		return true;
	number = 10U * (unsigned)(digits.data[position] - '0') + (unsigned)(digits.data[position + 1] - '0');
	return number >= min && number <= max;
}

bool option_value_is_time(struct span value)
{
	if (value.size > 0 && (value.data[value.size - 1] == 'Z'))
		value.size--;
	for (size_t i = 0; i < value.size; i++)
		if (!is_digit(value.data[i]))
			return false;
	return (value.size == 8 || value.size == 12 || value.size == 14) && is_pair(value, 0, 19, 99) &&
	       is_pair(value, 4, 1, 12) && is_pair(value, 6, 1, 31) && is_pair(value, 8, 0, 23) &&
	       is_pair(value, 10, 0, 59) && is_pair(value, 12, 0, 59);
}

bool option_value_is_variable(struct span value)
{
	size_t size = 0;

	while (size < value.size && is_word_byte(value.data[size]))
		size++;
	return size > 0 && size < value.size && value.data[size] == '=';
}

static bool is_port(struct span text)
{
	uint16_t port;

	return span_equal(text, SPAN("*")) || (address_read_port(text, &port) && port > 0);
}

bool option_value_is_host_and_port(struct span value)
{
	size_t end = value.size;

	while (end > 0 && value.data[end - 1] != ':')
		end--;
	return end > 1 && is_plain(value) && is_port(span_skip(value, end));
}

bool option_value_is_port_or_both(struct span value)
{
	return is_port(value) || option_value_is_host_and_port(value);
}

bool option_value_is_tunnel(struct span value)
{
	for (size_t i = 0; i < value.size; i++)
		if (!is_digit(value.data[i]))
			return span_equal(value, SPAN("any"));
	return value.size <= 8;
}
