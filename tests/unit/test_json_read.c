/* One flat JSON object: what is read, and what is refused and as what. */
#include "base/writer.h"
#include "json/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal) literal, sizeof(literal) - 1
#define MEMBER4 "\"a\":1,\"a\":1,\"a\":1,\"a\":1"
#define MEMBER16 MEMBER4 "," MEMBER4 "," MEMBER4 "," MEMBER4
#define ELEMENT4 "\"\",\"\",\"\",\"\""
#define MEMBER24 MEMBER16 "," MEMBER4 "," MEMBER4
#define ELEMENT16 ELEMENT4 "," ELEMENT4 "," ELEMENT4 "," ELEMENT4
#define ELEMENT64 ELEMENT16 "," ELEMENT16 "," ELEMENT16 "," ELEMENT16
#define ELEMENT256 ELEMENT64 "," ELEMENT64 "," ELEMENT64 "," ELEMENT64

/* ---- what is read; each member as name=value; with the string, or the [strings,], or * for another value ---- */

struct accepted {
	const char *text;
	size_t size;
	const char *members;
};

static const struct accepted accepted[] = {
	{ BYTES("{}"), "" },
	{ BYTES(" \t\r\n{ \t\r\n} \t\r\n"), "" },
	{ BYTES("{\"user\":\"root\"}"), "user=root;" },
	{ BYTES("{\"user\":\"root\",\"expire\":\"12h\"}"), "user=root;expire=12h;" },
	{ BYTES("\n{\r\n\t\"user\" : \"root\" ,\n \"expire\" :\"12h\"\n}\n"), "user=root;expire=12h;" },
	{ BYTES("{\"hosts\":[\"a\",\"b\"]}"), "hosts=[a,b,];" },
	{ BYTES("{\"hosts\" : [ \"a\" , \"b\" ] , \"c\" : \"d\"}"), "hosts=[a,b,];c=d;" },
	{ BYTES("{\"hosts\":[]}"), "hosts=[];" },
	{ BYTES("{\"hosts\":[ \n ],\"a\":\"b\"}"), "hosts=[];a=b;" },
	{ BYTES("{\"a\":[\"b\"],\"c\":[\"d\"]}"), "a=[b,];c=[d,];" },
	{ BYTES("{\"\":\"\"}"), "=;" },
	{ BYTES("{\"a\":\"1\",\"a\":\"2\"}"), "a=1;a=2;" },
	{ BYTES("{\"a\":\"1\",\"\\u0061\":\"2\"}"), "a=1;a=2;" },
	{ BYTES("{\"a\":\"{\\\"b\\\":[1,2]}\"}"), "a={\"b\":[1,2]};" },
	{ BYTES("{\"a\":\"}\",\"b\":\"]\",\"c\":\",\",\"d\":\":\"}"), "a=};b=];c=,;d=:;" },
	{ BYTES("{\"a\":true,\"b\":false,\"c\":null}"), "a=*;b=*;c=*;" },
	{ BYTES("{\"a\":0,\"b\":-0,\"c\":10,\"d\":-9,\"e\":1.5,\"f\":0.0}"), "a=*;b=*;c=*;d=*;e=*;f=*;" },
	{ BYTES("{\"a\":1e5,\"b\":1E+5,\"c\":-1.25e-05,\"d\" : 7 }"), "a=*;b=*;c=*;d=*;" },
	{ BYTES("{\"a\":123456789012345678901234567890}"), "a=*;" },
	/* escapes */
	{ BYTES("{\"a\":\"\\\"\\\\\\/\"}"), "a=\"\\/;" },
	{ BYTES("{\"\\u0041\\u004f\":\"x\\u007Ey\"}"), "AO=x~y;" },
	{ BYTES("{\"a\":\"\\u00e9\\u20AC\\uFFFD\"}"), "a=\xc3\xa9\xe2\x82\xac\xef\xbf\xbd;" },
	{ BYTES("{\"a\":\"\\ud83d\\uDD11\"}"), "a=\xf0\x9f\x94\x91;" },
	{ BYTES("{\"a\":\"\\ud800\\udc00\\udbff\\udfff\"}"), "a=\xf0\x90\x80\x80\xf4\x8f\xbf\xbf;" },
	{ BYTES("{\"a\":\"\\ud7ff\\ue000\"}"), "a=\xed\x9f\xbf\xee\x80\x80;" },
	{ BYTES("{\"a\":\"\\\\u0041\"}"), "a=\\u0041;" },
	{ BYTES("{\"a\":\"\\\\\"}"), "a=\\;" },
	{ BYTES("{\"a\":\"\\u00a0\"}"), "a=\xc2\xa0;" },
	/* UTF-8 */
	{ BYTES("{\"\xc3\xa9\":\"\xe2\x82\xac\xf0\x9f\x94\x91\"}"), "\xc3\xa9=\xe2\x82\xac\xf0\x9f\x94\x91;" },
	{ BYTES("{\"a\":\"\xc2\xa0\"}"), "a=\xc2\xa0;" },
	/* limits */
	{ BYTES("{" MEMBER24 "}"), "a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;a=*;" },
	{ BYTES("{\"a\":[" ELEMENT16 "]}"), "a=[,,,,,,,,,,,,,,,,];" },
};

