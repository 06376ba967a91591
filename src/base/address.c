#include "base/address.h"

bool address_read_port(struct span text, uint16_t *port)
{
	uint32_t number = 0;

	*port = 0;
	if (text.size == 0 || text.size > 5 || (text.size > 1 && text.data[0] == '0'))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = 10 * number + (uint32_t)(text.data[i] - '0');
	}
	if (number > UINT16_MAX)
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
