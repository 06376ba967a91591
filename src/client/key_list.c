#include "client/key_list.h"

#include "client/authorized_keys.h"
#include "client/listed_key.h"
#include "client/reach.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/pages.h"
#include "host/signal.h"
#include "host/tell.h"
#include "json/array.h"

struct list_options {
	const char *authorized_keys, *all, *expired, *json, *timeout;
	struct where_options where;
};

static const struct option list_options[] = {
	{ 'a', "authorized-keys", OPTION_FLAG, offsetof(struct list_options, authorized_keys), NULL,
	  "as lines of authorized_keys" },
	{ 0, "all", OPTION_FLAG, offsetof(struct list_options, all), NULL, "the keys of all users" },
	{ 'x', "expired", OPTION_FLAG, offsetof(struct list_options, expired), NULL,
	  "also keys that have ended by this machine's clock; the server lists\nthose that have not by its own" },
	{ 0, "json", OPTION_FLAG, offsetof(struct list_options, json), NULL, "as JSON" },
	{ 0, "timeout", OPTION_VALUE, offsetof(struct list_options, timeout), "TIME", REACH_TIMEOUT_HELP },
	WHERE_OPTIONS(struct list_options, where),
};

/* A list on its way through: only a window of it is in memory at a time. */
struct list {
	const struct list_options *options;
	int64_t now;
	struct json_array array;
	struct arena arena; /* for one key at a time */
	struct writer out;
	uint64_t shown, hidden; /* keys */
	bool broken;            /* standard output has failed, and that was told */
};

enum {
	WINDOW_SIZE = 128 * 1024, /* bytes; a key and all that is told of it has less than half of that */
	OUT_SIZE = 16384,
	TARGET_MAX = 512,
};

static const struct span no_memory = SPAN_INITIALIZER("the system has not enough memory");
static const struct span no_keys = SPAN_INITIALIZER("the server's answer is no list of keys; did it come from inki?");

/* Writes a piece, which may be larger than the room of the writer that collects pieces. */
static void put(struct list *list, struct span piece)
{
	if (list->out.used + piece.size > OUT_SIZE)
		list->broken = !tell_written(&list->out) || list->broken;
	if (piece.size <= OUT_SIZE)
		writer_put(&list->out, piece);
	else
		list->broken = tell_result(piece) != TELL_DONE || list->broken;
}

/* Takes whole lines off the front of *body; false if one is not what it should be. */
static bool take_lines(struct list *list, struct span *body)
{
	size_t end;

	while ((end = span_find_byte(*body, '\n')) < body->size) {
		if (!authorized_keys_are_sane(span_first(*body, end + 1)))
			return false;
		put(list, span_first(*body, end + 1));
		list->shown++;
		*body = span_skip(*body, end + 1);
	}
	return true;
}

static void show_key(struct list *list, const struct listed_key *key, struct span object)
{
	uint8_t room[LISTED_KEY_TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));

	if (list->options->json) {
		put(list, list->shown > 0 ? SPAN(",\n") : SPAN("["));
		put(list, object);
	} else {
		listed_key_write(&text, key);
		put(list, writer_written(&text));
	}
	list->shown++;
}

/* The same for JSON's objects. */
static bool take_objects(struct list *list, struct span *body)
{
	struct span object;
	enum status status;

	while ((status = json_array_next(&list->array, body, &object)) == STATUS_OK) {
		struct listed_key key;
		const size_t used = list->arena.used;

		if (!listed_key_read(object, &list->arena, &key))
			return false;
		if (key.expire > list->now || list->options->expired)
			show_key(list, &key, object);
		else
			list->hidden++;
		arena_release(&list->arena, used);
	}
	return status == STATUS_MORE;
}

static bool take(struct list *list, struct span *body)
{
	return list->options->authorized_keys ? take_lines(list, body) : take_objects(list, body);
}

/* Is the whole of it there, once the server has sent all? */
static bool has_ended(const struct list *list, struct span rest)
{
	return rest.size == 0 && (list->options->authorized_keys || json_array_has_ended(&list->array));
}

static void tell_counts(const struct list *list)
{
	uint8_t room[200];
	struct writer words = writer_of(room, sizeof(room));

	if (list->hidden > 0) {
		writer_put_padded_number(&words, list->hidden, 1);
		writer_put_string(&words,
		                  " more have ended by this machine's clock, though not by the server's; -x lists "
		                  "them too");
		tell_note(writer_written(&words));
	} else if (list->shown == 0 && !list->options->json && !list->options->authorized_keys) {
		tell_note(list->options->all ? SPAN("there are no keys now") : SPAN("this user has no keys there now"));
	}
}

