#include "client/events.h"

#include "base/encoding.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/pages.h"
#include "host/signal.h"
#include "host/tell.h"

struct events_options {
	const char *follow, *json, *timeout;
	struct where_options where;
};

static const struct option events_options[] = {
	{ 'f', "follow", OPTION_FLAG, offsetof(struct events_options, follow), NULL,
	  "go on, and print events as they come (each second)" },
	{ 0, "json", OPTION_FLAG, offsetof(struct events_options, json), NULL, "each event as a line of JSON" },
	{ 0, "timeout", OPTION_VALUE, offsetof(struct events_options, timeout), "TIME", REACH_TIMEOUT_HELP },
	WHERE_OPTIONS(struct events_options, where),
};

enum {
	OUT_SIZE = 32768,
	LINE_MAX = 8192,    /* bytes of the longest event that a server of ours sends, in each form */
	PERIOD = 1000,      /* milliseconds between two looks */
	PER_LIFE = 1000000, /* numbers of two servers, one started after the other, are at least so far apart */
};

struct view {
	const struct events_options *options;
	struct span user; /* whose events only; empty: all */
	struct writer out;
	uint64_t last;      /* the number met last; 0: none */
	uint64_t lost;      /* events that were never seen */
	bool unread;        /* nobody reads what is printed any more */
	const char *broken; /* why it cannot be printed */
};

/* ---- one event ---- */

/* What the server escaped is escaped still, but for two characters. */
static void put_value(struct writer *writer, struct span value)
{
	if (text_is_plain(value)) {
		writer_put(writer, value);
		return;
	}
	writer_put_byte(writer, '"');
	for (size_t i = 0; i < value.size; i++) {
		bool is_mark = value.data[i] == '"' || value.data[i] == '=';

		writer_put(writer, is_mark ? SPAN("\\x") : span_of(value.data + i, 1));
		if (is_mark)
			hex_write(writer, span_of(value.data + i, 1));
	}
	writer_put_byte(writer, '"');
}

static void put_field(struct writer *writer, struct span name, struct span value)
{
	writer_put_string(writer, writer->used > 0 ? " " : "");
	writer_put(writer, name);
	writer_put_byte(writer, '=');
	put_value(writer, value);
}

void event_write_line(struct writer *writer, const struct listed_event *event)
{
	for (size_t i = 0; i < event->fields.count; i++) {
		const struct json_member *field = &event->fields.members[i];

		if (field->kind == JSON_STRING)
			put_field(writer, field->name, field->string);
		for (size_t at = 0; field->kind == JSON_STRINGS && at < field->count; at++)
			put_field(writer, field->name, field->strings[at]);
	}
}

/* ---- all of them ---- */

static bool flush(struct view *view)
{
	const char *why_not;

	switch (file_write(1, writer_written(&view->out), &why_not)) {
	case FILE_WRITTEN:
		break;
	case FILE_UNREAD:
		view->unread = true;
		break;
	case FILE_FAILED:
		view->broken = why_not;
		break;
	}
	writer_rewind(&view->out, 0);
	return !view->unread && !view->broken;
}

/* Between an event and the next one there is no number but those of events that the server has forgotten. A server
 * that was started anew begins elsewhere, and its first event says so. */
static void count_lost(struct view *view, uint64_t number)
{
	uint64_t before = view->last > 0 ? view->last : (number - 1) / PER_LIFE * PER_LIFE;

	if (number > before + 1 && number - before < PER_LIFE)
		view->lost += number - before - 1;
	view->last = number;
}

static bool show(void *context, const struct listed_event *event)
{
	struct view *view = context;
	uint8_t room[LINE_MAX];
	struct writer line = writer_of(room, sizeof(room));

	count_lost(view, event->number);
	if (view->user.size > 0 && !span_equal(listed_event_find(event, SPAN("user")), view->user))
		return true;
	if (view->options->json)
		writer_put(&line, event->object);
	else
		event_write_line(&line, event);
	if (line.overflowed)
		writer_rewind(&line, 0), writer_put(&line, SPAN("event=\"too long to be shown\""));
	if (view->out.size - view->out.used <= line.used && !flush(view))
		return false;
	printable_write(&view->out, writer_written(&line));
	writer_put_byte(&view->out, '\n');
	return true;
}

