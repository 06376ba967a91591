#include "core/metrics.h"

#include "base/kconfig.h"
#include "core/api.h"
#include "pgp/describe.h"

/* Metrics of one name. */
struct family {
	const char *name, *type, *help;
	/* Writes sample number walk->sample, or, if there is none of it, a later one, whose number it then puts there.
	 * False if there is none. NULL: the one sample is the uint64_t at that offset in struct app. */
	bool (*put)(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
	            struct writer *out);
	size_t offset;
};

const uint64_t api_check_buckets[API_CHECK_BUCKETS] = { 10, 50, 100, 500, 1000, 5000, 10000, 30000 };

static void put_end(struct writer *out, uint64_t value)
{
	writer_put_byte(out, ' ');
	writer_put_padded_number(out, value, 1);
	writer_put_byte(out, '\n');
}

/* name{label="value"} */
static void put_labelled(struct writer *out, const char *name, const char *label, struct span value)
{
	writer_put_string(out, name);
	writer_put_byte(out, '{');
	writer_put_string(out, label);
	writer_put_string(out, "=\"");
	for (size_t i = 0; i < value.size; i++) {
		if (value.data[i] == '"' || value.data[i] == '\\')
			writer_put_byte(out, '\\');
		writer_put_byte(out, value.data[i]);
	}
	writer_put_string(out, "\"}");
}

static bool put_lone(struct writer *out, const struct family *family, size_t sample, uint64_t value)
{
	if (sample > 0)
		return false;
	writer_put_string(out, family->name);
	put_end(out, value);
	return true;
}

/* ---- one function for each family that is not a lone number ---- */

static bool put_build(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                      struct writer *out)
{
	(void)now;
	if (walk->sample > 0)
		return false;
	put_labelled(out, family->name, "version", app->gauges.version);
	put_end(out, 1);
	return true;
}

static bool put_keys(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                     struct writer *out)
{
	(void)now;
	return put_lone(out, family, walk->sample, table_measure(app->table).live);
}

static bool put_remembered(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                           struct writer *out)
{
	(void)now;
	return put_lone(out, family, walk->sample, table_measure(app->table).remembered);
}

static bool put_keys_max(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                         struct writer *out)
{
	(void)app, (void)now;
	return put_lone(out, family, walk->sample, CONFIG_KEYS);
}

static bool put_user_keys(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                          struct writer *out)
{
	(void)now;
	if (!walk->shows_users || walk->sample >= app->config->user_count)
		return false;
	put_labelled(out, family->name, "user", app->config->users[walk->sample].name);
	put_end(out, table_count_user_keys(app->table, walk->sample));
	return true;
}

static bool put_user_signers(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                             struct writer *out)
{
	if (!walk->shows_users || walk->sample >= app->config->user_count)
		return false;
	put_labelled(out, family->name, "user", app->config->users[walk->sample].name);
	put_end(out, pgp_keyring_count_signers(&app->config->users[walk->sample].keyring, now));
	return true;
}

/* By reason, only those that there were; what is kept from the client is one reason here, too, or else strangers could
 * tell by it who exists. */
static bool put_refusals(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                         struct writer *out)
{
	const uint64_t *refusals = app->counters.refusals;
	uint64_t kept = 0;

	(void)now;
	while (walk->sample < STATUS_COUNT &&
	       (refusals[walk->sample] == 0 || !status_is_told((enum status)walk->sample)))
		walk->sample++;
	if (walk->sample < STATUS_COUNT) {
		put_labelled(out, family->name, "reason", span_of_string(status_name((enum status)walk->sample)));
		put_end(out, refusals[walk->sample]);
		return true;
	}
	for (enum status status = 0; status < STATUS_COUNT; status++)
		kept += status_is_told(status) ? 0 : refusals[status];
	if (walk->sample > STATUS_COUNT || kept == 0)
		return false;
	put_labelled(out, family->name, "reason", SPAN("UNVERIFIED"));
	put_end(out, kept);
	return true;
}

static bool put_checks(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                       struct writer *out)
{
	(void)now;
	if (walk->sample > 1)
		return false;
	put_labelled(out, family->name, "result", walk->sample ? SPAN("allowed") : SPAN("refused"));
	put_end(out, app->counters.checks[walk->sample]);
	return true;
}

