#include "core/request.h"

#include "base/date.h"

/* The fields as they came; a null name: it did not come. */
struct fields {
	struct json_member username, key, expire, action, hosts, reason, fingerprint;
};

static const struct {
	const char *name;
	enum json_kind kind;
	size_t offset;
} rows[] = {
	{ "username", JSON_STRING, offsetof(struct fields, username) },
	{ "user", JSON_STRING, offsetof(struct fields, username) },
	{ "key", JSON_STRING, offsetof(struct fields, key) },
	{ "expire", JSON_STRING, offsetof(struct fields, expire) },
	{ "action", JSON_STRING, offsetof(struct fields, action) },
	{ "hosts", JSON_STRINGS, offsetof(struct fields, hosts) },
	{ "reason", JSON_STRING, offsetof(struct fields, reason) },
	{ "fingerprint", JSON_STRING, offsetof(struct fields, fingerprint) },
};

static bool is_present(const struct json_member *member)
{
	return member->name.data != NULL;
}

static enum status take_member(const struct json_member *member, struct fields *fields)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_member *field = (struct json_member *)(void *)((uint8_t *)fields + rows[i].offset);

		if (!span_equal(member->name, span_of_string(rows[i].name)))
			continue;
		if (is_present(field))
			return STATUS_REQUEST_FIELD_TWICE;
		if (member->kind != rows[i].kind)
			return STATUS_REQUEST_FIELD_TYPE;
		*field = *member;
		return STATUS_OK;
	}
	return STATUS_REQUEST_FIELD_UNKNOWN;
}

static enum status sort_members(const struct json_object *object, struct fields *fields, struct span *field)
{
	for (size_t i = 0; i < object->count; i++) {
		enum status status = take_member(&object->members[i], fields);

		if (status != STATUS_OK) {
			*field = object->members[i].name;
			return status;
		}
	}
	return STATUS_OK;
}

static enum status read_username(const struct fields *fields, struct request *request)
{
	request->username = fields->username.string;
	if (request->username.size == 0 || request->username.size > REQUEST_USERNAME_MAX)
		return STATUS_REQUEST_USERNAME;
	return STATUS_OK;
}

static enum status read_action(const struct fields *fields, struct request *request)
{
	request->action = REQUEST_ADD;
	if (!is_present(&fields->action) || span_equal(fields->action.string, SPAN("add")))
		return STATUS_OK;
	request->action = REQUEST_REMOVE;
	return span_equal(fields->action.string, SPAN("remove")) ? STATUS_OK : STATUS_REQUEST_ACTION;
}

static enum status read_key(const struct fields *fields, struct arena *arena, struct request *request)
{
	struct writer room;
	enum status status;

	if (!is_present(&fields->key))
		return request->action == REQUEST_ADD ? STATUS_REQUEST_NO_KEY : STATUS_OK;
	room = writer_of(arena_take(arena, SSH_KEY_ROOM_MAX), SSH_KEY_ROOM_MAX);
	if (!room.data)
		return STATUS_REQUEST_TOO_LARGE;
	status = ssh_key_read(fields->key.string, &room, &request->key);
	request->has_key = status == STATUS_OK;
	if (!request->has_key)
		return status;
	ssh_fingerprint_compute(request->key.blob, &request->fingerprint);
	room = writer_of(arena_take(arena, SSH_KEY_LINE_MAX), SSH_KEY_LINE_MAX);
	if (!room.data)
		return STATUS_REQUEST_TOO_LARGE;
	ssh_key_write(&room, &request->key);
	if (room.overflowed)
		return STATUS_REQUEST_TOO_LARGE;
	request->line = writer_written(&room);
	return STATUS_OK;
}

/* To add, a fingerprint is out of place; to remove, it stands in for the key. */
static enum status read_fingerprint(const struct fields *fields, struct request *request)
{
	if (!is_present(&fields->fingerprint))
		return request->has_key ? STATUS_OK : STATUS_REQUEST_REMOVE_WHAT;
	if (request->action == REQUEST_ADD)
		return STATUS_REQUEST_FINGERPRINT;
	if (request->has_key)
		return STATUS_REQUEST_REMOVE_WHAT;
	return ssh_fingerprint_read(fields->fingerprint.string, &request->fingerprint_kind, &request->fingerprint)
	               ? STATUS_OK
	               : STATUS_REQUEST_FINGERPRINT;
}

/* To remove, an expire says nothing, but what is there must be well-formed. */
static enum status read_expire(const struct fields *fields, struct request *request)
{
	const struct span text = fields->expire.string;

	if (!is_present(&fields->expire))
		return request->action == REQUEST_ADD ? STATUS_REQUEST_NO_EXPIRE : STATUS_OK;
	request->expire_is_lifetime = duration_read(text, &request->expire);
	return request->expire_is_lifetime || date_read(text, &request->expire) ? STATUS_OK : STATUS_REQUEST_EXPIRE;
}

static enum status read_hosts(const struct fields *fields, struct request *request)
{
	request->hosts = fields->hosts.strings;
	request->host_count = fields->hosts.count;
	if (!is_present(&fields->hosts))
		return STATUS_OK;
	/* an empty list would be meant for no host at all */
	for (size_t i = 0; i < request->host_count; i++)
		if (request->hosts[i].size == 0)
			return STATUS_REQUEST_HOSTS;
	return request->host_count > 0 ? STATUS_OK : STATUS_REQUEST_HOSTS;
}

static enum status read_reason(const struct fields *fields, struct request *request)
{
	request->reason = fields->reason.string;
	return request->reason.size <= REQUEST_REASON_MAX ? STATUS_OK : STATUS_REQUEST_REASON;
}

enum status request_read(struct span text, struct arena *arena, struct request *request, struct span *field)
{
	struct json_object *object = arena_take_zeroed(arena, 1, sizeof(*object));
	struct fields fields = { 0 };
	enum status status;

	*request = (struct request){ 0 };
	*field = (struct span){ 0 };
	if (!object)
		return STATUS_REQUEST_TOO_LARGE;
	status = json_read_object(text, arena, object);
	if (status == STATUS_REQUEST_CONTROL && ssh_key_recognize(text) != STATUS_OK)
		status = ssh_key_recognize(text);
	if (status == STATUS_OK)
		status = sort_members(object, &fields, field);
	if (status == STATUS_OK)
		status = read_username(&fields, request);
	if (status == STATUS_OK)
		status = read_action(&fields, request);
	if (status == STATUS_OK) {
		status = read_key(&fields, arena, request);
		if (status != STATUS_OK)
			*field = request->key.options;
	}
	if (status == STATUS_OK)
		status = read_fingerprint(&fields, request);
	if (status == STATUS_OK)
		status = read_expire(&fields, request);
	if (status == STATUS_OK)
		status = read_hosts(&fields, request);
	if (status == STATUS_OK)
		status = read_reason(&fields, request);
	return status;
}
