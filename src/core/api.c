#include "core/api.h"

#include "base/encoding.h"
#include "base/kconfig.h"
#include "core/audit.h"
#include "core/check.h"
#include "core/now.h"
#include "core/render.h"
#include "core/submit.h"
#include "core/trust.h"
#include "http/target.h"

enum { SEGMENTS_MAX = 2 };

/* One request on its way through a handler. */
struct call {
	struct app *app;
	const struct api_request *request;
	int64_t now;
	struct span user, fingerprint; /* the segments of the path that stand for them, decoded */
	struct span detail;            /* what stands behind the words of an error */
	struct api_answer *answer;
};

/* A connection ends within seconds; a key that makes room, hardly. */
static unsigned retry_after(enum status status)
{
	if (status == STATUS_HTTP_BUSY || status == STATUS_CHECK_BUSY || status == STATUS_CHECK_RELOADED)
		return 2;
	return status_http_code(status) == 503 ? 60 : 0;
}

static void answer_error(struct api_answer *answer, enum status status, struct span detail)
{
	answer->http_code = status_http_code(status);
	answer->content_type = "application/json";
	answer->retry_after = retry_after(status);
	answer->list = (struct api_list){ .kind = API_LIST_NONE };
	writer_rewind(&answer->body, 0);
	render_error(&answer->body, status, detail);
}

void api_answer_error(struct api_answer *answer, enum status status)
{
	answer->allow = NULL;
	answer_error(answer, status, (struct span){ 0 });
}

/* ---- the routes ---- */

/* Answers with a JSON array of one key or none. */
static void answer_key(struct call *call, const struct table_key *key)
{
	struct writer *body = &call->answer->body;

	writer_put_byte(body, '[');
	if (key)
		render_key(body, call->app->config, key);
	writer_put_string(body, "]\n");
}

static enum status submit(struct call *call, bool must_remove)
{
	const struct api_request *request = call->request;
	struct submission *submission = arena_take(call->app->arena, sizeof(*submission));
	enum status status;

	if (!submission)
		return STATUS_INTERNAL;
	status = submit_request(call->app, request, must_remove, call->now, submission);
	if (status == STATUS_CHECK_ASKED)
		return status;
	if (status == STATUS_OK)
		answer_key(call, submission->has_key ? &submission->key : NULL);
	call->detail = submission->detail;
	return status;
}

static enum status post_keys(struct call *call)
{
	return submit(call, false);
}

static enum status delete_keys(struct call *call)
{
	return submit(call, true);
}

static enum status get_keys(struct call *call)
{
	call->answer->list = (struct api_list){ .kind = API_LIST_JSON, .walk = table_walk_all() };
	return STATUS_OK;
}

/* A list of nothing, in the form of its kind: a user who does not exist looks like one who has no keys. */
static void answer_list(struct call *call, enum api_list_kind kind)
{
	size_t user = config_find_user(call->app->config, call->user);

	call->answer->list = (struct api_list){ .kind = kind, .walk = table_walk_user(user) };
	if (user < call->app->config->user_count)
		return;
	call->answer->list.kind = API_LIST_NONE;
	if (kind == API_LIST_JSON)
		answer_key(call, NULL);
}

static enum status get_user_keys(struct call *call)
{
	answer_list(call, API_LIST_JSON);
	return STATUS_OK;
}

static enum status find_key(struct call *call, struct span fingerprint, struct table_key *key)
{
	size_t user = config_find_user(call->app->config, call->user);
	enum ssh_fingerprint_kind kind;
	struct ssh_fingerprint wanted;

	if (!ssh_fingerprint_read(fingerprint, &kind, &wanted))
		return STATUS_ROUTE_FINGERPRINT;
	if (user == call->app->config->user_count || !table_find(call->app->table, user, kind, &wanted, key) ||
	    !key->is_live || table_key_has_ended(call->app->table, key, call->now))
		return STATUS_KEY_NOT_FOUND;
	return STATUS_OK;
}

static enum status get_user_key(struct call *call)
{
	struct table_key key;
	enum status status = find_key(call, call->fingerprint, &key);

	if (status == STATUS_OK)
		render_key(&call->answer->body, call->app->config, &key);
	if (status == STATUS_OK)
		writer_put_byte(&call->answer->body, '\n');
	return status;
}

static enum status delete_user_key(struct call *call)
{
	struct table_key key;
	enum status status;

	if (!call->request->is_local_root) {
		audit_note_refused_removal(call->app, call->user, STATUS_ROUTE_NOT_ROOT, call->request->remote,
		                           call->now);
		return STATUS_ROUTE_NOT_ROOT;
	}
	status = find_key(call, call->fingerprint, &key);
	if (status != STATUS_OK)
		return status;
	status = submit_local_removal(call->app, key.user, SSH_FINGERPRINT_SHA256, &key.fingerprint,
	                              call->request->remote, call->now, &key);
	if (status == STATUS_OK)
		answer_key(call, &key);
	return status;
}