/* ---- what is refused ---- */

static const struct {
	const char *text;
	size_t size;
	enum status status;
} refused[] = {
	/* not one object */
	{ BYTES(""), STATUS_REQUEST_JSON },
	{ BYTES(" "), STATUS_REQUEST_JSON },
	{ BYTES("\"a\""), STATUS_REQUEST_JSON },
	{ BYTES("1"), STATUS_REQUEST_JSON },
	{ BYTES("null"), STATUS_REQUEST_JSON },
	{ BYTES("[]"), STATUS_REQUEST_JSON },
	{ BYTES("[{\"a\":\"b\"}]"), STATUS_REQUEST_JSON },
	{ BYTES("\"a\":\"b\""), STATUS_REQUEST_JSON },
	{ BYTES("{}{}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}{\"a\":\"c\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"},"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}x"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"} \"c\""), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}1"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}]"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}\0"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}\0{"), STATUS_REQUEST_JSON },
	{ BYTES("\0{\"a\":\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"\0}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\0c\"}"), STATUS_REQUEST_JSON },
	{ BYTES("x{\"a\":\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES(":{\"a\":\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("\xef\xbb\xbf{\"a\":\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}\xc2\xa0"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"}\f"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\v\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"} // c"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":/**/\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{'a':'b'}"), STATUS_REQUEST_JSON },
	{ BYTES("{a:\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{]"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\"}]"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"]"), STATUS_REQUEST_JSON },
	{ BYTES("}"), STATUS_REQUEST_JSON },
	/* commas and colons */
	{ BYTES("{,}"), STATUS_REQUEST_JSON },
	{ BYTES("{:}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\",\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\" \"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\"::\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\",}"), STATUS_REQUEST_JSON },
	{ BYTES("{,\"a\":\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\",,\"c\":\"d\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\" \"c\":\"d\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\":\"c\":\"d\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\";\"c\":\"d\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\",\"c\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\",\"c\":}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\"\"c\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1 2}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1\"b\":2}"), STATUS_REQUEST_JSON },
	{ BYTES("{1:\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{null:\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{[]:\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{{}:\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[,]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\",]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[,\"b\"]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\" \"c\"]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\":\"c\"]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\"]\"c\":\"d\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\"],}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\"] \"c\"}"), STATUS_REQUEST_JSON },
	/* nested */
	{ BYTES("{\"a\":{}}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":{\"b\":\"c\"}}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[[]]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"b\",[\"c\"]]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[{}]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[{\"b\":\"c\"}]}"), STATUS_REQUEST_JSON },
	/* arrays of something else */
	{ BYTES("{\"a\":[1]}"), STATUS_REQUEST_FIELD_TYPE },
	{ BYTES("{\"a\":[\"b\",null]}"), STATUS_REQUEST_FIELD_TYPE },
	/* other values */
	{ BYTES("{\"a\":True}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":truex}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":tru}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":t}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":nul}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":false1}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":undefined}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":NaN}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":Infinity}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":-Infinity}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":-}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":+1}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":--1}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":01}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":-01}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":00}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":.5}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":5.}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":5.e1}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1e}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1e+}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1e+-1}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1e1.5}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1.2.3}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":0x10}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1_0}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1:2}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1{}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":1[]}"), STATUS_REQUEST_JSON },
	/* strings */
	{ BYTES("{\"a\":\"b}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"b\\\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\a\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\'\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\x41\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\U0041\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\\n\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\u\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\u004\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\u00g1\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\u+041\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\u 041\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\ud83d\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\ud83dx\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\ud83d\\n\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\ud83d\\u0041\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\ud83d\\ud83d\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\ud83d\\ue000\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\ud83dxxdd11\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\udd11\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\ud800\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\udfff\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\\udd11\\ud83d\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"\\ud83d\":\"b\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":[\"\\ud83d\"]}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\x80\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\xc3\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\xc0\xa2\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\xed\xa0\xbd\xed\xb4\x91\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\xf4\x90\x80\x80\"}"), STATUS_REQUEST_JSON },
	{ BYTES("{\"a\":\"\xff\"}"), STATUS_REQUEST_JSON },
	/* control characters */
	{ BYTES("{\"a\":\"b\nc\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"b\tc\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\x1f\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\x7f\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\xc2\x80\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\xc2\x9f\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\n\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\r\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\t\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\b\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\f\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\u0000\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\u001F\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\u007f\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\u0080\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":\"\\u009f\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\\n\":\"b\"}"), STATUS_REQUEST_CONTROL },
	{ BYTES("{\"a\":[\"b\\u0000\"]}"), STATUS_REQUEST_CONTROL },
	/* limits */
	{ BYTES("{" MEMBER24 ",\"a\":1}"), STATUS_REQUEST_TOO_LARGE },
	{ BYTES("{\"a\":[" ELEMENT16 ",\"\"]}"), STATUS_REQUEST_HOSTS_TOO_MANY },
	{ BYTES("{\"a\":[" ELEMENT256 "," ELEMENT256 "]}"), STATUS_REQUEST_TOO_LARGE },
};

/* ---- runners ---- */

enum { MEMORY_SIZE = 16384 };

/* Reads a copy of size bytes, at whose end the sanitizer stands, with an arena of memory bytes on the heap. */
static enum status read_copy(const char *text, size_t size, size_t memory, struct json_object *object, void **taken)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	struct arena arena;
	enum status status;

	assert_non_null(copy);
	*taken = malloc(memory > 0 ? memory : 1);
	assert_non_null(*taken);
	memcpy(copy, text, size);
	arena = arena_of(*taken, memory);
	status = json_read_object(span_of(copy, size), &arena, object);
	free(copy); /* nothing of the result is there */
	return status;
}

