#include "core/api.h"

#include "base/kconfig.h"
#include "core/now.h"
#include "core/render.h"

/* What stands before an element of a JSON array. */
static void write_separator(const struct api_list *list, struct writer *out)
{
	writer_put_string(out, list->started ? ",\n" : "[");
}

/* Each of these writes the next element, if there is one. One that did not fit is the next one again. */

static bool write_key(const struct app *app, struct api_list *list, int64_t now, struct writer *out)
{
	const struct table_place before = list->walk.place;
	struct table_key key;

	do
		if (!table_walk_next(app->table, &list->walk, &key))
			return false;
	while (table_key_has_ended(app->table, &key, now));
	write_separator(list, out);
	render_key(out, app->config, &key);
	if (out->overflowed)
		list->walk.place = before;
	return true;
}

static bool write_line(const struct app *app, struct api_list *list, int64_t now, struct writer *out)
{
	const struct table_place before = list->walk.place;
	struct table_line line;

	if (!table_walk_next_line(app->table, &list->walk, now, &line))
		return false;
	render_authorized_key(out, &app->config->users[list->walk.place.user].policy, line.line,
	                      span_first(line.line, line.options_size));
	if (out->overflowed)
		list->walk.place = before;
	return true;
}

static bool write_event(const struct app *app, struct api_list *list, int64_t now, struct writer *out)
{
	const struct events_walk before = list->events;
	struct event event;

	(void)now;
	if (!events_walk_next(app->events, &list->events, &event))
		return false;
	write_separator(list, out);
	event_write_json(out, &event);
	if (out->overflowed)
		list->events = before;
	return true;
}

static bool write_metric(const struct app *app, struct api_list *list, int64_t now, struct writer *out)
{
	const struct metrics_walk before = list->metrics;
	const bool is_one = metrics_write_next(app, &list->metrics, now, out);

	if (out->overflowed)
		list->metrics = before;
	return is_one;
}

static const struct {
	bool (*write_next)(const struct app *app, struct api_list *list, int64_t now, struct writer *out);
	bool is_json;
} list_kinds[] = {
	[API_LIST_JSON] = { write_key, true },
	[API_LIST_AUTHORIZED_KEYS] = { write_line, false },
	[API_LIST_EVENTS] = { IS_ENABLED(CONFIG_EVENTS) ? write_event : NULL, true },
	[API_LIST_METRICS] = { IS_ENABLED(CONFIG_METRICS) ? write_metric : NULL, false },
};

static void write_end(const struct api_list *list, struct writer *out)
{
	if (list_kinds[list->kind].is_json)
		writer_put_string(out, list->started ? "]\n" : "[]\n");
}

void api_write_list(const struct app *app, struct api_list *list, int64_t now, struct writer *out)
{
	now = now_find(app, now);
	while (!list->ended) {
		const size_t used = out->used;
		const bool is_one = list_kinds[list->kind].write_next(app, list, now, out);

		if (!is_one)
			write_end(list, out);
		if (out->overflowed) {
			writer_rewind(out, used);
			return;
		}
		list->started = list->started || is_one;
		list->ended = !is_one;
	}
}
