/* The ring of events, against a model; and what becomes of an event in JSON. */
#include "core/events.h"

#include "base/encoding.h"
#include "core/api.h"
#include "core/journal.h"
#include "json/read.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOW = 1700000000 };
static const uint64_t base = (uint64_t)NOW * 1000000;

static void *memory;
static struct events *events;

static int start(void **state)
{
	struct arena arena;

	(void)state;
	memory = malloc(events_memory_size());
	memset(memory, 0xa5, events_memory_size());
	arena = arena_of(memory, events_memory_size());
	events = events_start(&arena, NOW);
	return events ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static void keep(enum events_kind kind, const char *line)
{
	events_keep(events, kind, span_of_string(line));
}

static struct events_walk walk_all(void)
{
	return events_walk_after(events, 0);
}

static bool next_is(struct events_walk *walk, uint64_t number, const char *line)
{
	struct event event;

	return events_walk_next(events, walk, &event) && event.number == number &&
	       span_equal(event.line, span_of_string(line));
}

static bool is_over(struct events_walk *walk)
{
	struct event event;

	return !events_walk_next(events, walk, &event) && !events_walk_next(events, walk, &event);
}

static void test_order(void **state)
{
	struct events_walk walk = walk_all(), empty = walk;

	(void)state;
	assert_true(is_over(&walk));
	keep(EVENTS_OF_CHANGE, "a=1");
	keep(EVENTS_OF_REQUEST, "a=2");
	keep(EVENTS_OF_REQUEST, "a=3");
	keep(EVENTS_OF_CHANGE, "a=4");
	walk = walk_all();
	keep(EVENTS_OF_CHANGE, "a=5"); /* too late for the walk, which would else never end */
	assert_true(next_is(&walk, base + 1, "a=1") && next_is(&walk, base + 2, "a=2"));
	assert_true(next_is(&walk, base + 3, "a=3") && next_is(&walk, base + 4, "a=4"));
	assert_true(is_over(&walk));
	assert_true(is_over(&empty));
}

static void test_after(void **state)
{
	static const struct {
		uint64_t after, first; /* 0: there is none */
	} cases[] = {
		{ 0, 1 }, { 1, 1 }, { base, 1 }, { base + 1, 2 }, { base + 2, 3 }, { base + 3, 0 },
		{ base + 4, 1 }, { UINT64_MAX, 1 }, /* numbers of another server: everything is new */
	};

	(void)state;
	keep(EVENTS_OF_CHANGE, "a=1");
	keep(EVENTS_OF_REQUEST, "a=2");
	keep(EVENTS_OF_CHANGE, "a=3");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct events_walk walk = events_walk_after(events, cases[i].after);
		struct event event = { 0 };

		assert_int_equal(events_walk_next(events, &walk, &event), cases[i].first > 0);
		if (cases[i].first > 0)
			assert_int_equal(event.number, base + cases[i].first);
	}
}

/* Whatever anybody can cause, and as much as he likes: what happened to the keys stays. */
static void test_requests_leave_changes_alone(void **state)
{
	struct events_walk walk;

	(void)state;
	keep(EVENTS_OF_CHANGE, "event=added");
	for (size_t i = 0; i < 100000; i++)
		keep(EVENTS_OF_REQUEST, "event=refused status=NOT_SIGNED");
	walk = walk_all();
	assert_true(next_is(&walk, base + 1, "event=added"));
	assert_true(events_measure(events).dropped > 90000);
	assert_true(events_measure(events).used <= events_measure(events).size);
}

/* ---- against a model: all lines ever kept, made anew from their number ---- */

enum { STEPS = 20000 };
static uint8_t kinds[STEPS + 1];
static uint16_t sizes[STEPS + 1];

static struct span line_of(size_t number, uint8_t room[static EVENT_LINE_MAX])
{
	struct writer line = writer_of(room, EVENT_LINE_MAX);

	writer_put(&line, SPAN("n="));
	writer_put_number(&line, (int64_t)number);
	while (line.used < sizes[number])
		writer_put_byte(&line, (uint8_t)('a' + (number + line.used) % 26));
	return writer_written(&line);
}

static void check_event(const struct event *event)
{
	uint8_t room[EVENT_LINE_MAX];
	size_t number = (size_t)(event->number - base);

	assert_true(number >= 1 && number <= STEPS);
	assert_true(span_equal(event->line, line_of(number, room)));
}

/* Of each kind the newest are there, without a gap, and as many as fit into half of the memory with one of the longest
 * to spare at both ends. */
