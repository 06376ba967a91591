/* Reads one flat JSON object (RFC 8259), strictly: jsmn finds the tokens, this checks the grammar around them. */
#ifndef INKI_JSON_READ_H
#define INKI_JSON_READ_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

enum json_kind {
	JSON_STRING,
	JSON_STRINGS, /* an array of strings */
	JSON_OTHER,   /* a number, true, false, null: well-formed, of no use here */
};

enum { JSON_MEMBERS_MAX = 24, JSON_STRINGS_MAX = 16 };

struct json_member {
	struct span name; /* unescaped, as all strings here; valid UTF-8 */
	enum json_kind kind;
	struct span string;         /* of JSON_STRING; of JSON_OTHER as it stands in the text */
	const struct span *strings; /* of JSON_STRINGS, count of them */
	size_t count;
};

struct json_object {
	struct json_member members[JSON_MEMBERS_MAX]; /* in order; names may be repeated: the caller judges that */
	size_t count;
};

/* Reads text, which is one object with nothing but white space around it. Unescaped strings are placed in arena, and so
 * do not depend on text. Returns
 *   REQUEST_JSON: it is no such object, or a member's value is an object, or an array's element an object or an
 *     array, or the UTF-8 is malformed, or a surrogate is alone;
 *   REQUEST_FIELD_TYPE: an array's element is a number, true, false or null;
 *   REQUEST_CONTROL: a string holds U+0001 to U+001F or U+007F to U+009F, however written, or an escaped U+0000;
 *   REQUEST_HOSTS_TOO_MANY: an array is over its limit (the only one that a request may have is hosts);
 *   REQUEST_TOO_LARGE: there are more members than the limit, or the arena is full. */
enum status json_read_object(struct span text, struct arena *arena, struct json_object *object);

#endif