static enum status status_of(const char *text, size_t size)
{
	struct json_object object;
	void *memory;
	enum status status = read_copy(text, size, MEMORY_SIZE, &object, &memory);

	if (status != STATUS_OK)
		assert_int_equal(object.count, 0);
	free(memory);
	return status;
}

static void put_member(struct writer *writer, const struct json_member *member)
{
	writer_put(writer, member->name);
	writer_put_byte(writer, '=');
	if (member->kind == JSON_STRING)
		writer_put(writer, member->string);
	if (member->kind == JSON_OTHER)
		writer_put_byte(writer, '*');
	if (member->kind == JSON_STRINGS) {
		writer_put_byte(writer, '[');
		for (size_t i = 0; i < member->count; i++) {
			writer_put(writer, member->strings[i]);
			writer_put_byte(writer, ',');
		}
		writer_put_byte(writer, ']');
	}
	writer_put_byte(writer, ';');
}

static void expect_members(const char *text, const struct json_object *object, const char *expected)
{
	char room[512];
	struct writer writer = writer_of(room, sizeof(room));

	for (size_t i = 0; i < object->count; i++)
		put_member(&writer, &object->members[i]);
	if (!span_equal(writer_written(&writer), span_of_string(expected)))
		fail_msg("%s: %.*s in place of %s", text, (int)writer.used, room, expected);
}

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		struct json_object object;
		void *memory;
		enum status status = read_copy(accepted[i].text, accepted[i].size, MEMORY_SIZE, &object, &memory);

		if (status != STATUS_OK)
			fail_msg("%s: %s", accepted[i].text, status_name(status));
		expect_members(accepted[i].text, &object, accepted[i].members);
		free(memory);
	}
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		enum status status = status_of(refused[i].text, refused[i].size);

		if (status != refused[i].status)
			fail_msg("%s: %s in place of %s", refused[i].text, status_name(status),
				 status_name(refused[i].status));
	}
}

