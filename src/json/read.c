#include "json/read.h"

#include "base/encoding.h"
#include "json/scalar.h"

#include <limits.h>

#define JSMN_STATIC
#define JSMN_STRICT
#include <jsmn.h>

/* The object, and of each member the name, the value and an array's elements. */
enum { TOKENS_MAX = 1 + JSON_MEMBERS_MAX * (2 + JSON_STRINGS_MAX) };

/* jsmn finds where strings, arrays and other values begin and end, but lets pass much that is not JSON around them.
 * So the tokens are taken one after the other, each after a look at all that stands between it and the one before:
 * in the end each byte of the text was either found to be white space or punctuation in its place, or is in a token
 * whose contents were checked. */
struct reader {
	struct span text;
	const jsmntok_t *tokens;
	size_t token_count;
	size_t next; /* the token to take next */
	size_t at;   /* everything before was checked */
	struct arena *arena;
};

/* Reads over white space up to end, and over the one mark that has to be there (0: none has). */
static bool take_gap(struct reader *reader, size_t end, uint8_t mark)
{
	bool is_complete = mark == 0;

	for (; reader->at < end; reader->at++) {
		uint8_t byte = reader->text.data[reader->at];

		if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r')
			continue;
		if (is_complete || byte != mark)
			return false;
		is_complete = true;
	}
	return is_complete;
}

/* Takes the next token behind mark, as take_gap() has it; of an object or an array only the bracket that opens it. NULL
 * if something else is there. */
static const jsmntok_t *take_token(struct reader *reader, uint8_t mark)
{
	const jsmntok_t *token = reader->tokens + reader->next;
	size_t quote;

	if (reader->next == reader->token_count)
		return NULL;
	quote = token->type == JSMN_STRING ? 1 : 0; /* a string's token is what stands between its quotes */
	if (!take_gap(reader, (size_t)token->start - quote, mark))
		return NULL;
	reader->next++;
	if (token->type == JSMN_OBJECT || token->type == JSMN_ARRAY)
		reader->at = (size_t)token->start + 1;
	else
		reader->at = (size_t)token->end + quote;
	return token;
}

/* Is the next token inside of that object or array? */
static bool is_inside(const struct reader *reader, const jsmntok_t *outer)
{
	return reader->next < reader->token_count && reader->tokens[reader->next].start < outer->end;
}

/* Takes the bracket that ends an object or an array. */
static bool take_end(struct reader *reader, const jsmntok_t *outer)
{
	if (!take_gap(reader, (size_t)outer->end - 1, 0))
		return false;
	reader->at = (size_t)outer->end;
	return true;
}

static struct span token_text(const struct reader *reader, const jsmntok_t *token)
{
	return span_of(reader->text.data + token->start, (size_t)(token->end - token->start));
}

static enum status read_string(struct reader *reader, const jsmntok_t *token, struct span *string)
{
	struct span raw = token_text(reader, token);
	/* an escape is never shorter than what it stands for */
	struct writer writer = writer_of(arena_take(reader->arena, raw.size), raw.size);
	enum status status;

	if (!writer.data)
		return STATUS_REQUEST_TOO_LARGE;
	status = json_unescape(raw, &writer);
	*string = writer_written(&writer);
	return status;
}

static enum status read_strings(struct reader *reader, const jsmntok_t *array, struct json_member *member)
{
	struct span *strings = arena_take_zeroed(reader->arena, JSON_STRINGS_MAX, sizeof(*strings));

	if (!strings)
		return STATUS_REQUEST_TOO_LARGE;
	member->strings = strings;
	for (member->count = 0; is_inside(reader, array); member->count++) {
		const jsmntok_t *element = take_token(reader, member->count == 0 ? 0 : ',');
		enum status status;

		if (!element || element->type == JSMN_OBJECT || element->type == JSMN_ARRAY)
			return STATUS_REQUEST_JSON;
		if (element->type != JSMN_STRING)
			return STATUS_REQUEST_FIELD_TYPE;
		if (member->count == JSON_STRINGS_MAX)
			return STATUS_REQUEST_HOSTS_TOO_MANY;
		status = read_string(reader, element, &strings[member->count]);
		if (status != STATUS_OK)
			return status;
	}
	return take_end(reader, array) ? STATUS_OK : STATUS_REQUEST_JSON;
}

static enum status read_value(struct reader *reader, struct json_member *member)
{
	const jsmntok_t *token = take_token(reader, ':');

	if (!token)
		return STATUS_REQUEST_JSON;
	switch (token->type) {
	case JSMN_STRING:
		member->kind = JSON_STRING;
		return read_string(reader, token, &member->string);
	case JSMN_ARRAY:
		member->kind = JSON_STRINGS;
		return read_strings(reader, token, member);
	case JSMN_PRIMITIVE:
		member->kind = JSON_OTHER;
		member->string = token_text(reader, token);
		return json_is_primitive(member->string) ? STATUS_OK : STATUS_REQUEST_JSON;
	default:
		return STATUS_REQUEST_JSON;
	}
}

static enum status read_member(struct reader *reader, struct json_object *object)
{
	const jsmntok_t *name = take_token(reader, object->count == 0 ? 0 : ',');
	struct json_member *member = object->members + object->count;
	enum status status;

	if (!name || name->type != JSMN_STRING)
		return STATUS_REQUEST_JSON;
	if (object->count == JSON_MEMBERS_MAX)
		return STATUS_REQUEST_TOO_LARGE;
	status = read_string(reader, name, &member->name);
	if (status == STATUS_OK)
		status = read_value(reader, member);
	object->count++;
	return status;
}

static enum status read_members(struct reader *reader, struct json_object *object)
{
	const jsmntok_t *outer = take_token(reader, 0);

	if (!outer || outer->type != JSMN_OBJECT)
		return STATUS_REQUEST_JSON;
	while (is_inside(reader, outer)) {
		enum status status = read_member(reader, object);

		if (status != STATUS_OK)
			return status;
	}
	if (!take_end(reader, outer) || !take_gap(reader, reader->text.size, 0))
		return STATUS_REQUEST_JSON;
	return STATUS_OK;
}

enum status json_read_object(struct span text, struct arena *arena, struct json_object *object)
{
	jsmntok_t tokens[TOKENS_MAX];
	struct reader reader = { .text = text, .tokens = tokens, .arena = arena };
	jsmn_parser parser;
	int count;
	enum status status;

	*object = (struct json_object){ 0 };
	if (text.size > INT_MAX || !utf8_is_valid(text)) /* jsmn counts in int */
		return STATUS_REQUEST_JSON;
	jsmn_init(&parser);
	count = jsmn_parse(&parser, (const char *)text.data, text.size, tokens, TOKENS_MAX);
	if (count < 0)
		return count == JSMN_ERROR_NOMEM ? STATUS_REQUEST_TOO_LARGE : STATUS_REQUEST_JSON;
	reader.token_count = (size_t)count;
	status = read_members(&reader, object);
	if (status != STATUS_OK)
		*object = (struct json_object){ 0 };
	return status;
}
