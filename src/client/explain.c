#include "client/explain.h"

#include "base/date.h"
#include "client/inquiry.h"
#include "client/listed_key.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/pages.h"
#include "host/signal.h"
#include "host/tell.h"
#include "http/target.h"

struct explain_options {
	const char *timeout;
	struct where_options where;
};

static const struct option explain_options[] = {
	{ 0, "timeout", OPTION_VALUE, offsetof(struct explain_options, timeout), "TIME", REACH_TIMEOUT_HELP },
	WHERE_OPTIONS(struct explain_options, where),
};

enum { TARGET_MAX = 512, ANSWER_MAX = 65536 };

/* The key as it is now. */
struct standing {
	bool is_live;
	int64_t expire;
};

static const struct span no_memory = SPAN_INITIALIZER("the system has not enough memory");

/* ---- the verdict ---- */

/* 5m ago (2026-11-22T11:33:07Z) */
static void put_when(struct writer *text, int64_t time, int64_t now)
{
	if (time <= now) {
		duration_write(text, now - time);
		writer_put_string(text, " ago (");
	} else {
		writer_put_string(text, "by its clock (");
	}
	date_write(text, time);
	writer_put_byte(text, ')');
}

static void write_live(struct writer *text, const struct standing *standing, struct span user, int64_t now)
{
	writer_put_string(text, "This key lets ");
	writer_put(text, user);
	writer_put_string(text, " in until ");
	date_write(text, standing->expire);
	if (standing->expire > now) {
		writer_put_string(text, ", another ");
		duration_write(text, standing->expire - now);
	}
	writer_put_string(text, ".\n");
}

static void write_dead(struct writer *text, const struct inquiry *inquiry, int64_t now)
{
	writer_put_string(text, "This key does not let ");
	writer_put(text, inquiry->user);
	writer_put_string(text, " in. ");
	if (inquiry->fate.used > 0) {
		writer_put_string(text, "Last, ");
		put_when(text, inquiry->fate_time, now);
		writer_put_string(text, ": ");
		writer_put(text, writer_written(&inquiry->fate));
	} else {
		writer_put_string(text, inquiry->is_complete ? "It was never let in since the server's start, "
		                                             : "The server still knows some events since ");
		put_when(text, inquiry->since, now);
		writer_put_string(text, inquiry->is_complete ? ", and no request for it came"
		                                             : ", and none of them tells of this key; its log has all");
	}
	writer_put_string(text, ".\n");
}

/* Requests that could not be read to the name of their key: one of them may have been for this one. */
static void tell_nameless(const struct inquiry *inquiry)
{
	uint8_t room[256];
	struct writer words = writer_of(room, sizeof(room));

	if (inquiry->nameless == 0)
		return;
	writer_put_padded_number(&words, inquiry->nameless, 1);
	writer_put_string(&words, " refused requests do not tell which key they were for; inki events shows them");
	tell_note(writer_written(&words));
}

static int print_verdict(struct inquiry *inquiry, const struct standing *standing, bool knows_events)
{
	const int64_t now = clock_wall();

	inquiry_flush(inquiry);
	if (standing->is_live)
		write_live(&inquiry->out, standing, inquiry->user, now);
	else if (knows_events)
		write_dead(&inquiry->out, inquiry, now);
	else
		writer_put_string(&inquiry->out, "This key does not let anybody in.\n");
	inquiry_flush(inquiry);
	if (!standing->is_live && knows_events && inquiry->met == 0)
		tell_nameless(inquiry);
	return inquiry->is_unprinted ? TELL_FAILED : TELL_DONE;
}

/* ---- what the server knows ---- */

static bool read_key(const struct fetch *fetch, struct inquiry *inquiry, struct standing *standing)
{
	struct arena arena = arena_of(pages_take(LISTED_KEY_ARENA_SIZE), LISTED_KEY_ARENA_SIZE);
	struct listed_key key;
	enum ssh_fingerprint_kind kind;

	if (!arena.data || !span_starts_with(fetch->content_type, SPAN("application/json")) ||
	    !listed_key_read(fetch->body, &arena, &key) ||
	    !ssh_fingerprint_read(key.fingerprint, &kind, &inquiry->wanted) || kind != SSH_FINGERPRINT_SHA256 ||
	    !ssh_fingerprint_read(key.md5, &kind, &inquiry->wanted) || kind != SSH_FINGERPRINT_MD5)
		return false;
	*standing = (struct standing){ .is_live = true, .expire = key.expire };
	return true;
}

/* Is the key in now? Returns TELL_DONE, or an exit code when what went wrong was told. */
static int ask_key(const struct reach *reach, const char *fingerprint, struct inquiry *inquiry,
                   struct standing *standing)
{
	uint8_t target_room[TARGET_MAX], room[512];
	struct writer target = writer_of(target_room, sizeof(target_room)), words = writer_of(room, sizeof(room));
	struct fetch fetch = { .room = pages_take(ANSWER_MAX), .size = ANSWER_MAX };

