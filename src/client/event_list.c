#include "client/event_list.h"

#include "base/encoding.h"
#include "host/pages.h"
#include "json/array.h"

enum {
	WINDOW_SIZE = 65536, /* bytes; an event has less than a quarter of that */
	ARENA_SIZE = 65536,
	TARGET_MAX = 64,
};

static const char no_events[] = "the server's answer is no list of events; did it come from inki?";

struct span listed_event_find(const struct listed_event *event, struct span name)
{
	for (size_t i = 0; i < event->fields.count; i++) {
		const struct json_member *field = &event->fields.members[i];

		if (span_equal(field->name, name))
			return field->kind == JSON_STRINGS && field->count > 0 ? field->strings[0] : field->string;
	}
	return (struct span){ 0 };
}

bool event_list_start(struct event_list *list)
{
	list->window = pages_take(WINDOW_SIZE);
	list->arena = arena_of(pages_take(ARENA_SIZE), ARENA_SIZE);
	return list->window && list->arena.data;
}

/* Takes all events that have come. STATUS_OK: the caller wants no more. */
static enum status take_events(struct event_list *list, struct json_array *array, struct span *body)
{
	struct span object;
	enum status status;

	while ((status = json_array_next(array, body, &object)) == STATUS_OK) {
		struct listed_event event = { .object = object };
		const size_t used = list->arena.used;
		bool goes_on;

		if (json_read_object(object, &list->arena, &event.fields) != STATUS_OK ||
		    !decimal_read(listed_event_find(&event, SPAN("number")), &event.number) ||
		    listed_event_find(&event, SPAN("event")).size == 0)
			return STATUS_REQUEST_JSON;
		goes_on = list->take(list->context, &event);
		arena_release(&list->arena, used);
		if (!goes_on)
			return STATUS_OK;
	}
	return status;
}

static enum event_list_end fail(struct writer *words, const char *why)
{
	writer_put_string(words, why);
	return EVENT_LIST_WRONG;
}

static enum event_list_end read_body(struct event_list *list, struct fetch *fetch, struct writer *words)
{
	struct json_array array = { 0 };
	size_t dropped = 0;

	while (!fetch->ended) {
		struct span rest;
		enum status status;

		if (!fetch_continue(fetch, dropped, words))
			return EVENT_LIST_UNREACHED;
		rest = fetch->body;
		status = take_events(list, &array, &rest);
		if (status == STATUS_OK)
			return EVENT_LIST_READ;
		if (status != STATUS_MORE || (fetch->ended && !(rest.size == 0 && json_array_has_ended(&array))))
			return fail(words, no_events);
		dropped = fetch->body.size - rest.size;
	}
	return EVENT_LIST_READ;
}

static enum event_list_end read_answer(struct event_list *list, struct fetch *fetch, struct writer *words)
{
	if (fetch->code == 200)
		return span_starts_with(fetch->content_type, SPAN("application/json")) ? read_body(list, fetch, words)
		                                                                       : fail(words, no_events);
	while (!fetch->ended)
		if (!fetch_continue(fetch, 0, words))
			return EVENT_LIST_UNREACHED;
	reach_tell_refusal(fetch);
	return EVENT_LIST_REFUSED;
}

enum event_list_end event_list_read(struct event_list *list, uint64_t after, struct writer *words)
{
	uint8_t room[TARGET_MAX];
	struct writer target = writer_of(room, sizeof(room));
	struct fetch fetch = { .in_pieces = true, .room = list->window, .size = WINDOW_SIZE };
	enum event_list_end end;

	writer_put_string(&target, "/api/v1/events?after=");
	writer_put_padded_number(&target, after, 1);
	fetch.target = writer_written(&target);
	reach_begin(list->reach, &fetch);
	if (!fetch_start(&fetch, words))
		return EVENT_LIST_UNREACHED;
	end = read_answer(list, &fetch, words);
	fetch_end(&fetch);
	return end;
}
