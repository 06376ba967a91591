#include "client/listed_key.h"

#include "base/date.h"
#include "base/encoding.h"
#include "json/read.h"

enum { USER_MAX = 64, FINGERPRINT_MAX = 64 }; /* bytes */

static struct span find(const struct json_object *object, struct span name)
{
	for (size_t i = 0; i < object->count; i++)
		if (span_equal(object->members[i].name, name))
			return object->members[i].string;
	return (struct span){ 0 };
}

static bool is_between(struct span text, size_t least, size_t most)
{
	return text.size >= least && text.size <= most;
}

bool listed_key_read(struct span object, struct arena *arena, struct listed_key *key)
{
	struct json_object *members = arena_take_zeroed(arena, 1, sizeof(*members));

	*key = (struct listed_key){ 0 };
	if (!members || json_read_object(object, arena, members) != STATUS_OK)
		return false;
	key->user = find(members, SPAN("user"));
	key->fingerprint = find(members, SPAN("fingerprint"));
	key->md5 = find(members, SPAN("md5"));
	return is_between(key->user, 1, USER_MAX) && is_between(key->fingerprint, 1, FINGERPRINT_MAX) &&
	       is_between(key->md5, 1, FINGERPRINT_MAX) && date_read(find(members, SPAN("expire")), &key->expire);
}

static void put_line(struct writer *writer, const char *name, struct span value)
{
	writer_put_string(writer, name);
	printable_write(writer, value);
	writer_put_byte(writer, '\n');
}

/* 2016-12-15 14:30:42 +0000 UTC */
static void put_time(struct writer *writer, int64_t time)
{
	uint8_t room[32];
	struct writer rfc3339 = writer_of(room, sizeof(room));

	date_write(&rfc3339, time);
	writer_put(writer, span_of(room, 10));
	writer_put_byte(writer, ' ');
	writer_put(writer, span_of(room + 11, 8));
	writer_put_string(writer, " +0000 UTC");
}

void listed_key_write(struct writer *writer, const struct listed_key *key)
{
	put_line(writer, " - Username:     ", key->user);
	put_line(writer, "   Fingerprint:  ", key->fingerprint);
	put_line(writer, "   MD5:          ", key->md5);
	writer_put_string(writer, "   Expires:      ");
	put_time(writer, key->expire);
	writer_put_byte(writer, '\n');
}
