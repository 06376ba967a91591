#include "host/account.h"

#include "base/encoding.h"
#include "host/file.h"
#include "host/pages.h"

#include <unistd.h>

/* The user database: a line is name:password:user:group:... */
enum { DATABASE_SIZE_MAX = 1 << 20 };

/* Takes what stands in front of the next colon. */
static struct span take_field(struct span *line)
{
	size_t size = span_find_byte(*line, ':');
	struct span field = span_first(*line, size);

	*line = span_skip(*line, size + 1);
	return field;
}

static bool read_number(struct span text, uint32_t *number)
{
	uint64_t value;
	bool works = decimal_read(text, &value) && value < UINT32_MAX; /* the last one means "none" */

	*number = works ? (uint32_t)value : UINT32_MAX;
	return works;
}

/* Looks for a line of that name, or of that number. */
static bool find(struct span database, struct span name, const uint32_t *number, struct account *account)
{
	struct span line;

	while (span_take_line(&database, &line)) {
		struct span found = take_field(&line);
		struct account entry;

		take_field(&line);
		if (!read_number(take_field(&line), &entry.user) || !read_number(take_field(&line), &entry.group) ||
		    !(number ? entry.user == *number : span_equal(found, name)))
			continue;
		*account = entry;
		return true;
	}
	return false;
}

bool account_find(struct span name, struct account *account)
{
	uint8_t *room = pages_take(DATABASE_SIZE_MAX);
	struct span database = { 0 };
	const char *why_not;
	uint32_t number;
	bool found;

	*account = (struct account){ 0 };
	if (!room)
		return false;
	if (name.size == 0 || !file_read(SPAN("/etc/passwd"), room, DATABASE_SIZE_MAX, &database, &why_not))
		database = (struct span){ 0 };
	found = find(database, name, NULL, account);
	if (!found && read_number(name, &number)) {
		*account = (struct account){ .user = number, .group = number };
		(void)find(database, name, &number, account);
		found = true;
	}
	pages_give_back(room, DATABASE_SIZE_MAX);
	return found;
}

struct account account_current(void)
{
	return (struct account){ .user = geteuid(), .group = getegid() };
}
