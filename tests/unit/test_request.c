#include "core/request.h"

#include "base/kconfig.h"
#include "crypto/crypto.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ARENA = 64 * 1024 };

#define X16(text) text text text text text text text text text text text text text text text text
#define X64(text) X16(text) X16(text) X16(text) X16(text)

static struct arena arena;

static int start(void **state)
{
	static uint64_t memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];

	(void)state;
	crypto_start(memory, sizeof(memory));
	arena = arena_of(malloc(ARENA), ARENA);
	return arena.data ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	free(arena.data);
	return 0;
}

/* In a case K stands for a good key line without its line end, F for its fingerprint; both are seen nowhere else. */
static struct span expand(const char *form, uint8_t *room, size_t size)
{
	struct span key = vector("ssh.ed25519"), fingerprint = vector("ssh.ed25519.sha256");
	struct writer writer = writer_of(room, size);

	for (; *form; form++)
		if (*form == 'K')
			writer_put(&writer, span_first(key, key.size - 1));
		else if (*form == 'F')
			writer_put(&writer, fingerprint);
		else
			writer_put_byte(&writer, (uint8_t)*form);
	assert_false(writer.overflowed);
	return writer_written(&writer);
}

/* Reads from a copy of exactly the size of text. */
static enum status read(struct span text, struct request *request, struct span *field)
{
	uint8_t *copy = malloc(text.size ? text.size : 1);
	enum status status;

	if (text.size > 0)
		memcpy(copy, text.data, text.size);
	arena_release(&arena, 0);
	status = request_read(span_of(copy, text.size), &arena, request, field);
	free(copy); /* everything that is pointed to is in the arena */
	return status;
}

static void test_add(void **state)
{
	uint8_t room[1024];
	struct request request;
	struct span field, line = vector("ssh.ed25519");
	struct ssh_fingerprint fingerprint;

	(void)state;
	assert_int_equal(read(expand("{\"username\":\"root\",\"key\":\"K\",\"expire\":\"12h\",\"action\":\"add\","
	                             "\"hosts\":[\"a\",\"b.example\"],\"reason\":\"\\u00e4 \\\"b\\\"\"}", room, sizeof(room)),
	                      &request, &field), STATUS_OK);
	assert_int_equal(request.action, REQUEST_ADD);
	assert_true(span_equal(request.username, SPAN("root")));
	assert_true(request.has_key);
	assert_true(span_equal(request.key.blob, vector("ssh.ed25519.blob")));
	assert_true(span_equal(request.key.comment, SPAN("a comment of ed25519")));
	assert_true(span_equal(request.line, span_first(line, line.size - 1)));
	ssh_fingerprint_compute(request.key.blob, &fingerprint);
	assert_memory_equal(&request.fingerprint, &fingerprint, sizeof(fingerprint));
	assert_int_equal(request.fingerprint_kind, SSH_FINGERPRINT_SHA256);
	assert_true(request.expire_is_lifetime);
	assert_int_equal(request.expire, 43200);
	assert_int_equal(request.host_count, 2);
	assert_true(span_equal(request.hosts[1], SPAN("b.example")));
	assert_true(span_equal(request.reason, SPAN("\xc3\xa4 \"b\"")));
	assert_int_equal(field.size, 0);
	/* the other name, an escaped line end, a time, nothing else */
	line = span_first(line, line.size - 1);
	assert_int_equal(read(expand("{\"user\":\"root\",\"key\":\"K\",\"expire\":\"2023-11-14T22:13:20Z\"}", room, sizeof(room)),
	                      &request, &field), STATUS_OK);
	assert_true(span_equal(request.username, SPAN("root")));
	assert_false(request.expire_is_lifetime);
	assert_int_equal(request.expire, 1700000000);
	assert_int_equal(request.host_count, 0);
	assert_int_equal(request.reason.size, 0);
}

