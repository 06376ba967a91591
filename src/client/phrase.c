#include "client/phrase.h"

/* Parts between bars; {x} is the field of that name, and a part of which a field is missing is left out. */
static const struct {
	struct span event;
	const char *words;
} phrases[] = {
	{ SPAN_INITIALIZER("added"),
	  "let in| until {expire}|, signed by {uid}| ({signer})|, sent from {remote}|, reason: {reason}" },
	{ SPAN_INITIALIZER("replaced"), "let in anew| until {expire}|, instead of {was}|, signed by {uid}| "
	                                "({signer})|, sent from {remote}|, reason: {reason}" },
	{ SPAN_INITIALIZER("repeated"), "the same request came again|, sent from {remote}" },
	{ SPAN_INITIALIZER("removed"),
	  "removed| by {by} on the host|, signed by {uid}| ({signer})|, sent from {remote}|, reason: {reason}" },
	{ SPAN_INITIALIZER("expired"), "expired" },
	{ SPAN_INITIALIZER("dropped"),
	  "dropped, as its signer is not trusted any more|: {message}| ({uid}, {signer})" },
	{ SPAN_INITIALIZER("refused"),
	  "a request was refused|: {message}|: {detail}| ({status})|, signed on {signed}|, sent from {remote}" },
	{ SPAN_INITIALIZER("served"), "asked for| by {remote}|; keys handed out: {lines}" },
	{ SPAN_INITIALIZER("check"), "check {check} has {result} it|: {message}" },
};

/* Writes a part; false if a field of it is missing. */
static bool put_part(struct writer *writer, struct span part, const struct listed_event *event)
{
	while (part.size > 0) {
		size_t plain = span_find_byte(part, '{');
		size_t end = span_find_byte(part, '}');
		struct span value;

		writer_put(writer, span_first(part, plain));
		if (plain == part.size)
			return true;
		value = listed_event_find(event, span_skip(span_first(part, end), plain + 1));
		if (value.size == 0)
			return false;
		writer_put(writer, value);
		part = span_skip(part, end + 1);
	}
	return true;
}

void phrase_write(struct writer *writer, const struct listed_event *event)
{
	const struct span name = listed_event_find(event, SPAN("event"));
	struct span words = name;

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (span_equal(phrases[i].event, name))
			words = span_of_string(phrases[i].words);
	while (words.size > 0) {
		size_t size = span_find_byte(words, '|'), used = writer->used;

		if (!put_part(writer, span_first(words, size), event))
			writer_rewind(writer, used);
		words = span_skip(words, size + 1);
	}
}
