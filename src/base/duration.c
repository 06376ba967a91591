#include "base/date.h"

static const struct {
	uint8_t letter;
	int64_t seconds;
} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

enum { UNIT_COUNT = sizeof(units) / sizeof(units[0]) };

static const int64_t duration_max = INT64_C(100) * 366 * 86400;

bool duration_read(struct span text, int64_t *seconds)
{
	size_t unit = 0;

	*seconds = 0;
	if (text.size == 0)
		return false;
	while (text.size > 0) {
		int64_t number = 0;
		size_t digits = 0;

		for (; digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9'; digits++)
			if (digits >= 10)
				return false;
			else
				number = 10 * number + (text.data[digits] - '0');
		text = span_skip(text, digits);
		if (digits == 0 || text.size == 0)
			return false;
		while (unit < UNIT_COUNT && units[unit].letter != text.data[0])
			unit++;
		if (unit == UNIT_COUNT)
			return false;
		text = span_skip(text, 1);
		*seconds += number * units[unit++].seconds; /* at most four times 10^10 days: far from overflow */
	}
	return *seconds <= duration_max;
}

void duration_write(struct writer *writer, int64_t seconds)
{
	if (seconds <= 0)
		writer_put(writer, SPAN("0s"));
	for (size_t unit = 0; unit < UNIT_COUNT && seconds > 0; unit++) {
		if (seconds < units[unit].seconds)
			continue;
		writer_put_number(writer, seconds / units[unit].seconds);
		writer_put_byte(writer, units[unit].letter);
		seconds %= units[unit].seconds;
	}
}
