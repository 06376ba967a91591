#include "conf/reader.h"

struct writer *conf_error_start(struct conf_reader *reader, struct conf_place place)
{
	struct writer *error = reader->error;

	reader->failed = true;
	writer_put_string(error, reader->input->file_name);
	writer_put_byte(error, ':');
	writer_put_padded_number(error, place.line, 1);
	writer_put_byte(error, ':');
	writer_put_padded_number(error, place.column, 1);
	writer_put(error, SPAN(": "));
	return error;
}

bool conf_error(struct conf_reader *reader, struct conf_place place, const char *words)
{
	writer_put_string(conf_error_start(reader, place), words);
	return false;
}

void conf_write_quoted(struct writer *writer, struct span text)
{
	enum { SHOWN_MAX = 128 };
	struct span shown = span_first(text, SHOWN_MAX);

	writer_put_byte(writer, '"');
	for (size_t i = 0; i < shown.size; i++)
		writer_put_byte(writer, shown.data[i] >= 0x20 && shown.data[i] < 0x7f ? shown.data[i] : '?');
	writer_put_string(writer, shown.size < text.size ? "...\"" : "\"");
}

bool conf_copy(struct conf_reader *reader, const struct conf_node *node, struct span *copy)
{
	return arena_copy(reader->arena, node->text, copy) ||
	       conf_error(reader, node->place,
	                  "the configuration is larger than the memory that was set aside for it; "
	                  "shorten it, or build with a larger CONFIG_SETTINGS_ARENA_KB");
}

static bool tell_problem(struct conf_reader *reader)
{
	const struct conf_problem *problem = &reader->stream.problem;
	struct writer *error = conf_error_start(reader, problem->place);

	writer_put_string(error, problem->words);
	if (problem->context) {
		writer_put_byte(error, ' ');
		writer_put_string(error, problem->context);
		writer_put(error, SPAN(" from line "));
		writer_put_padded_number(error, problem->context_line, 1);
	}
	if (problem->advice) {
		writer_put(error, SPAN("; "));
		writer_put_string(error, problem->advice);
	}
	return false;
}

bool conf_open(struct conf_reader *reader)
{
	return conf_stream_open(&reader->stream, reader->input->yaml) || tell_problem(reader);
}

bool conf_take(struct conf_reader *reader, struct conf_node *node)
{
	return conf_stream_take(&reader->stream, node) || tell_problem(reader);
}

static void write_node(struct writer *writer, const struct conf_node *node)
{
	static const char *const kinds[] = {
		[CONF_NOTHING] = "nothing",
		[CONF_LIST] = "a list",
		[CONF_MAPPING] = "a mapping",
		[CONF_END] = "nothing",
	};

	if (node->kind == CONF_SCALAR)
		conf_write_quoted(writer, node->text);
	else
		writer_put_string(writer, kinds[node->kind]);
}

bool conf_read_value(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	struct writer *error;

	if (key->type->read(reader, key, node, field))
		return true;
	if (reader->failed)
		return false;
	error = conf_error_start(reader, node->place);
	writer_put_string(error, key->name);
	writer_put(error, SPAN(" cannot be "));
	write_node(error, node);
	writer_put(error, SPAN("; it takes "));
	writer_put_string(error, key->type->takes);
	if (key->max > 0) {
		writer_put(error, SPAN(" from "));
		writer_put_number(error, key->min);
		writer_put(error, SPAN(" to "));
		writer_put_number(error, key->max);
	}
	return false;
}

static bool refuse_unknown_key(struct conf_reader *reader, const struct conf_mapping *mapping,
                               const struct conf_node *node)
{
	struct writer *error = conf_error_start(reader, node->place);
	const char *separator = " is no key here; there are ";

	write_node(error, node);
	for (size_t i = 0; i < mapping->count; i++) {
		if (!mapping->keys[i].type)
			continue;
		writer_put_string(error, separator);
		writer_put_string(error, mapping->keys[i].name);
		separator = ", ";
	}
	return false;
}

static bool refuse_key(struct conf_reader *reader, const struct conf_node *node, const char *before, const char *after)
{
	struct writer *error = conf_error_start(reader, node->place);

	writer_put_string(error, before);
	write_node(error, node);
	writer_put_string(error, after);
	return false;
}

/* Finds the key that node names, or tells why not. */
static bool find_key(struct conf_reader *reader, const struct conf_mapping *mapping, const struct conf_node *node,
                     uint32_t *seen, const struct conf_key **key)
{
	size_t i = 0;

	while (i < mapping->count && !span_equal(node->text, span_of_string(mapping->keys[i].name)))
		i++;
	if (i == mapping->count)
		return refuse_unknown_key(reader, mapping, node);
	*key = &mapping->keys[i];
	if (!(*key)->type)
		return refuse_key(reader, node, "this version of inki does not have ", " yet; take it out");
	if (*seen & UINT32_C(1) << i)
		return refuse_key(reader, node, "", " is there twice; take one out");
	*seen |= UINT32_C(1) << i;
	return true;
}

bool conf_read_mapping(struct conf_reader *reader, const struct conf_mapping *mapping, const struct conf_node *node,
                       void *owner, uint32_t *seen)
{
	struct conf_node name, value;
	const struct conf_key *key;

	*seen = 0;
	if (node->kind != CONF_MAPPING)
		return false;
	while (conf_take(reader, &name)) {
		if (name.kind == CONF_END)
			return true;
		if (!find_key(reader, mapping, &name, seen, &key) || !conf_take(reader, &value) ||
		    !conf_read_value(reader, key, &value, (uint8_t *)owner + key->offset))
			return false;
	}
	return false;
}

bool conf_read_list(struct conf_reader *reader, const struct conf_key *key, const struct conf_type *type,
                    const struct conf_node *node, void *field)
{
	struct conf_key element = *key;
	struct conf_node value;

	element.type = type;
	if (node->kind != CONF_LIST)
		return false;
	while (conf_take(reader, &value)) {
		if (value.kind == CONF_END)
			return true;
		if (!conf_read_value(reader, &element, &value, field))
			return false;
	}
	return false;
}