static int print_list(struct list *list, struct fetch *fetch)
{
	const bool is_text = !list->options->authorized_keys && !list->options->json;
	uint8_t room[512];
	struct writer words = writer_of(room, sizeof(room));
	size_t dropped = 0;

	if (is_text)
		put(list, SPAN("Authorized keys:\n"));
	while (!fetch->ended && !list->broken) {
		struct span rest;

		if (!fetch_continue(fetch, dropped, &words))
			return tell_failure(writer_written(&words));
		rest = fetch->body;
		if (!take(list, &rest) || (fetch->ended && !has_ended(list, rest)))
			return tell_failure(no_keys);
		dropped = fetch->body.size - rest.size;
	}
	if (list->options->json)
		put(list, list->shown > 0 ? SPAN("]\n") : SPAN("[]\n"));
	if (list->broken || !tell_written(&list->out))
		return TELL_FAILED;
	tell_counts(list);
	return TELL_DONE;
}

/* The words of an error, as far as there is room. */
static int tell_refusal(struct fetch *fetch)
{
	uint8_t room[512];
	struct writer words = writer_of(room, sizeof(room));

	while (!fetch->ended)
		if (!fetch_continue(fetch, 0, &words))
			return tell_failure(writer_written(&words));
	return reach_tell_refusal(fetch);
}

static int print_answer(struct list *list, struct fetch *fetch)
{
	const struct span type = list->options->authorized_keys ? SPAN("text/plain") : SPAN("application/json");

	if (fetch->code != 200)
		return tell_refusal(fetch);
	return span_starts_with(fetch->content_type, type) ? print_list(list, fetch) : tell_failure(no_keys);
}

static int ask(const struct list_options *options, const struct reach *reach)
{
	uint8_t target_room[TARGET_MAX], room[512];
	struct writer target = writer_of(target_room, sizeof(target_room)), words = writer_of(room, sizeof(room));
	struct list list = {
		.options = options,
		.now = clock_wall(),
		.arena = arena_of(pages_take(LISTED_KEY_ARENA_SIZE), LISTED_KEY_ARENA_SIZE),
		.out = writer_of(pages_take(OUT_SIZE), OUT_SIZE),
	};
	struct fetch fetch = { .in_pieces = true, .room = pages_take(WINDOW_SIZE), .size = WINDOW_SIZE };
	int code;

	if (!list.arena.data || !list.out.data || !fetch.room)
		return tell_failure(no_memory);
	if (options->all)
		writer_put_string(&target, "/api/v1/keys");
	else
		reach_write_target(&target, reach->user, options->authorized_keys ? "/authorized_keys" : "/keys");
	fetch.target = writer_written(&target);
	reach_begin(reach, &fetch);
	if (!fetch_start(&fetch, &words))
		return tell_failure(writer_written(&words));
	code = print_answer(&list, &fetch);
	fetch_end(&fetch);
	return code;
}

static int key_list_main(int count, char **arguments)
{
	struct list_options options = { 0 };
	const char *url = NULL, *why_not;
	struct reach reach;
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));

	file_guard_standard();
	signal_ignore_pipe();
	if (command_read(&key_list_command, count, arguments, &options, &url, &words) < 0)
		return tell_usage(key_list_command.name, writer_written(&words));
	if (options.authorized_keys && (options.json || options.all))
		return tell_usage(key_list_command.name, SPAN("-a goes with neither --json nor --all"));
	if (!(options.all ? reach_read_server : reach_read)(&reach, url, options.timeout, &options.where, &why_not))
		return tell_usage(key_list_command.name, span_of_string(why_not));
	if (options.all && reach.user.size > 0)
		return tell_usage(key_list_command.name, SPAN("either --all or USER@"));
	return ask(&options, &reach);
}

const struct command key_list_command = {
	.name = "key list",
	.main = key_list_main,
	.summary = "list a user's keys on a host",
	.operands = "[URL]",
	.operand_count = 1,
	COMMAND_OPTIONS(list_options),
	.text = "Lists the SSH keys that let a user in now.\n",
	.notes = REACH_URL_NOTES,
};