static bool put_reloads(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                        struct writer *out)
{
	(void)now;
	if (walk->sample > 1)
		return false;
	put_labelled(out, family->name, "result", walk->sample ? SPAN("success") : SPAN("failure"));
	put_end(out, app->counters.reloads[walk->sample]);
	return true;
}

/* A number of thousandths, in whole ones. */
static void put_seconds(struct writer *out, uint64_t milliseconds)
{
	writer_put_padded_number(out, milliseconds / 1000, 1);
	writer_put_byte(out, '.');
	writer_put_padded_number(out, milliseconds % 1000, 3);
}

/* The buckets, each with all that took less, too; then sum and count. */
static bool put_durations(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                          struct writer *out)
{
	uint64_t count = 0;
	bool is_bucket = walk->sample <= API_CHECK_BUCKETS, is_sum = walk->sample == API_CHECK_BUCKETS + 1;

	(void)now;
	if (walk->sample > API_CHECK_BUCKETS + 2)
		return false;
	for (size_t i = 0; i <= API_CHECK_BUCKETS && i <= walk->sample; i++)
		count += app->counters.check_durations[i];
	writer_put_string(out, family->name);
	writer_put_string(out, is_bucket ? "_bucket{le=\"" : is_sum ? "_sum " : "_count");
	if (walk->sample < API_CHECK_BUCKETS)
		put_seconds(out, api_check_buckets[walk->sample]);
	if (is_bucket)
		writer_put_string(out, walk->sample < API_CHECK_BUCKETS ? "\"}" : "+Inf\"}");
	if (is_sum) {
		put_seconds(out, app->counters.check_milliseconds);
		writer_put_byte(out, '\n');
	} else {
		put_end(out, count);
	}
	return true;
}

/* How much of each arena is in use; of the one that each request leaves empty, the most that ever was. */
static bool put_arena(const struct app *app, const char *name, size_t sample, bool is_size, struct writer *out)
{
	const struct table_usage table = table_measure(app->table);
	const bool has_events = IS_ENABLED(CONFIG_EVENTS) && app->events;
	const struct events_usage events = has_events ? events_measure(app->events) : (struct events_usage){ 0 };
	const struct {
		const char *arena;
		uint64_t used, size;
	} rows[] = {
		{ "keys", table.heap_used, table.heap_size },
		{ "settings", app->config->size, app->gauges.settings_size },
		{ "request", app->arena->peak, app->arena->size },
		{ "events", events.used, events.size },
	};

	if (sample >= sizeof(rows) / sizeof(rows[0]) - !has_events)
		return false;
	put_labelled(out, name, "arena", span_of_string(rows[sample].arena));
	put_end(out, is_size ? rows[sample].size : rows[sample].used);
	return true;
}

static bool put_arena_used(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                           struct writer *out)
{
	(void)now;
	return put_arena(app, family->name, walk->sample, false, out);
}

static bool put_arena_size(const struct app *app, const struct family *family, struct metrics_walk *walk, int64_t now,
                           struct writer *out)
{
	(void)now;
	return put_arena(app, family->name, walk->sample, true, out);
}

static bool put_events_dropped(const struct app *app, const struct family *family, struct metrics_walk *walk,
                               int64_t now, struct writer *out)
{
	(void)now;
	if (!IS_ENABLED(CONFIG_EVENTS) || !app->events)
		return false;
	return put_lone(out, family, walk->sample, events_measure(app->events).dropped);
}

/* ---- all of them ---- */

#define IN_APP(member) NULL, offsetof(struct app, member)

