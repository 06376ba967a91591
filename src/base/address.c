#include "base/address.h"

#include "base/encoding.h"

#include <string.h>

static bool take_byte(struct span *text, uint8_t byte)
{
	if (text->size == 0 || text->data[0] != byte)
		return false;
	*text = span_skip(*text, 1);
	return true;
}

/* A decimal number of at most 255 without leading zeros. */
static bool take_octet(struct span *text, uint8_t *octet)
{
	size_t digits = 0;
	unsigned number = 0;

	for (; digits < text->size && digits < 3 && text->data[digits] >= '0' && text->data[digits] <= '9'; digits++)
		number = 10 * number + (unsigned)(text->data[digits] - '0');
	if (digits == 0 || (digits > 1 && text->data[0] == '0') || number > 255)
		return false;
	*octet = (uint8_t)number;
	*text = span_skip(*text, digits);
	return true;
}

static bool read_ipv4(struct span text, uint8_t address[static 4])
{
	for (size_t i = 0; i < 4; i++)
		if ((i > 0 && !take_byte(&text, '.')) || !take_octet(&text, &address[i]))
			return false;
	return text.size == 0;
}

/* Takes one to four hexadecimal digits off the front of *text. */
static bool take_group(struct span *text, uint8_t group[static 2])
{
	unsigned number = 0;
	size_t digits = 0;

	for (; digits < text->size && digits < 4 && hex_digit_value(text->data[digits]) >= 0; digits++)
		number = number << 4 | (unsigned)hex_digit_value(text->data[digits]);
	*text = span_skip(*text, digits);
	group[0] = (uint8_t)(number >> 8);
	group[1] = (uint8_t)number;
	return digits > 0;
}

static bool take_gap(struct span *text)
{
	if (!span_starts_with(*text, SPAN("::")))
		return false;
	*text = span_skip(*text, 2);
	return true;
}

/* Eight groups; a gap may stand for one or more of them, an IPv4 address for the last two. */
static bool read_ipv6(struct span text, uint8_t address[static 16])
{
	bool has_gap = take_gap(&text);
	size_t used = 0, gap = 0; /* bytes; and where among them the gap is */

	while (text.size > 0) {
		if (used <= 12 && read_ipv4(text, address + used)) {
			used += 4;
			break;
		}
		if (used > 14 || !take_group(&text, address + used))
			return false;
		used += 2;
		if (text.size == 0)
			break;
		if (take_gap(&text)) {
			if (has_gap)
				return false;
			has_gap = true;
			gap = used;
		} else if (!take_byte(&text, ':') || text.size == 0) {
			return false;
		}
	}
	if (has_gap ? used > 14 : used != 16)
		return false;
	memmove(address + 16 - (used - gap), address + gap, used - gap);
	memset(address + gap, 0, 16 - used);
	return true;
}

size_t address_read(struct span text, uint8_t address[static ADDRESS_SIZE_MAX])
{
	if (read_ipv4(text, address))
		return 4;
	return read_ipv6(text, address) ? 16 : 0;
}

bool address_read_port(struct span text, uint16_t *port)
{
	uint64_t number;

	*port = 0;
	if (!decimal_read(text, &number) || number > UINT16_MAX || (text.size > 1 && text.data[0] == '0'))
		return false;
	*port = (uint16_t)number;
	return true;
}

void address_write_ipv4(struct writer *writer, const uint8_t address[static 4])
{
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			writer_put_byte(writer, '.');
		writer_put_number(writer, address[i]);
	}
}

/* The first longest run of at least two zero groups: it is written as "::" (RFC 5952 section 4.2). */
static size_t find_zeros(const uint16_t groups[static 8], size_t *length)
{
	size_t best = 8, run = 0;

	*length = 1;
	for (size_t i = 0; i < 8; i++) {
		run = groups[i] == 0 ? run + 1 : 0;
		if (run > *length) {
			*length = run;
			best = i + 1 - run;
		}
	}
	return best;
}

static void write_group(struct writer *writer, uint16_t group)
{
	unsigned shift = 12;

	while (shift > 0 && group >> shift == 0)
		shift -= 4;
	for (;; shift -= 4) {
		writer_put_byte(writer, (uint8_t) "0123456789abcdef"[group >> shift & 15]);
		if (shift == 0)
			return;
	}
}

void address_write_ipv6(struct writer *writer, const uint8_t address[static 16])
{
	uint16_t groups[8];
	size_t zeros, length;

	for (size_t i = 0; i < 8; i++)
		groups[i] = (uint16_t)(address[2 * i] << 8 | address[2 * i + 1]);
	zeros = find_zeros(groups, &length);
	for (size_t i = 0; i < 8; i++) {
		if (i == zeros) {
			writer_put_string(writer, "::");
			i += length - 1;
			continue;
		}
		if (i > 0 && i != zeros + length)
			writer_put_byte(writer, ':');
		write_group(writer, groups[i]);
	}
}

static uint64_t read_number(struct span bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes.size; i++)
		number = number << 8 | bytes.data[i];
	return number;
}

uint64_t address_source_ipv4(const uint8_t address[static 4])
{
	return read_number(span_of(address, 4));
}

uint64_t address_source_ipv6(const uint8_t address[static 16])
{
	const struct span mapped = SPAN("\0\0\0\0\0\0\0\0\0\0\377\377");

	return span_starts_with(span_of(address, 16), mapped) ? address_source_ipv4(address + mapped.size)
	                                                      : read_number(span_of(address, 8));
}