/* An object ends with its bracket: no shorter text is one. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		size_t end = accepted[i].size;

		while (accepted[i].text[end - 1] != '}')
			end--;
		for (size_t size = 0; size < end; size++)
			assert_int_equal(status_of(accepted[i].text, size), STATUS_REQUEST_JSON);
	}
}

/* An arena that is too small is noticed, whatever it is too small for. */
static void test_small_arena(void **state)
{
	static const char text[] = "{\"user\":\"root\",\"hosts\":[\"a\",\"\\u00e9\"],\"key\":\"ssh-ed25519 AAAA\"}";
	static const char members[] = "user=root;hosts=[a,\xc3\xa9,];key=ssh-ed25519 AAAA;";
	size_t enough = MEMORY_SIZE;

	(void)state;
	for (size_t size = 0; size < MEMORY_SIZE; size++) {
		struct json_object object;
		void *memory;
		enum status status = read_copy(text, sizeof(text) - 1, size, &object, &memory);

		if (status == STATUS_OK && size < enough)
			enough = size;
		assert_int_equal(status, size < enough ? STATUS_REQUEST_TOO_LARGE : STATUS_OK);
		expect_members(text, &object, size < enough ? "" : members);
		free(memory);
	}
	assert_true(enough < MEMORY_SIZE);
}

/* Any byte in a place where only white space may stand. */
static void test_each_byte_between(void **state)
{
	static const char *const texts[] = {
		"*{\"a\":[\"b\"],\"c\":1}", "{*\"a\":[\"b\"],\"c\":1}", "{\"a\"*:[\"b\"],\"c\":1}",
		"{\"a\":*[\"b\"],\"c\":1}", "{\"a\":[*\"b\"],\"c\":1}", "{\"a\":[\"b\"*],\"c\":1}",
		"{\"a\":[\"b\"]*,\"c\":1}", "{\"a\":[\"b\"],*\"c\":1}", "{\"a\":[\"b\"],\"c\"*:1}",
		"{\"a\":[\"b\"],\"c\":*1}", "{\"a\":[\"b\"],\"c\":1 *}", "{\"a\":[\"b\"],\"c\":1}*",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			bool is_space = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
			bool is_digit_of_number = i == 9 && (byte == '-' || (byte >= '1' && byte <= '9'));
			char text[64];

			memcpy(text, texts[i], strlen(texts[i]));
			text[strcspn(texts[i], "*")] = (char)byte;
			if ((status_of(text, strlen(texts[i])) == STATUS_OK) != (is_space || is_digit_of_number))
				fail_msg("byte %02x in %s", byte, texts[i]);
		}
	}
}

/* Depth costs nothing: brackets are refused without being followed. */
static void test_deep(void **state)
{
	enum { DEPTH = 100000 };
	static const char brackets[] = "[{";
	char *text = malloc(DEPTH);

	(void)state;
	assert_non_null(text);
	for (const char *bracket = brackets; *bracket; bracket++) {
		memset(text, *bracket, DEPTH);
		memcpy(text, "{\"a\":", 5);
		assert_int_not_equal(status_of(text, DEPTH), STATUS_OK);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_small_arena),
		cmocka_unit_test(test_each_byte_between),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
