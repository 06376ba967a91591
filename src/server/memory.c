#include "server/memory.h"

#include "base/arena.h"
#include "core/events.h"
#include "core/failures.h"
#include "core/question.h"
#include "core/table.h"
#include "crypto/crypto.h"
#include "host/net.h"
#include "host/pages.h"
#include "server/slots.h"
#include "tls/server.h"

enum { JOURNAL_SIZE = 16384, ALIGNMENT = 64 };

struct row {
	const char *name;
	size_t count, size;
};

static struct row row_of(enum memory_part part)
{
	static const struct row rows[MEMORY_PART_COUNT] = {
		[MEMORY_SLOTS] = { "connections", CONFIG_CONNECTIONS, sizeof(struct slot) },
		[MEMORY_INPUTS] = { "request buffers", CONFIG_CONNECTIONS, CONN_INPUT_SIZE },
		[MEMORY_OUTPUTS] = { "response buffers", CONFIG_CONNECTIONS + 1, RESPONSE_BUFFER_SIZE },
		[MEMORY_TLS] = { "TLS connections", CONFIG_CONNECTIONS, 0 },
		[MEMORY_TLS_SESSIONS] = { "TLS sessions", 1, 0 },
		[MEMORY_TABLE] = { "key table", 1, 0 },
		[MEMORY_FAILURES] = { "sources of failures", CONFIG_FAILURE_SOURCES, sizeof(struct failures_source) },
		[MEMORY_SETTINGS] = { "settings", MEMORY_SETTINGS_COUNT, CONFIG_SETTINGS_ARENA_KB * 1024 },
		[MEMORY_REQUEST] = { "request at work", 1, CONFIG_REQUEST_ARENA_KB * 1024 },
		[MEMORY_CRYPTO] = { "signature at work", 1, CRYPTO_VERIFY_SIZE },
		[MEMORY_JOURNAL] = { "journal", 1, JOURNAL_SIZE },
		[MEMORY_EVENTS] = { "events", 1, 0 },
		[MEMORY_QUESTION] = { "question to a check", 1, sizeof(struct question) },
	};
	struct row row = rows[part];

	if (part == MEMORY_TABLE)
		row.size = table_memory_size();
	if (part == MEMORY_TLS && IS_ENABLED(CONFIG_TLS))
		row.size = tls_server_memory_size();
	if (part == MEMORY_TLS_SESSIONS && IS_ENABLED(CONFIG_TLS))
		row.size = tls_sessions_memory_size(CONFIG_TLS_SESSIONS);
	if (part == MEMORY_EVENTS && IS_ENABLED(CONFIG_EVENTS))
		row.size = events_memory_size();
	return row;
}

/* What a part takes, so that the next one is aligned again. */
static size_t rounded_size(enum memory_part part)
{
	struct row row = row_of(part);

	return (row.count * row.size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t total_size(void)
{
	size_t total = 0;

	for (enum memory_part part = 0; part < MEMORY_PART_COUNT; part++)
		total += rounded_size(part);
	return total;
}

bool memory_take(struct memory *memory)
{
	uint8_t *own = pages_take(total_size() - rounded_size(MEMORY_SETTINGS));
	bool works = own;

	for (unsigned i = 0; i < MEMORY_SETTINGS_COUNT; i++) {
		memory->settings[i] = pages_take_shared(row_of(MEMORY_SETTINGS).size, &memory->descriptors[i]);
		works = works && memory->settings[i];
	}
	if (!works)
		return false;
	for (enum memory_part part = 0; part < MEMORY_PART_COUNT; part++) {
		memory->parts[part] = part == MEMORY_SETTINGS ? NULL : own;
		memory->sizes[part] = row_of(part).count * row_of(part).size;
		own += part == MEMORY_SETTINGS ? 0 : rounded_size(part);
	}
	return true;
}

struct arena memory_settings(const struct memory *memory, unsigned number)
{
	return arena_of(memory->settings[number], row_of(MEMORY_SETTINGS).size);
}

bool memory_protect_settings(const struct memory *memory)
{
	bool works = true;

	for (unsigned i = 0; i < MEMORY_SETTINGS_COUNT; i++)
		works = pages_protect(memory->settings[i], row_of(MEMORY_SETTINGS).size, memory->descriptors[i]) &&
		        works;
	return works;
}

void memory_keep_settings(const struct memory *memory)
{
	for (unsigned i = 0; i < MEMORY_SETTINGS_COUNT; i++)
		if (memory->descriptors[i] >= 0)
			net_close(memory->descriptors[i]);
}

/* A column of text, or of a number at its right end. */
static void put_column(struct writer *writer, size_t start, size_t width)
{
	while (writer->used - start < width && !writer->overflowed)
		writer_put_byte(writer, ' ');
}

static void put_number_column(struct writer *writer, size_t number, size_t width)
{
	size_t digits = 1;

	for (size_t rest = number; rest >= 10; rest /= 10)
		digits++;
	put_column(writer, writer->used, width > digits ? width - digits : 0);
	writer_put_number(writer, (int64_t)number);
}

static void put_row(struct writer *writer, struct row row)
{
	size_t start = writer->used;

	writer_put_string(writer, "  ");
	writer_put_string(writer, row.name);
	put_column(writer, start, 22);
	if (row.count > 1) {
		put_number_column(writer, row.count, 4);
		writer_put_string(writer, " x");
		put_number_column(writer, row.size, 8);
	}
	put_column(writer, start, 36);
	put_number_column(writer, row.count * row.size, 10);
}

void memory_write_budget(struct writer *writer, size_t settings_used)
{
	writer_put_string(writer, "memory in bytes, all taken at start:\n");
	for (enum memory_part part = 0; part < MEMORY_PART_COUNT; part++) {
		if (row_of(part).size == 0)
			continue;
		put_row(writer, row_of(part));
		if (part == MEMORY_SETTINGS) {
			writer_put_string(writer, ", of one of which these take ");
			writer_put_number(writer, (int64_t)settings_used);
			writer_put_string(writer, " (");
			writer_put_number(writer, (int64_t)(settings_used * 100 / row_of(part).size));
			writer_put_string(writer, " %)");
		}
		writer_put_byte(writer, '\n');
	}
	put_row(writer, (struct row){ "total", 1, total_size() });
	writer_put_byte(writer, '\n');
}