static void check_all(size_t count)
{
	struct events_walk walk = walk_all();
	uint64_t last = 0;
	size_t met[EVENTS_KINDS] = { 0 }, bytes[EVENTS_KINDS] = { 0 };
	struct event event;

	while (events_walk_next(events, &walk, &event)) {
		check_event(&event);
		assert_true(event.number > last);
		last = event.number;
		met[kinds[last - base]]++;
		bytes[kinds[last - base]] += event.line.size + 16;
	}
	for (size_t kind = 0; kind < EVENTS_KINDS; kind++) {
		size_t number = count;

		for (; met[kind] > 0; number--)
			met[kind] -= kinds[number] == kind;
		for (; number > 0 && kinds[number] != kind; number--)
			;
		if (number > 0) /* this one is gone: there was no room */
			assert_true(bytes[kind] + 2 * (EVENT_LINE_MAX + 16) > CONFIG_EVENTS_KB * 1024 / EVENTS_KINDS);
	}
	assert_true(count == 0 || last == base + count);
}

static void test_model(void **state)
{
	struct random random = { 5 };
	struct events_walk slow = { 0 };
	uint64_t slow_last = 0;
	size_t slow_ends = 0;

	(void)state;
	for (size_t number = 1; number <= STEPS; number++) {
		uint8_t room[EVENT_LINE_MAX];
		struct event event;

		kinds[number] = (uint8_t)(random_below(&random, 4) == 0 ? EVENTS_OF_CHANGE : EVENTS_OF_REQUEST);
		sizes[number] = (uint16_t)(8 + random_below(&random, random_below(&random, 8) ? 400 : EVENT_LINE_MAX - 7));
		events_keep(events, (enum events_kind)kinds[number], line_of(number, room));
		if (number % 37 == 0)
			check_all(number);
		/* a reader who takes one event now and then, while others come in: none twice, none torn, and an end */
		if (random_below(&random, 3) > 0)
			continue;
		if (events_walk_next(events, &slow, &event)) {
			check_event(&event);
			assert_true(event.number > slow_last);
			slow_last = event.number;
		} else {
			slow = events_walk_after(events, slow_last);
			slow_ends++;
		}
	}
	assert_true(slow_ends > 10);
}

/* ---- lines ---- */

static struct span cut(struct span line)
{
	struct events_walk walk;
	struct event event = { 0 }, last = { 0 };

	events_keep(events, EVENTS_OF_CHANGE, line);
	walk = walk_all();
	while (events_walk_next(events, &walk, &event))
		last = event;
	return last.line;
}

/* A line that is too long loses whole fields. */
static void test_cut(void **state)
{
	static uint8_t line[3 * EVENT_LINE_MAX];

	(void)state;
	for (size_t size = EVENT_LINE_MAX - 40; size < EVENT_LINE_MAX + 40; size++) {
		struct writer writer = writer_of(line, sizeof(line));
		struct span kept;

		writer_put(&writer, SPAN("event=test a=\"b c\" d=\""));
		while (writer.used < size - 1)
			writer_put_byte(&writer, writer.used % 7 ? 'x' : ' ');
		writer_put_byte(&writer, '"');
		kept = cut(writer_written(&writer));
		if (size <= EVENT_LINE_MAX)
			assert_true(span_equal(kept, writer_written(&writer)));
		else
			assert_true(span_equal(kept, SPAN("event=test a=\"b c\" cut=yes")));
	}
	for (size_t size = EVENT_LINE_MAX - 20; size < EVENT_LINE_MAX + 20; size++) { /* as many as fit */
		struct writer writer = writer_of(line, sizeof(line));
		struct span kept;

		writer_put(&writer, SPAN("event=test a="));
		while (writer.used < size)
			writer_put_byte(&writer, 'x');
		writer_put(&writer, SPAN(" b=cdefghijklmnopqrstuvwxyz"));
		kept = cut(writer_written(&writer));
		assert_true(kept.size <= EVENT_LINE_MAX);
		assert_int_equal(kept.size, size + 8 <= EVENT_LINE_MAX ? size + 8 : sizeof("event=test cut=yes") - 1);
		assert_memory_equal(kept.data + kept.size - 8, " cut=yes", 8);
	}
	memset(line, 'x', sizeof(line)); /* no line of ours */
	assert_true(span_equal(cut(span_of(line, sizeof(line))), SPAN(" cut=yes")));
}

