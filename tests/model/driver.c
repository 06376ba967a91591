/* All of the server above the socket, driven by lines on standard input: model.py gives the same steps to its model.
 *
 *   config PATH            read this configuration, as at a reload
 *   restart                an empty table
 *   clock WALL UPTIME      what the clocks show from now on
 *   post HEX               a signed message; answers with the status code
 *   drop PATH              root removes the key at that path of the API; answers with the status code
 *   list TARGET            answers with the body of GET TARGET, its size in front
 */
#include "base/encoding.h"
#include "conf/conf.h"
#include "core/trust.h"
#include "crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 * 1024, BODY_MAX = 256 * 1024, SETTINGS = 512 * 1024 };

static struct config configs[2];
static struct arena settings[2], table_memory, request_memory;
static struct app app;
static int64_t wall;

static void fail(const char *what)
{
	fprintf(stderr, "driver: %s\n", what);
	exit(1);
}

static struct arena take(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		fail("no memory");
	return arena_of(memory, size);
}

static struct span load(const char *path, uint8_t *room)
{
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file)
		fail(path);
	size = fread(room, 1, FILE_MAX, file);
	fclose(file);
	return span_of(room, size);
}

static bool read_file(void *context, struct span path, struct span *bytes, const char **why_not)
{
	static uint8_t room[FILE_MAX];
	char name[4096];

	(void)context, (void)why_not;
	snprintf(name, sizeof(name), "%.*s", (int)path.size, (const char *)path.data);
	*bytes = load(name, room);
	return true;
}

static void restart(void)
{
	free(table_memory.data);
	table_memory = take(table_memory_size());
	app.table = table_start(&table_memory);
	app.trust_until = 0;
}

/* The old configuration stays until the new one is there. */
static void configure(const char *path)
{
	static uint8_t yaml[FILE_MAX], words[1024];
	static unsigned turn;
	struct writer error = writer_of(words, sizeof(words));
	struct conf_input input = { .file_name = path, .host_name = SPAN("router"), .read_file = read_file };

	turn ^= 1;
	arena_release(&settings[turn], 0);
	input.yaml = load(path, yaml);
	if (!conf_read(&input, &settings[turn], &configs[turn], &error)) {
		fprintf(stderr, "%.*s\n", (int)error.used, (const char *)words);
		exit(1);
	}
	if (!app.config)
		app.config = &configs[turn];
	while (!trust_adopt(&app, &configs[turn], wall))
		writer_rewind(app.journal, 0);
	writer_rewind(app.journal, 0);
}

static int handle(struct api_request request, struct writer *body)
{
	struct api_answer answer = { .body = *body };

	writer_rewind(app.journal, 0);
	request.remote = SPAN("model");
	request.access = ACCESS_ALL;
	api_handle(&app, &request, wall, &answer);
	if (answer.list.kind != API_LIST_NONE)
		api_write_list(&app, &answer.list, wall, &answer.body);
	if (answer.body.overflowed || app.journal->overflowed || app.arena->used != 0)
		fail("something has overflowed, or was not given back");
	*body = answer.body;
	return answer.http_code;
}

static void obey(char *line)
{
	static uint8_t room[BODY_MAX], message[FILE_MAX];
	struct writer body = writer_of(room, sizeof(room));
	char *word = strchr(line, ' ');
	struct api_request request = { .method = HTTP_GET };

	word = word ? word + 1 : line;
	if (strncmp(line, "config ", 7) == 0) {
		configure(word);
		puts("ok");
	} else if (strcmp(line, "restart") == 0) {
		restart();
		puts("ok");
	} else if (strncmp(line, "clock ", 6) == 0) {
		wall = strtoll(word, &word, 10);
		table_tell_uptime(app.table, strtoll(word, NULL, 10));
		puts("ok");
	} else if (strncmp(line, "post ", 5) == 0) {
		size_t size = strlen(word) / 2;

		if (!hex_read(span_of_string(word), message, size))
			fail("no hexadecimal digits");
		request = (struct api_request){ .method = HTTP_POST, .path = SPAN("/api/v1/keys"), .body = span_of(message, size) };
		printf("%d\n", handle(request, &body));
	} else if (strncmp(line, "drop ", 5) == 0) {
		request = (struct api_request){ .method = HTTP_DELETE, .path = span_of_string(word), .is_local_root = true };
		printf("%d\n", handle(request, &body));
	} else if (strncmp(line, "list ", 5) == 0) {
		request.path = span_of_string(word);
		handle(request, &body);
		printf("%zu\n%.*s", body.used, (int)body.used, (const char *)body.data);
	} else {
		fail(line);
	}
	fflush(stdout);
}

int main(void)
{
	static uint64_t crypto_memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];
	static uint8_t journal_room[64 * API_JOURNAL_MIN];
	static char line[FILE_MAX];
	struct writer journal = writer_of(journal_room, sizeof(journal_room));

	crypto_start(crypto_memory, sizeof(crypto_memory));
	settings[0] = take(SETTINGS);
	settings[1] = take(SETTINGS);
	request_memory = take(CONFIG_REQUEST_ARENA_KB * 1024);
	app = (struct app){ .arena = &request_memory, .journal = &journal };
	app.released = strtoll(getenv("RELEASED") ? getenv("RELEASED") : "0", NULL, 10);
	restart();
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		obey(line);
	}
	return 0;
}
