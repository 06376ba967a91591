#include "core/render.h"

#include "base/date.h"
#include "base/encoding.h"
#include "core/submit.h"
#include "http/write.h"
#include "json/write.h"

enum { KEY_LINE_MAX = SSH_KEY_BLOB_MAX / 3 * 4 + 4 + SSH_KEY_COMMENT_MAX + 64 }; /* bytes: type, base64, comment */

/* ,"name": */
static void put_name(struct writer *writer, const char *name)
{
	writer_put_string(writer, ",\"");
	writer_put_string(writer, name);
	writer_put_string(writer, "\":");
}

static void put_time(struct writer *writer, const char *name, int64_t time)
{
	put_name(writer, name);
	writer_put_byte(writer, '"');
	date_write(writer, time);
	writer_put_byte(writer, '"');
}

static void put_signers(struct writer *writer, const struct table_key *key)
{
	bool is_array = key->signer_count != 1;

	put_name(writer, is_array ? "signers" : "signer");
	writer_put_string(writer, is_array ? "[" : "");
	for (size_t i = 0; i < key->signer_count; i++) {
		writer_put_string(writer, i > 0 ? ",\"" : "\"");
		hex_write_upper(writer, span_of(key->signers[i].fingerprint, key->signers[i].size));
		writer_put_byte(writer, '"');
	}
	writer_put_string(writer, is_array ? "]" : "");
}

void render_key(struct writer *writer, const struct config *config, const struct table_key *key)
{
	uint8_t line[KEY_LINE_MAX];
	struct writer line_writer = writer_of(line, sizeof(line));

	ssh_key_write(&line_writer, &key->key);
	writer_put_string(writer, "{\"user\":");
	json_write_string(writer, config->users[key->user].name);
	put_name(writer, "key");
	json_write_string(writer, writer_written(&line_writer));
	put_time(writer, "expire", key->expire);
	put_name(writer, "fingerprint");
	writer_put_byte(writer, '"');
	ssh_fingerprint_write_sha256(writer, key->fingerprint.sha256);
	writer_put_byte(writer, '"');
	put_name(writer, "md5");
	writer_put_byte(writer, '"');
	ssh_fingerprint_write_md5(writer, key->fingerprint.md5);
	writer_put_byte(writer, '"');
	put_signers(writer, key);
	put_time(writer, "signed", key->signed_at);
	if (key->reason.size > 0) {
		put_name(writer, "reason");
		json_write_string(writer, key->reason);
	}
	writer_put_byte(writer, '}');
}

void render_error(struct writer *writer, enum status status, struct span detail)
{
	uint8_t message[512];
	struct writer words = writer_of(message, sizeof(message));
	size_t used;

	writer_put_string(&words, status_words_for_client(status));
	used = words.used;
	if (detail.size > 0) {
		writer_put_string(&words, ": ");
		writer_put(&words, detail);
	}
	if (words.overflowed)
		writer_rewind(&words, used);
	writer_put_string(writer, "{\"code\":");
	writer_put_number(writer, status_http_code(status));
	put_name(writer, "error");
	json_write_string(writer, span_of_string(http_reason_phrase(status_http_code(status))));
	put_name(writer, "message");
	json_write_string(writer, writer_written(&words));
	writer_put_string(writer, "}\n");
}

static void put_metric(struct writer *writer, const char *name, const char *type, const char *help, uint64_t value)
{
	writer_put_string(writer, "# HELP ");
	writer_put_string(writer, name);
	writer_put_byte(writer, ' ');
	writer_put_string(writer, help);
	writer_put_string(writer, "\n# TYPE ");
	writer_put_string(writer, name);
	writer_put_byte(writer, ' ');
	writer_put_string(writer, type);
	writer_put_byte(writer, '\n');
	writer_put_string(writer, name);
	writer_put_byte(writer, ' ');
	writer_put_padded_number(writer, value, 1);
	writer_put_byte(writer, '\n');
}

void render_metrics(struct writer *writer, const struct app *app)
{
	const struct table_usage usage = table_measure(app->table);
	const struct api_counters *counters = &app->counters;
	const struct {
		const char *name, *type, *help;
		uint64_t value;
	} rows[] = {
		{ "inki_keys", "gauge", "Live keys.", usage.live },
		{ "inki_keys_max", "gauge", "Records that the table has room for.", CONFIG_KEYS },
		{ "inki_keys_remembered", "gauge", "Records of removed or expired keys, kept against replays.",
		  usage.remembered },
		{ "inki_key_memory_used_bytes", "gauge", "Memory of keys in use.", usage.heap_used },
		{ "inki_key_memory_size_bytes", "gauge", "Memory set aside for keys.", usage.heap_size },
		{ "inki_connections", "gauge", "Open connections.", app->gauges.connections },
		{ "inki_connections_max", "gauge", "Connections that there is room for.", app->gauges.connections_max },
		{ "inki_start_time_seconds", "gauge", "When the server started, in seconds since 1970.",
		  (uint64_t)app->gauges.started },
		{ "inki_requests_total", "counter", "Requests answered.", counters->requests },
		{ "inki_keys_added_total", "counter", "Keys added or renewed.", counters->added },
		{ "inki_keys_removed_total", "counter", "Keys removed.", counters->removed },
		{ "inki_keys_expired_total", "counter", "Keys that have expired.", counters->expired },
		{ "inki_lists_served_total", "counter", "Lists of authorized keys handed out.", counters->served },
		{ "inki_requests_refused_total", "counter", "Requests answered with a 4xx status.",
		  counters->refused[4] },
		{ "inki_requests_limited_total", "counter",
		  "Requests answered with 429, after too many failed ones from the same source.", counters->limited },
		{ "inki_requests_failed_total", "counter", "Requests answered with a 5xx status.",
		  counters->refused[5] },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		put_metric(writer, rows[i].name, rows[i].type, rows[i].help, rows[i].value);
}
