#include "client/key_draft.h"

#include "base/date.h"
#include "base/encoding.h"
#include "base/memory.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/tell.h"

enum { FILE_SIZE_MAX = 16384 }; /* bytes; the longest line of a key has less than 4096 */

/* "FILE: words" */
static int fail(const char *file, const char *words)
{
	uint8_t room[FILE_PATH_MAX + 512];
	struct writer line = writer_of(room, sizeof(room));

	writer_put(&line, file ? span_first(span_of_string(file), FILE_PATH_MAX) : SPAN("standard input"));
	writer_put_string(&line, ": ");
	writer_put_string(&line, words);
	return tell_failure(writer_written(&line));
}

static bool is_private(struct span text)
{
	enum status status = ssh_key_recognize(text);

	return status == STATUS_SSH_KEY_PRIVATE || status == STATUS_SSH_KEY_PUTTY;
}

/* Reads the line of a public key; nothing of a private one goes any further, nor to the screen. */
static int read_key(const char *file, struct arena *arena, struct request *request)
{
	uint8_t *room = arena_take(arena, FILE_SIZE_MAX);
	struct writer parts = writer_of(arena_take(arena, SSH_KEY_ROOM_MAX), SSH_KEY_ROOM_MAX);
	const char *why_not;
	struct span text;
	enum status status;

	if (!room || !parts.data)
		return fail(file, status_words(STATUS_REQUEST_TOO_LARGE));
	if (!file_read_start(file, room, FILE_SIZE_MAX, &text, &why_not))
		return fail(file, why_not);
	if (is_private(text)) {
		memory_wipe(room, FILE_SIZE_MAX);
		return fail(file, "this is a private key, and it is not sent; give its public half, a .pub file");
	}
	status = text.size == 0 ? STATUS_SSH_KEY_SYNTAX : ssh_key_read(text, &parts, &request->key);
	request->has_key = status == STATUS_OK;
	return status == STATUS_OK ? TELL_DONE : fail(file, status_words(status));
}

/* A lifetime, or a time that is still to come. */
static bool read_expire(const char *text, struct request *request)
{
	request->expire_is_lifetime = duration_read(span_of_string(text), &request->expire);
	if (request->expire_is_lifetime)
		return request->expire > 0;
	return date_read(span_of_string(text), &request->expire) && request->expire > clock_wall();
}

static bool is_text(const char *value)
{
	return utf8_is_valid(span_of_string(value)) && !utf8_has_control(span_of_string(value));
}

/* What the options say; the words of what is wrong with them, or NULL. */
static const char *take_options(const struct key_draft *draft, struct span hosts[static OPTION_LIST_MAX],
                                struct request *request)
{
	if (draft->reason && (!is_text(draft->reason) || span_of_string(draft->reason).size > REQUEST_REASON_MAX))
		return "a --reason is text of at most 256 bytes on one line";
	if (draft->reason)
		request->reason = span_of_string(draft->reason);
	for (size_t i = 0; i < draft->hosts.count; i++) {
		if (!is_text(draft->hosts.values[i]) || draft->hosts.values[i][0] == '\0')
			return "a --host is the name of a host";
		hosts[i] = span_of_string(draft->hosts.values[i]);
	}
	request->hosts = hosts;
	request->host_count = draft->hosts.count;
	if (request->action == REQUEST_ADD && !read_expire(draft->expire, request))
		return "--expire is a duration such as 90s, 15m, 12h or 2d, or a time to come such as "
		       "2026-12-31T23:59:59Z";
	if (!draft->fingerprint)
		return NULL;
	if (draft->file)
		return "either the key (-f) or its --fingerprint, not both";
	if (!ssh_fingerprint_read(span_of_string(draft->fingerprint), &request->fingerprint_kind,
	                          &request->fingerprint))
		return "a --fingerprint is SHA256: and 43 characters of base64, or 32 hexadecimal digits of MD5";
	return NULL;
}

/* The server's own reader has the last word. */
static int check(struct span text, struct arena *arena)
{
	uint8_t room[512];
	struct writer words = writer_of(room, sizeof(room));
	struct request request;
	struct span field;
	enum status status = request_read(text, arena, &request, &field);

	if (status == STATUS_OK)
		return TELL_DONE;
	writer_put_string(&words, "no server would take this request: ");
	writer_put_string(&words, status_words(status));
	return tell_failure(writer_written(&words));
}

int key_draft_write(const struct command *command, enum request_action action, const struct key_draft *draft,
                    struct span user, struct arena *arena, struct writer *text)
{
	struct span hosts[OPTION_LIST_MAX];
	struct request request = { .action = action, .username = user };
	const char *wrong = take_options(draft, hosts, &request);

	if (wrong)
		return tell_usage(command->name, span_of_string(wrong));
	if (!draft->fingerprint && read_key(draft->file, arena, &request) != TELL_DONE)
		return TELL_FAILED;
	request_write(text, &request);
	if (text->overflowed)
		return tell_failure(span_of_string(status_words(STATUS_REQUEST_TOO_LARGE)));
	return check(writer_written(text), arena);
}
