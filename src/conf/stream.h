/* The YAML of a configuration as a stream of nodes, each with its place; the only file that knows libyaml.
 *
 * Let through is one document of UTF-8, in block or flow style. Anchors, aliases, tags and further documents are
 * problems, as is everything that is not YAML.
 */
#ifndef INKI_CONF_STREAM_H
#define INKI_CONF_STREAM_H

#include "base/span.h"

#include <yaml.h>

struct conf_place {
	size_t line, column; /* from 1 on; columns count characters */
};

enum conf_node_kind {
	CONF_SCALAR,
	CONF_NOTHING, /* a scalar that is null or is not there: "key:", "key: ~", "key: null" */
	CONF_LIST,    /* its elements follow, then CONF_END */
	CONF_MAPPING, /* its keys and values follow in turn, then CONF_END */
	CONF_END,     /* of a list, of a mapping, or of the file */
};

struct conf_node {
	enum conf_node_kind kind;
	struct conf_place place;
	struct span text; /* of a scalar; lasts until the next node is taken */
	bool is_plain;    /* a scalar without quotes: only such a one is a number, or true */
};

struct conf_problem {
	struct conf_place place;
	const char *words;   /* what is wrong */
	const char *context; /* where, e.g. "while parsing a block mapping", which started at context_line; or NULL */
	size_t context_line;
	const char *advice; /* what would be right, unless the words say it; or NULL */
};

struct conf_stream {
	struct conf_problem problem; /* why conf_stream_open() or conf_stream_take() returned false */
	/* private */
	yaml_parser_t parser;
	yaml_event_t event;
	struct span yaml;
	bool in_document;
};

/* Starts to read yaml, which outlives the stream. Close it in any case; do not read on after a problem. */
bool conf_stream_open(struct conf_stream *stream, struct span yaml);
void conf_stream_close(struct conf_stream *stream);

/* The next node. */
bool conf_stream_take(struct conf_stream *stream, struct conf_node *node);

#endif