static void note_served(struct call *call, const struct ssh_fingerprint *asked, size_t lines)
{
	audit_note_served(call->app, call->user, asked, lines, call->request->remote, call->now);
}

/* Puts what there is to say about a key that is to be served. */
static void put_key(const struct call *call, const struct table_key *key)
{
	struct question *question = call->app->question;

	if (key)
		question_put_key(question, key->line, &key->fingerprint);
	question_put(question, QUESTION_REMOTE, call->request->remote);
	if (!key)
		return;
	question->expire = key->expire;
	for (size_t i = 0; i < key->signer_count; i++)
		question_put_signer(question, span_of(key->signers[i].fingerprint, key->signers[i].size),
		                    (struct span){ 0 });
}

/* Do the checks let the user's keys be served, or the one? A no is an empty list, which is not told from having none.
 * Who cannot ask says so. */
static enum status judge_serving(struct call *call, size_t user, const struct table_key *key)
{
	enum status status = STATUS_OK;

	if (user < call->app->config->user_count && table_count_user_keys(call->app->table, user) > 0)
		status = check_judge(call->app, call->request, user, CHECK_SERVE, key ? key->fingerprint.sha256 : NULL,
		                     call->now, &call->detail);
	if (status == STATUS_CHECK_ASKED)
		put_key(call, key);
	return status_http_code(status) == 403 ? STATUS_KEY_NOT_FOUND : status;
}

/* All of a user's keys. */
static enum status get_authorized_list(struct call *call)
{
	const size_t user = config_find_user(call->app->config, call->user);
	const enum status status = judge_serving(call, user, NULL);
	size_t lines = 0;

	if (status != STATUS_OK && status != STATUS_KEY_NOT_FOUND)
		return status;
	if (status == STATUS_OK) {
		answer_list(call, API_LIST_AUTHORIZED_KEYS);
		if (user < call->app->config->user_count)
			lines = table_count_user_keys(call->app->table, user);
	}
	note_served(call, NULL, lines);
	return STATUS_OK;
}

static enum status get_authorized_keys(struct call *call)
{
	const struct span query = call->request->query;
	struct writer decoded = writer_of(arena_take(call->app->arena, query.size), query.size);
	struct table_key key = { 0 };
	struct span fingerprint;
	enum ssh_fingerprint_kind kind;
	enum status status;

	call->answer->content_type = "text/plain; charset=utf-8";
	if (!http_query_find(query, SPAN("fingerprint"), &fingerprint))
		return get_authorized_list(call);
	if (!decoded.data || http_target_decode(fingerprint, &decoded) != STATUS_OK)
		return STATUS_ROUTE_FINGERPRINT;
	status = find_key(call, writer_written(&decoded), &key);
	if (status == STATUS_OK)
		status = judge_serving(call, key.user, &key);
	if (status == STATUS_OK)
		render_authorized_key(&call->answer->body, &call->app->config->users[key.user].policy, key.line,
		                      key.options);
	else if (status != STATUS_KEY_NOT_FOUND)
		return status;
	else
		(void)ssh_fingerprint_read(writer_written(&decoded), &kind, &key.fingerprint);
	note_served(call, &key.fingerprint, status == STATUS_OK);
	return STATUS_OK;
}

static enum status get_health(struct call *call)
{
	call->answer->content_type = "text/plain; charset=utf-8";
	writer_put_string(&call->answer->body, "ok\n");
	return STATUS_OK;
}

/* Events name all who have an account here, with and without keys; so do some metrics. Root could read them in the
 * server's memory anyway. */
static bool may_see_users(const struct api_request *request)
{
	return ((request->access & ACCESS_READ) && request->may_see_events) || request->is_local_root;
}

static enum status get_metrics(struct call *call)
{
	call->answer->content_type = "text/plain; version=0.0.4; charset=utf-8";
	call->answer->list = (struct api_list){ .kind = API_LIST_METRICS,
		                                .metrics = { .shows_users = may_see_users(call->request) } };
	return STATUS_OK;
}

static enum status get_events(struct call *call)
{
	struct span text;
	uint64_t after = 0;

	if (!may_see_users(call->request))
		return STATUS_ROUTE_EVENTS;
	if (http_query_find(call->request->query, SPAN("after"), &text) && !decimal_read(text, &after))
		return STATUS_ROUTE_AFTER;
	if (call->app->events)
		call->answer->list = (struct api_list){ .kind = API_LIST_EVENTS,
			                                .events = events_walk_after(call->app->events, after) };
	else
		answer_key(call, NULL);
	return STATUS_OK;
}

/* A path: its handlers, and what the listener must allow for them. The unsigned DELETE is for root, whom no listener
 * stops. */
