#include "conf/stream.h"

static struct conf_place place_of_mark(yaml_mark_t mark)
{
	return (struct conf_place){ mark.line + 1, mark.column + 1 };
}

/* The place of a byte; what comes before it is valid UTF-8. */
static struct conf_place place_of_offset(struct span yaml, size_t offset)
{
	struct conf_place place = { 1, 1 };

	for (size_t i = 0; i < offset && i < yaml.size; i++) {
		if (yaml.data[i] == '\n')
			place = (struct conf_place){ place.line + 1, 1 };
		else if ((yaml.data[i] & 0xc0) != 0x80)
			place.column++;
	}
	return place;
}

static bool set_problem(struct conf_stream *stream, struct conf_place place, const char *words)
{
	stream->problem = (struct conf_problem){ .place = place, .words = words };
	return false;
}

/* Takes over what libyaml says. */
static bool set_syntax_problem(struct conf_stream *stream)
{
	const yaml_parser_t *parser = &stream->parser;
	struct conf_problem *problem = &stream->problem;

	if (parser->error == YAML_MEMORY_ERROR || !parser->problem)
		return set_problem(stream, place_of_mark(parser->mark), "there is not enough memory to read the file");
	set_problem(stream, place_of_mark(parser->problem_mark), parser->problem);
	if (parser->error == YAML_READER_ERROR) { /* it is no text, and so has no marks */
		problem->place = place_of_offset(stream->yaml, parser->problem_offset);
		problem->advice = "write the file in UTF-8";
		return false;
	}
	problem->context = parser->context;
	problem->context_line = parser->context_mark.line + 1;
	problem->advice = "indent with spaces, and put what holds special characters in quotes";
	return false;
}

bool conf_stream_open(struct conf_stream *stream, struct span yaml)
{
	*stream = (struct conf_stream){ .yaml = yaml };
	if (!yaml_parser_initialize(&stream->parser))
		return set_syntax_problem(stream);
	yaml_parser_set_encoding(&stream->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&stream->parser, yaml.size > 0 ? yaml.data : (const uint8_t *)"", yaml.size);
	return true;
}

void conf_stream_close(struct conf_stream *stream)
{
	yaml_event_delete(&stream->event);
	yaml_parser_delete(&stream->parser);
}

/* Has the event an anchor or a tag, or is it an alias? Returns the words for it, or NULL. */
static const char *refuse_event(const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_ALIAS_EVENT)
		return "an alias (*) is not allowed here; write the value out";
	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor)
		return "an anchor (&) is not allowed here; write each value out";
	return tag ? "a tag (!) is not allowed here; the types are known" : NULL;
}

/* Takes the next event that is a node, past the starts and ends of the stream and of its one document. */
static bool take_event(struct conf_stream *stream)
{
	yaml_event_t *event = &stream->event;

	do {
		yaml_event_delete(event);
		if (!yaml_parser_parse(&stream->parser, event))
			return set_syntax_problem(stream);
		if (event->type == YAML_DOCUMENT_START_EVENT) {
			if (stream->in_document)
				return set_problem(stream, place_of_mark(event->start_mark),
				                   "a second document starts here; there may be but one");
			stream->in_document = true;
		}
	} while (event->type == YAML_STREAM_START_EVENT || event->type == YAML_DOCUMENT_START_EVENT ||
	         event->type == YAML_DOCUMENT_END_EVENT);
	return true;
}

/* The forms of null in YAML's core schema. */
static bool is_null(struct span text)
{
	return text.size == 0 || span_equal(text, SPAN("~")) || span_equal(text, SPAN("null")) ||
	       span_equal(text, SPAN("Null")) || span_equal(text, SPAN("NULL"));
}

static void set_scalar(struct conf_node *node, const yaml_event_t *event)
{
	node->text = span_of(event->data.scalar.value, event->data.scalar.length);
	node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->kind = node->is_plain && is_null(node->text) ? CONF_NOTHING : CONF_SCALAR;
}

bool conf_stream_take(struct conf_stream *stream, struct conf_node *node)
{
	const yaml_event_t *event = &stream->event;
	const char *refused;

	*node = (struct conf_node){ .kind = CONF_END };
	if (!take_event(stream))
		return false;
	node->place = place_of_mark(event->start_mark);
	refused = refuse_event(event);
	if (refused)
		return set_problem(stream, node->place, refused);
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		set_scalar(node, event);
		return true;
	case YAML_SEQUENCE_START_EVENT:
		node->kind = CONF_LIST;
		return true;
	case YAML_MAPPING_START_EVENT:
		node->kind = CONF_MAPPING;
		return true;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
	case YAML_STREAM_END_EVENT:
		return true;
	default:
		return set_problem(stream, node->place, "libyaml reports something that it should not");
	}
}
