#include "client/reach.h"

#include "base/date.h"
#include "base/encoding.h"
#include "core/request.h"
#include "host/clock.h"
#include "host/environment.h"
#include "host/tell.h"
#include "http/target.h"
#include "http/write.h"
#include "json/read.h"

enum {
	CONNECT_TIME = 5000, /* milliseconds */
	TIME = 15000,
	TIMEOUT_MAX = 3600, /* seconds */
	MESSAGE_MAX = 1024, /* bytes of what a server says that are shown */
	JSON_ARENA_SIZE = 16384,
};

static bool refuse(const char **why_not, const char *words)
{
	*why_not = words;
	return false;
}

const char *reach_default(void)
{
	const char *server = environment_get("INKI_SERVER");

	return server ? server : "unix:/run/inki/inki.sock";
}

static bool check_user(const struct reach *reach, const char **why_not)
{
	if (reach->user.size > REQUEST_USERNAME_MAX || !utf8_is_valid(reach->user) || utf8_has_control(reach->user))
		return refuse(why_not, "the user's name is longer than 64 bytes, or not text");
	return true;
}

bool reach_read_server(struct reach *reach, const char *url, const char *timeout, const struct where_options *options,
                       const char **why_not)
{
	int64_t seconds = 0;

	*reach = (struct reach){ .time = TIME };
	if (!where_read(span_of_string(url ? url : reach_default()), &reach->where, why_not))
		return false;
	reach->where.cacert = options->cacert;
	reach->where.pins = options->pins;
	if (timeout && (!duration_read(span_of_string(timeout), &seconds) || seconds < 1 || seconds > TIMEOUT_MAX))
		return refuse(why_not, "a time-out is from 1s to 1h, such as 30s");
	if (timeout)
		reach->time = seconds * 1000;
	reach->user = reach->where.user;
	return check_user(reach, why_not);
}

bool reach_read(struct reach *reach, const char *url, const char *timeout, const struct where_options *options,
                const char **why_not)
{
	const char *user = environment_get("USER");

	if (!reach_read_server(reach, url, timeout, options, why_not))
		return false;
	if (reach->user.size == 0 && user)
		reach->user = span_of_string(user);
	if (reach->user.size == 0)
		return refuse(why_not, "which user? Write USER@HOST, or set $USER");
	return check_user(reach, why_not);
}

void reach_begin(const struct reach *reach, struct fetch *fetch)
{
	const int64_t now = clock_monotonic();

	fetch->where = reach->where;
	fetch->until = now + reach->time;
	fetch->connect_until = now + (reach->time < CONNECT_TIME ? reach->time : CONNECT_TIME);
}

void reach_write_target(struct writer *target, struct span user, const char *rest)
{
	writer_put_string(target, "/api/v1/user/");
	http_target_encode(target, user);
	writer_put_string(target, rest);
}

/* ---- refusals ---- */

/* The "message" of an error as inki answers it; empty if it is something else. */
static struct span find_message(const struct fetch *fetch, struct arena *arena)
{
	struct json_object *object = arena_take_zeroed(arena, 1, sizeof(*object));

	if (!object || !span_starts_with(fetch->content_type, SPAN("application/json")) ||
	    json_read_object(fetch->body, arena, object) != STATUS_OK)
		return (struct span){ 0 };
	for (size_t i = 0; i < object->count; i++)
		if (span_equal(object->members[i].name, SPAN("message")))
			return span_first(object->members[i].string, MESSAGE_MAX);
	return (struct span){ 0 };
}

/* What to do next, where what the server says does not tell. */
static const char *find_advice(int code, bool is_inki)
{
	static const struct {
		int code;
		const char *words;
	} advice[] = {
		{ 401, "does the user's keyring on that host hold your OpenPGP key, and are both clocks right?" },
		{ 404, "inki key list shows which keys there are" },
		{ 429, "wait a minute, and try again" },
		{ 500, "the server's log says more" },
		{ 503, "try again in a minute" },
	};

	if (!is_inki)
		return "is this address and port an inki server's?";
	for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++)
		if (advice[i].code == code)
			return advice[i].words;
	return NULL;
}

int reach_tell_refusal(const struct fetch *fetch)
{
	uint8_t memory[JSON_ARENA_SIZE], room[MESSAGE_MAX + 512];
	struct arena arena = arena_of(memory, sizeof(memory));
	struct writer words = writer_of(room, sizeof(room));
	const struct span message = find_message(fetch, &arena);
	const char *advice = find_advice(fetch->code, message.size > 0);

	writer_put_string(&words, fetch->code < 500 ? "the server refuses (" : "the server cannot do it (");
	writer_put_number(&words, fetch->code);
	writer_put_byte(&words, ' ');
	writer_put_string(&words, http_reason_phrase(fetch->code));
	writer_put_string(&words, message.size > 0 ? "): " : ")");
	writer_put(&words, message);
	if (advice) {
		writer_put_string(&words, "; ");
		writer_put_string(&words, advice);
	}
	return tell_failure(writer_written(&words));
}
