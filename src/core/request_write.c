#include "core/request.h"

#include "base/date.h"
#include "json/write.h"

static void put_field(struct writer *writer, const char *name, struct span value)
{
	writer_put_string(writer, ",\"");
	writer_put_string(writer, name);
	writer_put_string(writer, "\":");
	json_write_string(writer, value);
}

static void put_key(struct writer *writer, const struct request *request)
{
	uint8_t room[SSH_KEY_LINE_MAX];
	struct writer value = writer_of(room, sizeof(room));

	if (request->has_key) {
		ssh_key_write(&value, &request->key);
		put_field(writer, "key", writer_written(&value));
		return;
	}
	if (request->fingerprint_kind == SSH_FINGERPRINT_SHA256)
		ssh_fingerprint_write_sha256(&value, request->fingerprint.sha256);
	else
		ssh_fingerprint_write_md5(&value, request->fingerprint.md5);
	put_field(writer, "fingerprint", writer_written(&value));
}

static void put_expire(struct writer *writer, const struct request *request)
{
	uint8_t room[64];
	struct writer value = writer_of(room, sizeof(room));

	if (request->expire_is_lifetime)
		duration_write(&value, request->expire);
	else
		date_write(&value, request->expire);
	put_field(writer, "expire", writer_written(&value));
}

static void put_hosts(struct writer *writer, const struct request *request)
{
	writer_put_string(writer, ",\"hosts\":[");
	for (size_t i = 0; i < request->host_count; i++) {
		writer_put_string(writer, i > 0 ? "," : "");
		json_write_string(writer, request->hosts[i]);
	}
	writer_put_byte(writer, ']');
}

void request_write(struct writer *writer, const struct request *request)
{
	writer_put_string(writer, "{\"username\":");
	json_write_string(writer, request->username);
	put_field(writer, "action", request->action == REQUEST_ADD ? SPAN("add") : SPAN("remove"));
	put_key(writer, request);
	if (request->action == REQUEST_ADD)
		put_expire(writer, request);
	if (request->host_count > 0)
		put_hosts(writer, request);
	if (request->reason.size > 0)
		put_field(writer, "reason", request->reason);
	writer_put_byte(writer, '}');
}