	if (!fetch.room)
		return tell_failure(no_memory);
	reach_write_target(&target, inquiry->user, "/key/");
	http_target_encode(&target, span_of_string(fingerprint));
	fetch.target = writer_written(&target);
	reach_begin(reach, &fetch);
	if (!fetch_whole(&fetch, &words))
		return tell_failure(writer_written(&words));
	if (fetch.code == 404 && span_starts_with(fetch.content_type, SPAN("application/json")))
		return TELL_DONE;
	if (fetch.code != 200)
		return reach_tell_refusal(&fetch);
	return read_key(&fetch, inquiry, standing)
	               ? TELL_DONE
	               : tell_failure(SPAN("the server's answer is no key; did it come from inki?"));
}

/* Reads the events twice: for both digests of the key, which not all of them have, and for what happened. */
static enum event_list_end ask_events(const struct reach *reach, struct inquiry *inquiry, struct writer *words)
{
	struct event_list list = { .reach = reach, .take = inquiry_learn, .context = inquiry };
	enum event_list_end end = EVENT_LIST_UNREACHED;

	if (!event_list_start(&list)) {
		writer_put(words, no_memory);
		return end;
	}
	end = event_list_read(&list, 0, words);
	list.take = inquiry_take;
	return end == EVENT_LIST_READ ? event_list_read(&list, 0, words) : end;
}

static int explain(const struct reach *reach, const char *fingerprint, struct inquiry *inquiry)
{
	uint8_t room[512];
	struct writer words = writer_of(room, sizeof(room));
	struct standing standing = { 0 };
	enum event_list_end end;
	int code;

	inquiry->out = writer_of(pages_take(INQUIRY_OUT_SIZE), INQUIRY_OUT_SIZE);
	inquiry->fate = writer_of(pages_take(INQUIRY_WORDS_MAX), INQUIRY_WORDS_MAX);
	if (!inquiry->out.data || !inquiry->fate.data)
		return tell_failure(no_memory);
	code = ask_key(reach, fingerprint, inquiry, &standing);
	if (code != TELL_DONE)
		return code;
	end = ask_events(reach, inquiry, &words);
	if (end == EVENT_LIST_UNREACHED || end == EVENT_LIST_WRONG)
		tell_failure(writer_written(&words));
	code = print_verdict(inquiry, &standing, end == EVENT_LIST_READ);
	return end == EVENT_LIST_READ ? code : TELL_FAILED;
}

static int explain_main(int count, char **arguments)
{
	struct explain_options options = { 0 };
	const char *operands[3] = { NULL, NULL, NULL }, *const *named = operands, *why_not;
	struct inquiry inquiry = { 0 };
	struct reach reach;
	enum ssh_fingerprint_kind kind;
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));
	int found;

	file_guard_standard();
	signal_ignore_pipe();
	found = command_read(&explain_command, count, arguments, &options, operands, &words);
	if (found < 0)
		return tell_usage("explain", writer_written(&words));
	if (found < 2)
		return tell_usage("explain",
		                  SPAN("which user, and which key? Its fingerprint is what ssh-keygen -l prints"));
	named += found - 2;
	if (!reach_read_server(&reach, found == 3 ? operands[0] : NULL, options.timeout, &options.where, &why_not))
		return tell_usage("explain", span_of_string(why_not));
	if (reach.user.size > 0)
		return tell_usage("explain", SPAN("the user is an operand, not a part of the URL"));
	if (!ssh_fingerprint_read(span_of_string(named[1]), &kind, &inquiry.wanted))
		return tell_usage("explain", span_of_string(status_words(STATUS_ROUTE_FINGERPRINT)));
	inquiry.user = span_of_string(named[0]);
	return explain(&reach, named[1], &inquiry);
}

const struct command explain_command = {
	.name = "explain",
	.main = explain_main,
	.summary = "tell why a key is let in on a host, or is not",
	.operands = "[URL] USER FINGERPRINT",
	.operand_count = 3,
	COMMAND_OPTIONS(explain_options),
	.text = "Prints what the server's events tell of a key, the newest last, and whether it lets USER in now. "
		"FINGERPRINT\n"
		"is SHA256:..., as ssh-keygen -l prints it and as it stands in sshd's log, or MD5. Events are shown to "
		"root "
		"on\n"
		"the host, and to others where the server's configuration allows it (see events in "
		"inki.conf.example).\n",
	.notes = "URL is [http[s]://]HOST[:PORT] or unix:/path; else it is $INKI_SERVER, else "
		 "unix:/run/inki/inki.sock.\n",
};
