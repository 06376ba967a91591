/* All of the server above the socket: one HTTP request in, one answer out. Pure: time comes in as a number, journal
 * lines go out through a writer, nothing blocks.
 *
 * An answer is short and complete in .body, or it is a list that may be longer than any buffer: then .list is
 * set, and api_write_list() writes as many whole elements as fit, and goes on from there the next time.
 */
#ifndef INKI_CORE_API_H
#define INKI_CORE_API_H

#include "base/arena.h"
#include "base/writer.h"
#include "core/config.h"
#include "core/events.h"
#include "core/failures.h"
#include "core/journal.h"
#include "core/metrics.h"
#include "core/question.h"
#include "core/table.h"
#include "http/head.h"

/* Up to how many milliseconds a check took, for each bucket of their histogram but the last. */
enum { API_CHECK_BUCKETS = 8 };
extern const uint64_t api_check_buckets[API_CHECK_BUCKETS];

/* What happened so far, for /metrics. Counters only grow. */
struct api_counters {
	uint64_t requests;
	uint64_t added, removed, expired, dropped; /* keys */
	uint64_t answers[6];                       /* by hundreds of their HTTP status code */
	uint64_t refusals[STATUS_COUNT];           /* by status */
	uint64_t served;                           /* authorized_keys lists handed out */
	uint64_t checks[2];                        /* that refused, that allowed */
	uint64_t check_durations[API_CHECK_BUCKETS + 1], check_milliseconds;
	uint64_t reloads[2]; /* that failed, that worked */
	uint64_t limited;    /* requests not even looked at, after too many failed ones from there */
};

/* What the edge knows and /metrics tells, and what is measured when it asks. */
struct api_gauges {
	struct span version;
	uint64_t connections, connections_max;
	uint64_t started;      /* when the server started, */
	uint64_t configured;   /* and when it last read its configuration */
	uint64_t reload_works; /* 1 if so at the last time, the start included */
	uint64_t log_lost;     /* lines */
	uint64_t settings_size;
};

/* What was asked for last of the keys (audit.h). */
struct audit_served {
	uint8_t question[256];
	size_t question_size;
	int64_t written; /* when its line was, */
	int64_t time;    /* and when the last was that might have been: */
	unsigned spent;  /* of the burst, then */
	uint64_t skipped;
};

/* What a check was asked about. */
struct check_subject {
	uint32_t user, check, action; /* as in struct question */
	bool has_key;
	uint8_t sha256[32]; /* of the key */
};

/* An answer that holds for a while (core/check.h). */
struct check_memory {
	struct check_subject subject;
	bool is_allowed;
	int64_t since, until;
};

enum { CHECK_MEMORIES = IS_ENABLED(CONFIG_CHECKS) ? 32 : 1 };

struct app {
	const struct config *config;
	struct table *table;
	struct failures *failures; /* who has failed how often: for the caller, who knows the sources */
	struct arena *arena;       /* for one request at a time; released before api_handle() returns */
	struct events *events;     /* NULL: none are kept */
	struct writer *journal;    /* of API_JOURNAL_MIN bytes: audit lines, each ended by LF; the caller empties it */
	int64_t released;          /* the day of the release: no clock that is set shows an earlier one (now.h) */
	bool clock_is_set;         /* while a request is handled */
	int64_t trust_until; /* when the right of a signer of a live key ends; 0: no such end is known (core/trust.h) */
	struct question *question; /* what a check is to be asked, when an answer says so; NULL: nobody can ask */
	struct check_subject asked;
	struct check_memory check_memories[CHECK_MEMORIES];
	struct api_counters counters;
	struct api_gauges gauges; /* kept up to date by the caller */
	struct audit_served served;
};

/* What the checks have said so far to a request that is handled again. */
struct api_verdict {
	uint32_t allowed;   /* a bit for each that has allowed it, as in struct config_policy */
	enum status status; /* STATUS_OK, or why one has not */
	struct span detail; /* to stand behind its words */
};

struct api_request {
	enum http_method method;
	struct span path;  /* as on the wire, percent-encoded, e.g. /api/v1/keys */
	struct span query; /* as on the wire, without the question mark; may be empty */
	struct span body;
	struct span remote;        /* who asks, for the journal: an address, or unix:uid:0 */
	enum config_access access; /* of the listener */
	bool may_see_events;       /* by this listener, where access allows reading */
	bool is_local_root;        /* a Unix socket's peer has uid 0 */
	struct api_verdict verdict;
};

enum api_list_kind { API_LIST_NONE, API_LIST_JSON, API_LIST_AUTHORIZED_KEYS, API_LIST_EVENTS, API_LIST_METRICS };

/* A list under way. */
struct api_list {
	enum api_list_kind kind;
	union {
		struct table_walk walk;
		struct events_walk events;
		struct metrics_walk metrics;
	};
	bool started; /* there was an element */
	bool ended;
};

struct api_answer {
	bool asks; /* this is no answer yet: ask the check app->question, and handle the request again with the verdict
	            */
	int http_code;
	const char *content_type;
	const char *allow;    /* the Allow field of a 405, or NULL */
	unsigned retry_after; /* seconds; 0: no such field */
	struct writer body;   /* the caller provides room of at least API_BODY_MAX bytes */
	struct api_list list; /* .kind is API_LIST_NONE when .body is the whole answer */
};

enum {
	API_BODY_MAX = 11264, /* bytes that the longest single answer takes: one key in JSON, an error */
	API_JOURNAL_MIN = 4 * JOURNAL_LINE_MAX, /* bytes */
};

/* Answers one request; all fields of *answer but .body's room are set. now is the system's time in seconds since 1970,
 * beside which table_tell_uptime() is kept up to date. Expired keys are swept first. */
void api_handle(struct app *app, const struct api_request *request, int64_t now, struct api_answer *answer);

/* The answer to a request that failed before it came here (framing, limits, time-outs): the error body for status. */
void api_answer_error(struct api_answer *answer, enum status status);

/* Writes the next elements of a list, as many as fit, and sets list->ended after the last. A call writes at least one
 * element if out has room for API_BODY_MAX bytes. Keys that were added or removed in between may or may not appear. */
void api_write_list(const struct app *app, struct api_list *list, int64_t now, struct writer *out);

/* Counts an answer that did not come from api_handle(). */
void api_count_answer(struct app *app, enum status status);

/* Drops what has expired, and whose signer may not sign any more, as long as the journal has room for its lines; call
 * it at api_next_sweep() even if no request comes, and again while that has passed. What has expired is not served any
 * more, dropped or not. */
void api_sweep(struct app *app, int64_t now);
int64_t api_next_sweep(const struct app *app);

/* Has the journal room for one more line, and still for those of a request? */
bool api_has_room_for_lines(const struct writer *journal);

#endif
