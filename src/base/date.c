#include "base/date.h"

enum { SECONDS_A_DAY = 86400 };

struct civil_date {
	int64_t year;
	unsigned month, day;
};

/* Days since 1970-01-01 of a day in the Gregorian calendar. The year is counted from March, so that the day that comes
 * and goes is its last one; 719468 is the count of days from 0000-03-01 to 1970-01-01. */
static int64_t days_from_civil(struct civil_date date)
{
	int64_t year = date.month > 2 ? date.year : date.year - 1;
	int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;

	return 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

static struct civil_date civil_from_days(int64_t days)
{
	struct civil_date date = { .year = 1970 + days / 365 + 1, .month = 12, .day = 1 };

	while (days_from_civil((struct civil_date){ date.year, 1, 1 }) > days)
		date.year--;
	while (days_from_civil((struct civil_date){ date.year, date.month, 1 }) > days)
		date.month--;
	date.day = (unsigned)(days - days_from_civil((struct civil_date){ date.year, date.month, 1 })) + 1;
	return date;
}

/* Takes count decimal digits off the front of *text; -1 if there are fewer. */
static int64_t take_digits(struct span *text, size_t count)
{
	int64_t number = 0;

	if (text->size < count)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (text->data[i] < '0' || text->data[i] > '9')
			return -1;
		number = 10 * number + (text->data[i] - '0');
	}
	*text = span_skip(*text, count);
	return number;
}

/* Takes one byte of either of two kinds off the front of *text. */
static bool take_either(struct span *text, uint8_t one, uint8_t other)
{
	if (text->size == 0 || (text->data[0] != one && text->data[0] != other))
		return false;
	*text = span_skip(*text, 1);
	return true;
}

static bool take_civil_date(struct span *text, struct civil_date *date)
{
	int64_t month, day;

	date->year = take_digits(text, 4);
	if (date->year < 1970 || !take_either(text, '-', '-'))
		return false;
	month = take_digits(text, 2);
	if (month < 1 || month > 12 || !take_either(text, '-', '-'))
		return false;
	day = take_digits(text, 2);
	if (day < 1 || day > 31)
		return false;
	date->month = (unsigned)month;
	date->day = (unsigned)day;
	/* 31 April would be 1 May: a day that does not exist comes back as another one */
	return civil_from_days(days_from_civil(*date)).day == date->day;
}

/* hh:mm:ss[.fraction]; a leap second (:60) is taken as the second before it. */
static bool take_time_of_day(struct span *text, int64_t *seconds)
{
	int64_t hour, minute, second;

	hour = take_digits(text, 2);
	if (hour < 0 || hour > 23 || !take_either(text, ':', ':'))
		return false;
	minute = take_digits(text, 2);
	if (minute < 0 || minute > 59 || !take_either(text, ':', ':'))
		return false;
	second = take_digits(text, 2);
	if (second < 0 || second > 60)
		return false;
	*seconds = 3600 * hour + 60 * minute + (second == 60 ? 59 : second);
	if (!take_either(text, '.', '.'))
		return true;
	if (take_digits(text, 1) < 0)
		return false;
	while (take_digits(text, 1) >= 0)
		;
	return true;
}

/* Z or +hh:mm or -hh:mm, in seconds east of Greenwich. */
static bool take_offset(struct span *text, int64_t *seconds)
{
	bool west = text->size > 0 && text->data[0] == '-';
	int64_t hour, minute;

	*seconds = 0;
	if (take_either(text, 'Z', 'z'))
		return true;
	if (!take_either(text, '+', '-'))
		return false;
	hour = take_digits(text, 2);
	if (hour < 0 || hour > 23 || !take_either(text, ':', ':'))
		return false;
	minute = take_digits(text, 2);
	if (minute < 0 || minute > 59)
		return false;
	*seconds = 3600 * hour + 60 * minute;
	if (west)
		*seconds = -*seconds;
	return true;
}

bool date_read(struct span text, int64_t *time)
{
	struct civil_date date;
	int64_t time_of_day, offset;

	*time = 0;
	if (!take_civil_date(&text, &date) || !take_either(&text, 'T', 't') || !take_time_of_day(&text, &time_of_day) ||
	    !take_offset(&text, &offset) || text.size > 0)
		return false;
	*time = days_from_civil(date) * SECONDS_A_DAY + time_of_day - offset;
	return *time >= 0 && *time <= DATE_MAX;
}

static int64_t clamp(int64_t time)
{
	if (time < 0)
		return 0;
	return time > DATE_MAX ? DATE_MAX : time;
}

static void write_time_of_day(struct writer *writer, int64_t time)
{
	writer_put_padded_number(writer, (uint64_t)(time / 3600 % 24), 2);
	writer_put_byte(writer, ':');
	writer_put_padded_number(writer, (uint64_t)(time / 60 % 60), 2);
	writer_put_byte(writer, ':');
	writer_put_padded_number(writer, (uint64_t)(time % 60), 2);
}

void date_write(struct writer *writer, int64_t time)
{
	struct civil_date date = civil_from_days(clamp(time) / SECONDS_A_DAY);

	writer_put_padded_number(writer, (uint64_t)date.year, 4);
	writer_put_byte(writer, '-');
	writer_put_padded_number(writer, date.month, 2);
	writer_put_byte(writer, '-');
	writer_put_padded_number(writer, date.day, 2);
	writer_put_byte(writer, 'T');
	write_time_of_day(writer, clamp(time));
	writer_put_byte(writer, 'Z');
}

void date_write_http(struct writer *writer, int64_t time)
{
	static const char day_names[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
	static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t days = clamp(time) / SECONDS_A_DAY;
	struct civil_date date = civil_from_days(days);

	writer_put(writer, span_of(day_names + 3 * (days % 7), 3));
	writer_put(writer, SPAN(", "));
	writer_put_padded_number(writer, date.day, 2);
	writer_put_byte(writer, ' ');
	writer_put(writer, span_of(month_names + 3 * (date.month - 1), 3));
	writer_put_byte(writer, ' ');
	writer_put_padded_number(writer, (uint64_t)date.year, 4);
	writer_put_byte(writer, ' ');
	write_time_of_day(writer, clamp(time));
	writer_put(writer, SPAN(" GMT"));
}
