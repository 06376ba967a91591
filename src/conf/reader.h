/* The engine below the tables: a mapping is a table of keys, a key has a type, a type says what it takes and reads it.
 *
 * Only the first error is told. How deep reading goes is fixed by the tables, not by the file: a value that its type
 * does not take is an error at its first node, and nothing is ever skipped.
 */
#ifndef INKI_CONF_READER_H
#define INKI_CONF_READER_H

#include "conf/conf.h"
#include "conf/stream.h"

struct conf_checks;

struct conf_reader {
	const struct conf_input *input;
	struct conf_stream stream;
	struct arena *arena;
	struct writer *error;
	struct conf_checks *checks; /* see settings.h */
	bool failed;                /* the error was told */
};

struct conf_key;

struct conf_type {
	/* Reads the value that starts with node into *field. Returns false if it is not what the type takes, which the
	 * caller tells, or after it told an error of its own: as it must if it took further nodes. */
	bool (*read)(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field);
	const char *takes; /* for the error: "it takes …" */
};

struct conf_key {
	const char *name;
	const struct conf_type *type; /* NULL: a key of a later version, refused by name */
	size_t offset, size;          /* of the field in the struct that the mapping fills; 0, 0: all of the struct */
	int64_t min, max;             /* of a number */
};

/* A field for the row of a table. */
#define CONF_FIELD(owner, member) .offset = offsetof(owner, member), .size = sizeof(((owner *)0)->member)

/* A mapping of at most 32 keys. */
struct conf_mapping {
	const struct conf_key *keys;
	size_t count;
};

/* Opens the stream of the input; it must be closed in any case. */
bool conf_open(struct conf_reader *reader);

/* The next node; false if there is a problem, which was told. */
bool conf_take(struct conf_reader *reader, struct conf_node *node);

/* Reads one value of key, of which node is the first node, into *field, or tells why not. */
bool conf_read_value(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field);

/* Reads a mapping into *owner; false also if it is none. Sets a bit 1 << i in *seen for each keys[i] that was there. */
bool conf_read_mapping(struct conf_reader *reader, const struct conf_mapping *mapping, const struct conf_node *node,
                       void *owner, uint32_t *seen);

/* Reads each element of a list with type into *field (the same for all); false also if it is none. */
bool conf_read_list(struct conf_reader *reader, const struct conf_key *key, const struct conf_type *type,
                    const struct conf_node *node, void *field);

/* Starts to tell an error: writes FILE:LINE:COLUMN: and returns the writer for the words. */
struct writer *conf_error_start(struct conf_reader *reader, struct conf_place place);

/* Tells an error in one go; always false. */
bool conf_error(struct conf_reader *reader, struct conf_place place, const char *words);

/* Writes text from the file in quotes, shortened, and with ? for all that is not printable ASCII. */
void conf_write_quoted(struct writer *writer, struct span text);

/* Copies the text of a scalar to the arena, or tells that it is full. */
bool conf_copy(struct conf_reader *reader, const struct conf_node *node, struct span *copy);

#endif