static const struct family families[] = {
	{ "inki_build_info", "gauge", "Always 1; the version is in the label.", put_build, 0 },
	{ "inki_start_time_seconds", "gauge", "When the server started, in seconds since 1970.",
	  IN_APP(gauges.started) },
	{ "inki_config_last_reload_successful", "gauge", "Was the configuration taken when it was read last?",
	  IN_APP(gauges.reload_works) },
	{ "inki_config_last_reload_success_timestamp_seconds", "gauge",
	  "When the configuration was taken last, in seconds since 1970.", IN_APP(gauges.configured) },
	{ "inki_reloads_total", "counter", "Times that the configuration was read again.", put_reloads, 0 },
	{ "inki_keys", "gauge", "Live keys.", put_keys, 0 },
	{ "inki_keys_max", "gauge", "Records that the table has room for.", put_keys_max, 0 },
	{ "inki_keys_remembered", "gauge", "Records of removed or expired keys, kept against replays.", put_remembered,
	  0 },
	{ "inki_user_keys", "gauge", "Live keys of each user.", put_user_keys, 0 },
	{ "inki_user_signers", "gauge", "Certificates of each user's keyring that may sign now.", put_user_signers, 0 },
	{ "inki_keys_added_total", "counter", "Keys added or renewed.", IN_APP(counters.added) },
	{ "inki_keys_removed_total", "counter", "Keys removed.", IN_APP(counters.removed) },
	{ "inki_keys_expired_total", "counter", "Keys that have expired.", IN_APP(counters.expired) },
	{ "inki_keys_dropped_total", "counter", "Keys dropped as their signers are not trusted any more.",
	  IN_APP(counters.dropped) },
	{ "inki_lists_served_total", "counter", "Lists of authorized keys handed out.", IN_APP(counters.served) },
	{ "inki_connections", "gauge", "Open connections.", IN_APP(gauges.connections) },
	{ "inki_connections_max", "gauge", "Connections that there is room for.", IN_APP(gauges.connections_max) },
	{ "inki_requests_total", "counter", "Requests answered.", IN_APP(counters.requests) },
	{ "inki_requests_refused_total", "counter", "Requests answered with a 4xx status.",
	  IN_APP(counters.answers[4]) },
	{ "inki_requests_limited_total", "counter",
	  "Requests answered with 429, after too many failed ones from the same source.", IN_APP(counters.limited) },
	{ "inki_requests_failed_total", "counter", "Requests answered with a 5xx status.",
	  IN_APP(counters.answers[5]) },
	{ "inki_refusals_total", "counter", "Requests refused, by reason: a status of the log.", put_refusals, 0 },
	{ "inki_checks_total", "counter", "Answers of checks.", put_checks, 0 },
	{ "inki_check_duration_seconds", "histogram", "How long checks took.", put_durations, 0 },
	{ "inki_arena_used_bytes", "gauge",
	  "Memory in use in each arena; of the request's, the most that ever was in use.", put_arena_used, 0 },
	{ "inki_arena_size_bytes", "gauge", "Memory set aside for each arena.", put_arena_size, 0 },
	{ "inki_events_dropped_total", "counter", "Events that made room for later ones.", put_events_dropped, 0 },
	{ "inki_log_lines_lost_total", "counter", "Lines of the log that could not be written.",
	  IN_APP(gauges.log_lost) },
};

static void put_head(struct writer *out, const struct family *family)
{
	writer_put_string(out, "# HELP ");
	writer_put_string(out, family->name);
	writer_put_byte(out, ' ');
	writer_put_string(out, family->help);
	writer_put_string(out, "\n# TYPE ");
	writer_put_string(out, family->name);
	writer_put_byte(out, ' ');
	writer_put_string(out, family->type);
	writer_put_byte(out, '\n');
}

static bool put_field(const struct app *app, const struct family *family, size_t sample, struct writer *out)
{
	const void *field = (const uint8_t *)app + family->offset;

	return put_lone(out, family, sample, *(const uint64_t *)field);
}

bool metrics_write_next(const struct app *app, struct metrics_walk *walk, int64_t now, struct writer *out)
{
	while (walk->family < sizeof(families) / sizeof(families[0])) {
		const struct family *family = &families[walk->family];
		const size_t used = out->used;
		bool has_sample;

		if (!walk->has_head)
			put_head(out, family);
		has_sample = family->put ? family->put(app, family, walk, now, out)
		                         : put_field(app, family, walk->sample, out);
		if (has_sample) {
			walk->has_head = true;
			walk->sample++;
			return true;
		}
		if (!out->overflowed) /* a family without samples has no head */
			writer_rewind(out, used);
		*walk = (struct metrics_walk){ .family = walk->family + 1, .shows_users = walk->shows_users };
	}
	return false;
}