static void test_remove(void **state)
{
	static const struct {
		const char *form;
		bool has_key;
		enum ssh_fingerprint_kind kind;
	} cases[] = {
		{ "{\"action\":\"remove\",\"user\":\"u\",\"key\":\"K\"}", true, SSH_FINGERPRINT_SHA256 },
		{ "{\"fingerprint\":\"F\",\"action\":\"remove\",\"user\":\"u\"}", false, SSH_FINGERPRINT_SHA256 },
		{ "{\"fingerprint\":\"00112233445566778899aabbccddeeff\",\"action\":\"remove\",\"user\":\"u\"}", false, SSH_FINGERPRINT_MD5 },
		{ "{\"action\":\"remove\",\"user\":\"u\",\"key\":\"K\",\"expire\":\"1h\"}", true, SSH_FINGERPRINT_SHA256 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t room[1024];
		struct request request;
		struct span field;

		assert_int_equal(read(expand(cases[i].form, room, sizeof(room)), &request, &field), STATUS_OK);
		assert_int_equal(request.action, REQUEST_REMOVE);
		assert_int_equal(request.has_key, cases[i].has_key);
		assert_int_equal(request.fingerprint_kind, cases[i].kind);
	}
}

#define ADD "\"username\":\"u\",\"key\":\"K\",\"expire\":\"1h\""

static void test_refused(void **state)
{
	static const struct {
		const char *form;
		enum status status;
		const char *field;
	} cases[] = {
		{ "{" ADD "}", STATUS_OK, "" },
		{ "", STATUS_REQUEST_JSON, "" },
		{ "[]", STATUS_REQUEST_JSON, "" },
		{ "{" ADD "}{}", STATUS_REQUEST_JSON, "" },
		{ "{" ADD "} x", STATUS_REQUEST_JSON, "" },
		{ "{" ADD ",}", STATUS_REQUEST_JSON, "" },
		{ "{}", STATUS_REQUEST_USERNAME, "" },
		/* fields */
		{ "{" ADD ",\"expires\":\"1h\"}", STATUS_REQUEST_FIELD_UNKNOWN, "expires" },
		{ "{" ADD ",\"\":\"1h\"}", STATUS_REQUEST_FIELD_UNKNOWN, "" },
		{ "{" ADD ",\"Action\":\"remove\"}", STATUS_REQUEST_FIELD_UNKNOWN, "Action" },
		{ "{" ADD ",\"reason \":\"x\"}", STATUS_REQUEST_FIELD_UNKNOWN, "reason " },
		{ "{" ADD ",\"user\":\"u\"}", STATUS_REQUEST_FIELD_TWICE, "user" },
		{ "{" ADD ",\"key\":\"K\"}", STATUS_REQUEST_FIELD_TWICE, "key" },
		{ "{" ADD ",\"\\u006bey\":\"K\"}", STATUS_REQUEST_FIELD_TWICE, "key" },
		{ "{" ADD ",\"hosts\":[\"a\"],\"hosts\":[\"b\"]}", STATUS_REQUEST_FIELD_TWICE, "hosts" },
		{ "{" ADD ",\"reason\":null}", STATUS_REQUEST_FIELD_TYPE, "reason" },
		{ "{" ADD ",\"action\":[\"remove\"]}", STATUS_REQUEST_FIELD_TYPE, "action" },
		{ "{" ADD ",\"hosts\":\"a\"}", STATUS_REQUEST_FIELD_TYPE, "hosts" },
		{ "{\"username\":\"u\",\"key\":\"K\",\"expire\":3600}", STATUS_REQUEST_FIELD_TYPE, "expire" },
		{ "{\"username\":true,\"key\":\"K\",\"expire\":\"1h\"}", STATUS_REQUEST_FIELD_TYPE, "username" },
		/* username */
		{ "{\"username\":\"\",\"key\":\"K\",\"expire\":\"1h\"}", STATUS_REQUEST_USERNAME, "" },
		{ "{\"username\":\"" X64("x") "\",\"key\":\"K\",\"expire\":\"1h\"}", STATUS_OK, "" },
		{ "{\"username\":\"x" X64("x") "\",\"key\":\"K\",\"expire\":\"1h\"}", STATUS_REQUEST_USERNAME, "" },
		{ "{\"username\":\"u\\u0000\",\"key\":\"K\",\"expire\":\"1h\"}", STATUS_REQUEST_CONTROL, "" },
		{ "{\"key\":\"K\",\"expire\":\"1h\"}", STATUS_REQUEST_USERNAME, "" },
		/* action */
		{ "{" ADD ",\"action\":\"add\"}", STATUS_OK, "" },
		{ "{" ADD ",\"action\":\"Add\"}", STATUS_REQUEST_ACTION, "" },
		{ "{" ADD ",\"action\":\"\"}", STATUS_REQUEST_ACTION, "" },
		{ "{" ADD ",\"action\":\"remove \"}", STATUS_REQUEST_ACTION, "" },
		/* key */
		{ "{\"username\":\"u\",\"expire\":\"1h\"}", STATUS_REQUEST_NO_KEY, "" },
		{ "{\"username\":\"u\",\"key\":\"\",\"expire\":\"1h\"}", STATUS_SSH_KEY_SYNTAX, "" },
		{ "{\"username\":\"u\",\"key\":\"restrict K\",\"expire\":\"1h\"}", STATUS_OK, "" },
		{ "{\"username\":\"u\",\"key\":\"restrict,pti K\",\"expire\":\"1h\"}", STATUS_SSH_OPTION_UNKNOWN, "pti" },
		{ "{\"username\":\"u\",\"key\":\"cert-authority K\",\"expire\":\"1h\"}", STATUS_SSH_OPTION_AUTHORITY,
		  "cert-authority" },
		{ "{\"username\":\"u\",\"key\":\"K\\nK\",\"expire\":\"1h\"}", STATUS_REQUEST_CONTROL, "" },
		{ "{\"username\":\"u\",\"key\":\"K\\u000a\",\"expire\":\"1h\"}", STATUS_REQUEST_CONTROL, "" },
		{ "{\"username\":\"u\",\"key\":\"K\\u0085\",\"expire\":\"1h\"}", STATUS_REQUEST_CONTROL, "" },
		/* expire */
		{ "{\"username\":\"u\",\"key\":\"K\"}", STATUS_REQUEST_NO_EXPIRE, "" },
		{ "{\"username\":\"u\",\"key\":\"K\",\"expire\":\"\"}", STATUS_REQUEST_EXPIRE, "" },
		{ "{\"username\":\"u\",\"key\":\"K\",\"expire\":\"never\"}", STATUS_REQUEST_EXPIRE, "" },
		{ "{\"username\":\"u\",\"key\":\"K\",\"expire\":\"3600\"}", STATUS_REQUEST_EXPIRE, "" },
		{ "{\"username\":\"u\",\"key\":\"K\",\"expire\":\"-1h\"}", STATUS_REQUEST_EXPIRE, "" },
		{ "{\"username\":\"u\",\"key\":\"K\",\"expire\":\"2026-02-30T00:00:00Z\"}", STATUS_REQUEST_EXPIRE, "" },
		/* hosts */
		{ "{" ADD ",\"hosts\":[]}", STATUS_REQUEST_HOSTS, "" },
		{ "{" ADD ",\"hosts\":[\"\"]}", STATUS_REQUEST_HOSTS, "" },
		{ "{" ADD ",\"hosts\":[\"a\",\"\"]}", STATUS_REQUEST_HOSTS, "" },
		{ "{" ADD ",\"hosts\":[1]}", STATUS_REQUEST_FIELD_TYPE, "" },
		{ "{" ADD ",\"hosts\":[[\"a\"]]}", STATUS_REQUEST_JSON, "" },
		{ "{" ADD ",\"hosts\":[" X16("\"a\",") "\"a\"]}", STATUS_REQUEST_HOSTS_TOO_MANY, "" },
		/* reason */
		{ "{" ADD ",\"reason\":\"" X64("four") "\"}", STATUS_OK, "" },
		{ "{" ADD ",\"reason\":\"" X64("four") "x\"}", STATUS_REQUEST_REASON, "" },
		/* fingerprint */
		{ "{" ADD ",\"fingerprint\":\"F\"}", STATUS_REQUEST_FINGERPRINT, "" },
		{ "{\"username\":\"u\",\"fingerprint\":\"F\",\"expire\":\"1h\"}", STATUS_REQUEST_NO_KEY, "" },
		{ "{" ADD ",\"action\":\"remove\",\"fingerprint\":\"F\"}", STATUS_REQUEST_REMOVE_WHAT, "" },
		{ "{\"username\":\"u\",\"action\":\"remove\"}", STATUS_REQUEST_REMOVE_WHAT, "" },
		{ "{\"username\":\"u\",\"action\":\"remove\",\"fingerprint\":\"\"}", STATUS_REQUEST_FINGERPRINT, "" },
		{ "{\"username\":\"u\",\"action\":\"remove\",\"fingerprint\":\"Fx\"}", STATUS_REQUEST_FINGERPRINT, "" },
		{ "{\"username\":\"u\",\"action\":\"remove\",\"fingerprint\":\"F\",\"expire\":\"x\"}", STATUS_REQUEST_EXPIRE, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t room[4096];
		struct request request;
		struct span field;
		enum status status = read(expand(cases[i].form, room, sizeof(room)), &request, &field);

		if (status != cases[i].status)
			fail_msg("%s: %s", cases[i].form, status_name(status));
		assert_true(span_equal(field, span_of_string(cases[i].field)));
	}
}

/* No text that is cut anywhere is a request. */
static void test_truncated(void **state)
{
	uint8_t room[1024];
	struct span text = expand("{" ADD ",\"hosts\":[\"a\",\"b\"],\"reason\":\"x\"}", room, sizeof(room));
	struct request request;
	struct span field;

	(void)state;
	for (size_t size = 0; size < text.size; size++)
		assert_int_equal(read(span_first(text, size), &request, &field), STATUS_REQUEST_JSON);
	assert_int_equal(read(text, &request, &field), STATUS_OK);
}

/* With too little memory it is too large, and nothing else; with enough it is read. */
static void test_every_arena(void **state)
{
	uint8_t room[1024];
	struct span text = expand("{" ADD ",\"hosts\":[\"a\",\"b\"],\"reason\":\"x\"}", room, sizeof(room));
	bool was_good = false;

	(void)state;
	for (size_t size = 0; size < 8192; size += 16) {
		uint8_t *memory = malloc(size ? size : 1);
		struct arena small = arena_of(memory, size);
		struct request request;
		struct span field;
		enum status status = request_read(text, &small, &request, &field);

		assert_true(status == STATUS_OK || (status == STATUS_REQUEST_TOO_LARGE && !was_good));
		was_good = status == STATUS_OK;
		free(memory);
	}
	assert_true(was_good);
}

/* What is written of a request is this text, and is read as the same request again. */
static const struct {
	const char *text, *written;
} writes[] = {
	{ "{\"user\":\"a\",\"key\":\"K\",\"expire\":\"90m\"}",
	  "{\"username\":\"a\",\"action\":\"add\",\"key\":\"K\",\"expire\":\"1h30m\"}" },
	{ "{\"username\":\"a\\\"<\303\244\",\"key\":\"K\",\"expire\":\"2030-01-02T03:04:05+01:00\",\"reason\":\"b\\\\\"}",
	  "{\"username\":\"a\\\"\\u003c\303\244\",\"action\":\"add\",\"key\":\"K\",\"expire\":\"2030-01-02T02:04:05Z\","
	  "\"reason\":\"b\\\\\"}" },
	{ "{\"username\":\"a\",\"key\":\"K\",\"action\":\"remove\",\"hosts\":[\"b\",\"c\"]}",
	  "{\"username\":\"a\",\"action\":\"remove\",\"key\":\"K\",\"hosts\":[\"b\",\"c\"]}" },
	{ "{\"username\":\"a\",\"fingerprint\":\"F\",\"action\":\"remove\"}",
	  "{\"username\":\"a\",\"action\":\"remove\",\"fingerprint\":\"F\"}" },
	{ "{\"username\":\"a\",\"fingerprint\":\"MD5:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f\",\"action\":\"remove\"}",
	  "{\"username\":\"a\",\"action\":\"remove\",\"fingerprint\":\"000102030405060708090a0b0c0d0e0f\"}" },
};

static void test_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(writes); i++) {
		uint8_t room[1024], expected_room[1024], written_room[1024];
		struct span text = expand(writes[i].text, room, sizeof(room)), field;
		struct span expected = expand(writes[i].written, expected_room, sizeof(expected_room));
		struct writer writer = writer_of(written_room, sizeof(written_room));
		struct request request;

		assert_int_equal(request_read(text, &arena, &request, &field), STATUS_OK);
		request_write(&writer, &request);
		assert_true(span_equal(writer_written(&writer), expected));
		assert_int_equal(request_read(writer_written(&writer), &arena, &request, &field), STATUS_OK);
		writer_rewind(&writer, 0);
		request_write(&writer, &request);
		assert_true(span_equal(writer_written(&writer), expected));
		arena_release(&arena, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),       cmocka_unit_test(test_remove),      cmocka_unit_test(test_refused),
		cmocka_unit_test(test_truncated), cmocka_unit_test(test_every_arena),
		cmocka_unit_test(test_written),
	};

	return cmocka_run_group_tests(tests, start, end);
}