static void test_json(void **state)
{
	static const struct {
		const char *line, *json;
	} cases[] = {
		{ "event=added", "{\"number\":7,\"event\":\"added\"}" },
		{ "event=added user=\"\" reason=\"two words\"",
		  "{\"number\":7,\"event\":\"added\",\"user\":\"\",\"reason\":\"two words\"}" },
		{ "a=\"say \\x22hi\\x22 a\\x3db\" b=c", "{\"number\":7,\"a\":\"say \\\"hi\\\" a=b\",\"b\":\"c\"}" },
		{ "a=\"\\x5cx22 \\x1b[2J\\x0a\"", "{\"number\":7,\"a\":\"\\\\x5cx22 \\\\x1b[2J\\\\x0a\"}" },
		{ "a=\"\\x2\"", "{\"number\":7,\"a\":\"\\\\x2\"}" },
		{ "a=\"<&>\"", "{\"number\":7,\"a\":\"\\u003c\\u0026\\u003e\"}" },
		{ "a=\"\xc3\xa4\"", "{\"number\":7,\"a\":\"\xc3\xa4\"}" },
		{ "signer=AB uid=\"x y\" b=c", "{\"number\":7,\"signer\":[\"AB\"],\"uid\":[\"x y\"],\"b\":\"c\"}" },
		{ "signer=AB uid=x signer=CD uid=\"\" b=c",
		  "{\"number\":7,\"signer\":[\"AB\",\"CD\"],\"uid\":[\"x\",\"\"],\"b\":\"c\"}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t room[EVENT_JSON_MAX];
		struct writer json = writer_of(room, sizeof(room));
		const struct event event = { .number = 7, .line = span_of_string(cases[i].line) };

		event_write_json(&json, &event);
		if (!span_equal(writer_written(&json), span_of_string(cases[i].json)))
			fail_msg("%s: %.*s", cases[i].line, (int)json.used, json.data);
	}
}

/* Whatever bytes a value is of: the JSON is well-formed for a strict reader, holds no control character, and says which
 * bytes they were. */
static void test_hostile_json(void **state)
{
	static const uint8_t nasty[] = { '"', '\\', '=', ' ', 'x', '<', '\n', 0xe2, 0x80, 0xae, '2' };
	static uint8_t arena_memory[65536], line_room[JOURNAL_LINE_MAX], json_room[EVENT_JSON_MAX];
	struct random random = { 6 };

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		uint8_t value[JOURNAL_VALUE_MAX];
		size_t size = random_below(&random, sizeof(value));
		struct writer line = writer_of(line_room, sizeof(line_room)), json = writer_of(json_room, sizeof(json_room));
		struct arena arena = arena_of(arena_memory, sizeof(arena_memory));
		struct journal journal = journal_start(&line, "test");
		struct json_object object;
		struct events_walk walk;
		struct event event = { 0 };

		for (size_t i = 0; i < size; i++)
			value[i] = round % 2 ? (uint8_t)random_below(&random, 256) : nasty[random_below(&random, sizeof(nasty))];
		journal_put(&journal, "user", span_of(value, size));
		journal_put(&journal, "last", SPAN("x"));
		journal_end(&journal);
		events_keep(events, EVENTS_OF_CHANGE, span_first(writer_written(&line), line.used - 1));
		walk = events_walk_after(events, base + round);
		assert_true(events_walk_next(events, &walk, &event));
		event_write_json(&json, &event);
		assert_false(json.overflowed);
		assert_int_equal(json_read_object(writer_written(&json), &arena, &object), STATUS_OK);
		assert_int_equal(object.count, 4);
		for (size_t i = 0; i < json.used; i += printable_size(span_skip(writer_written(&json), i)))
			assert_true(printable_size(span_skip(writer_written(&json), i)) > 0);
	}
}

static void test_largest_json(void **state)
{
	static uint8_t json_room[API_BODY_MAX];
	struct writer line = { 0 };
	uint8_t room[EVENT_LINE_MAX];
	struct writer json = writer_of(json_room, sizeof(json_room));
	struct event event = { .number = UINT64_MAX };

	(void)state;
	line = writer_of(room, sizeof(room));
	writer_put(&line, SPAN("event=test"));
	while (line.used + 44 < sizeof(room))
		writer_put(&line, SPAN(" signer=\"<<<<<<<<<<<<<<<<\" uid=\"<<<<<<<<<\""));
	event.line = writer_written(&line);
	event_write_json(&json, &event);
	assert_true(json.used <= EVENT_JSON_MAX && !json.overflowed);
	line = writer_of(room, sizeof(room));
	writer_put(&line, SPAN("event=\""));
	while (line.used < sizeof(room) - 1)
		writer_put_byte(&line, '<');
	writer_put_byte(&line, '"');
	event.line = writer_written(&line);
	writer_rewind(&json, 0);
	event_write_json(&json, &event);
	assert_true(json.used <= EVENT_JSON_MAX && json.used > 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, start, end),
		cmocka_unit_test_setup_teardown(test_after, start, end),
		cmocka_unit_test_setup_teardown(test_requests_leave_changes_alone, start, end),
		cmocka_unit_test_setup_teardown(test_model, start, end),
		cmocka_unit_test_setup_teardown(test_cut, start, end),
		cmocka_unit_test(test_json),
		cmocka_unit_test_setup_teardown(test_hostile_json, start, end),
		cmocka_unit_test(test_largest_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