static const struct route {
	const char *pattern;
	enum status (*get)(struct call *call);
	enum status (*post)(struct call *call);
	enum status (*delete)(struct call *call);
	const char *allow;
	unsigned access_to_get, access_to_change;
} routes[] = {
	{ "/api/v1/keys", get_keys, post_keys, delete_keys, "GET, HEAD, POST, DELETE", ACCESS_READ, ACCESS_WRITE },
	{ "/api/v1/user/{}/keys", get_user_keys, NULL, NULL, "GET, HEAD", ACCESS_READ, 0 },
	{ "/api/v1/user/{}/key/{*}", get_user_key, NULL, delete_user_key, "GET, HEAD, DELETE", ACCESS_READ, 0 },
	{ "/api/v1/user/{}/authorized_keys", get_authorized_keys, NULL, NULL, "GET, HEAD", ACCESS_READ, 0 },
	{ "/api/v1/events", IS_ENABLED(CONFIG_EVENTS) ? get_events : NULL, NULL, NULL, "GET, HEAD", 0, 0 },
	{ "/healthz", get_health, NULL, NULL, "GET, HEAD", 0, 0 },
	{ "/metrics", IS_ENABLED(CONFIG_METRICS) ? get_metrics : NULL, NULL, NULL, "GET, HEAD", ACCESS_READ, 0 },
};

static const struct route *find_route(struct span path, struct span segments[static SEGMENTS_MAX])
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (http_target_match(path, span_of_string(routes[i].pattern), segments))
			return &routes[i];
	return NULL;
}

static enum status decode_segment(struct arena *arena, struct span segment, struct span *decoded)
{
	struct writer writer = writer_of(arena_take(arena, segment.size), segment.size);
	enum status status = STATUS_HTTP_TARGET;

	if (writer.data)
		status = http_target_decode(segment, &writer);
	*decoded = writer_written(&writer);
	return status;
}

static enum status dispatch(struct call *call, const struct route *route)
{
	const enum http_method method = call->request->method;
	bool is_change = method == HTTP_POST || method == HTTP_DELETE;
	unsigned access = is_change ? route->access_to_change : route->access_to_get;
	enum status (*change)(struct call *) = method == HTTP_POST ? route->post : route->delete;
	enum status (*handler)(struct call *) = is_change ? change : route->get;

	if (!handler) {
		call->answer->allow = route->allow;
		call->detail = span_of_string(route->allow);
		return STATUS_ROUTE_METHOD;
	}
	if ((call->request->access & access) != access)
		return STATUS_ROUTE_ACCESS;
	return handler(call);
}

static enum status handle(struct call *call)
{
	struct span segments[SEGMENTS_MAX] = { { 0 } };
	const struct route *route = find_route(call->request->path, segments);
	enum status status;

	if (!route)
		return STATUS_ROUTE_UNKNOWN;
	status = decode_segment(call->app->arena, segments[0], &call->user);
	if (status == STATUS_OK)
		status = decode_segment(call->app->arena, segments[1], &call->fingerprint);
	return status == STATUS_OK ? dispatch(call, route) : status;
}

void api_count_answer(struct app *app, enum status status)
{
	app->counters.requests++;
	app->counters.answers[status_http_code(status) / 100]++;
	app->counters.refusals[status] += status != STATUS_OK;
}

void api_handle(struct app *app, const struct api_request *request, int64_t now, struct api_answer *answer)
{
	struct call call = { .app = app, .request = request, .now = now_find(app, now), .answer = answer };
	const size_t used = app->arena->used;
	enum status status;

	*answer = (struct api_answer){ .http_code = 200, .content_type = "application/json", .body = answer->body };
	writer_rewind(&answer->body, 0);
	app->clock_is_set = now >= app->released;
	api_sweep(app, now);
	status = handle(&call);
	if (status == STATUS_OK && answer->body.overflowed)
		status = STATUS_INTERNAL;
	answer->asks = status == STATUS_CHECK_ASKED;
	if (status != STATUS_OK)
		answer_error(answer, status, call.detail);
	if (!answer->asks)
		api_count_answer(app, status);
	arena_release(app->arena, used);
}

/* ---- time ---- */

bool api_has_room_for_lines(const struct writer *journal)
{
	return journal->size - journal->used >= 3 * JOURNAL_LINE_MAX;
}

int64_t api_next_sweep(const struct app *app)
{
	int64_t next_end = table_next_end(app->table);

	return app->trust_until != 0 && app->trust_until < next_end ? app->trust_until : next_end;
}

static void sweep_expired(struct app *app, int64_t now)
{
	uint32_t position = 0;
	struct table_key expired;

	if (now < table_next_end(app->table))
		return;
	while (api_has_room_for_lines(app->journal) && table_sweep(app->table, now, &position, &expired))
		audit_note_expiry(app, &expired, now);
}

void api_sweep(struct app *app, int64_t now)
{
	now = now_find(app, now);
	sweep_expired(app, now);
	trust_sweep(app, now);
}
