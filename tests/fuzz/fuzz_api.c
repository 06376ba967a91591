/* Requests to the server above its socket. Each line of the input is one: its method, target, seconds since the last, and body,
 * which is the message of vectors.py of that name or else the word itself. No key is ever live that no owner asked for. */
#include "base/encoding.h"
#include "fuzz.h"
#include "vectors.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 24 };

static struct span take_word(struct span *line)
{
	size_t end = span_find_byte(*line, ' ');
	struct span word = span_first(*line, end);

	*line = span_skip(*line, end + 1);
	return word;
}

static struct span find_body(struct span name)
{
	static const char *const messages[] = { "add", "add.newer", "add.latest", "add.p256", "add.short", "add.rsa2048",
		                                "add.host", "add.quorum", "add.by_eve", "add.bob", "add.crowd", "remove",
		                                "remove.sha256", "remove.md5", "remove.by_eve" };

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (span_equal(name, span_of_string(messages[i])))
			return vector_of("message.%s", messages[i]);
	return name;
}

static bool is_line_of(struct span line, const char *name)
{
	return span_equal(line, span_first(vector_of("ssh.%s", name), line.size)) &&
	       line.size + 1 == vector_of("ssh.%s", name).size;
}

static void check_keys(int64_t now)
{
	static const char *const names[] = { "ed25519", "p256", "rsa2048" };
	struct table_walk walk = table_walk_all();
	struct table_key key;

	while (table_walk_next(world.app.table, &walk, &key)) {
		bool is_known = false;

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			is_known = is_known || is_line_of(key.line, names[i]);
		FUZZ_CHECK(is_known && key.is_live && key.user < WORLD_USERS && key.signer_count > 0);
		FUZZ_CHECK(key.expire <= key.signed_at + 86400 && key.expire > now - 86400);
	}
}

/* Whatever was asked: the log shows the audit's lines as they are. */
static void check_journal(void)
{
	struct span lines = writer_written(&world.journal), line;

	while (span_take_line(&lines, &line)) {
		FUZZ_CHECK(span_starts_with(line, SPAN("event=")));
		while (line.size > 0) {
			FUZZ_CHECK(printable_size(line) > 0);
			line = span_skip(line, printable_size(line));
		}
	}
}

static void ask(struct span line, int64_t *now)
{
	static const struct {
		const char *name;
		enum http_method method;
	} methods[] = { { "GET", HTTP_GET }, { "HEAD", HTTP_HEAD }, { "POST", HTTP_POST }, { "DELETE", HTTP_DELETE } };
	const struct span method = take_word(&line), target = take_word(&line), seconds = take_word(&line);
	struct api_request request = { .remote = SPAN("192.0.2.1"), .access = ACCESS_ALL, .may_see_events = true };
	int code;

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (span_equal(method, span_of_string(methods[i].name)))
			request.method = methods[i].method;
	request.is_local_root = method.size > 0 && method.data[0] == 'd'; /* "delete": root asks */
	if (request.is_local_root)
		request.method = HTTP_DELETE;
	request.path = span_first(target, span_find_byte(target, '?'));
	request.query = span_skip(target, request.path.size + 1);
	/* what the HTTP reader lets through */
	if (request.path.size == 0 || request.path.data[0] != '/')
		return;
	for (size_t i = 0; i < target.size; i++)
		if (target.data[i] <= 0x20 || target.data[i] >= 0x7f)
			return;
	for (size_t i = 0; i < seconds.size && i < 4; i++)
		*now += seconds.data[i] >= '0' && seconds.data[i] <= '9' ? seconds.data[i] - '0' : 0;
	request.body = find_body(line);
	code = world_handle(&request, *now);
	FUZZ_CHECK(code >= 200 && code < 600 && code != 500);
	check_keys(*now);
	check_journal();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size), line;
	int64_t now = WORLD_NOW;

	if (!world.app.config)
		world_start(NULL);
	world_clear(NULL);
	for (size_t i = 0; i < LINES_MAX && span_take_line(&input, &line); i++)
		ask(line, &now);
	return 0;
}
