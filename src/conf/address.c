#include "conf/address.h"

#include "base/address.h"

bool conf_address_read(struct span text, struct span *address, uint16_t *port)
{
	bool bracketed = text.size > 0 && text.data[0] == '[';
	uint8_t bytes[ADDRESS_SIZE_MAX];
	size_t end;

	text = span_skip(text, bracketed);
	end = span_find_byte(text, bracketed ? ']' : ':');
	*address = span_first(text, end);
	text = span_skip(text, end + bracketed);
	*port = 0;
	if (address_read(*address, bytes) != (bracketed ? 16 : 4))
		return false;
	return text.size > 0 && text.data[0] == ':' && address_read_port(span_skip(text, 1), port);
}