static void tell_lost(struct view *view)
{
	uint8_t room[200];
	struct writer words = writer_of(room, sizeof(room));

	if (view->lost == 0)
		return;
	writer_put_padded_number(&words, view->lost, 1);
	writer_put_string(&words, view->lost == 1 ? " event is" : " events are");
	writer_put_string(&words,
	                  " missing: the server has forgotten the oldest of them, to make room; its log has all");
	tell_note(writer_written(&words));
	view->lost = 0;
}

/* One look at the server, with its result printed. */
static enum event_list_end look(struct event_list *list, struct view *view, struct writer *words)
{
	enum event_list_end end = event_list_read(list, view->last, words);

	if (flush(view))
		tell_lost(view);
	return end;
}

static int end_view(const struct view *view, enum event_list_end end, struct writer *words)
{
	if (view->broken)
		writer_put_string(words, view->broken);
	if (view->unread || (end == EVENT_LIST_READ && !view->broken))
		return TELL_DONE;
	return end == EVENT_LIST_REFUSED ? TELL_FAILED : tell_failure(writer_written(words));
}

/* A server that goes away while it is watched will come again. */
static int watch(struct event_list *list, struct view *view)
{
	bool has_answered = false, is_away = false;

	for (;;) {
		uint8_t room[600];
		struct writer words = writer_of(room, sizeof(room));
		enum event_list_end end = look(list, view, &words);
		bool is_lost = end == EVENT_LIST_UNREACHED;

		if (view->unread || view->broken || !view->options->follow || (is_lost && !has_answered) ||
		    end == EVENT_LIST_REFUSED || end == EVENT_LIST_WRONG)
			return end_view(view, end, &words);
		if (is_lost && !is_away) {
			writer_put_string(&words, "; waiting for it to come back");
			tell_note(writer_written(&words));
		} else if (!is_lost && is_away) {
			tell_note(SPAN("the server is back"));
		}
		has_answered = true;
		is_away = is_lost;
		clock_sleep(PERIOD);
	}
}

static int events_main(int count, char **arguments)
{
	struct events_options options = { 0 };
	const char *url = NULL, *why_not;
	struct reach reach;
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));
	struct view view = { .options = &options, .out = writer_of(pages_take(OUT_SIZE), OUT_SIZE) };
	struct event_list list = { .reach = &reach, .take = show, .context = &view };

	file_guard_standard();
	signal_ignore_pipe();
	if (command_read(&events_command, count, arguments, &options, &url, &words) < 0)
		return tell_usage("events", writer_written(&words));
	if (!reach_read_server(&reach, url, options.timeout, &options.where, &why_not))
		return tell_usage("events", span_of_string(why_not));
	if (!view.out.data || !event_list_start(&list))
		return tell_failure(SPAN("the system has not enough memory"));
	view.user = reach.user;
	return watch(&list, &view);
}

const struct command events_command = {
	.name = "events",
	.main = events_main,
	.summary = "print what has happened on a host, and follow it",
	.operands = "[URL]",
	.operand_count = 1,
	COMMAND_OPTIONS(events_options),
	.text = "Prints the last events that the server keeps in memory, the newest last, as lines of its log: keys "
		"that "
		"were\n"
		"added, removed or have expired, requests that were refused, keys that sshd asked for. They are shown "
		"to "
		"root on\n"
		"the host, and to others where the server's configuration allows it (see events in "
		"inki.conf.example).\n",
	.notes = "URL is [http[s]://][USER@]HOST[:PORT] or unix:/path; else it is $INKI_SERVER, else "
		 "unix:/run/inki/inki.sock.\n"
		 "With a USER only the events of that account are printed.\n",
};
