/* One flat JSON object: what is read is UTF-8 without control characters, and reads the same when it is written anew. */
#include "base/encoding.h"
#include "base/writer.h"
#include "fuzz.h"
#include "json/read.h"
#include "json/write.h"

#include <stdlib.h>

enum { ARENA_SIZE = 128 * 1024 };

static void check_string(struct span string)
{
	FUZZ_CHECK(utf8_is_valid(string));
	for (size_t i = 0; i < string.size; i++)
		FUZZ_CHECK(string.data[i] >= 0x20 && string.data[i] != 0x7f);
}

static void write_member(struct writer *out, const struct json_member *member)
{
	json_write_string(out, member->name);
	writer_put_byte(out, ':');
	if (member->kind == JSON_STRING)
		json_write_string(out, member->string);
	if (member->kind == JSON_OTHER)
		writer_put_string(out, "null");
	if (member->kind != JSON_STRINGS)
		return;
	for (size_t i = 0; i < member->count; i++) {
		writer_put_byte(out, i == 0 ? '[' : ',');
		json_write_string(out, member->strings[i]);
	}
	writer_put_string(out, member->count > 0 ? "]" : "[]");
}

static void check_equal(const struct json_member *a, const struct json_member *b)
{
	FUZZ_CHECK(span_equal(a->name, b->name) && a->kind == b->kind);
	if (a->kind == JSON_STRING) {
		check_string(a->string);
		FUZZ_CHECK(span_equal(a->string, b->string));
	}
	if (a->kind != JSON_STRINGS)
		return;
	FUZZ_CHECK(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		check_string(a->strings[i]);
		FUZZ_CHECK(span_equal(a->strings[i], b->strings[i]));
	}
}

static void check_again(const struct json_object *object, size_t size)
{
	/* an octet becomes six at most */
	struct arena memory = fuzz_take_arena(6 * size + 64), arena = fuzz_take_arena(6 * ARENA_SIZE);
	struct writer out = writer_of(memory.data, memory.size);
	struct json_object again;

	for (size_t i = 0; i < object->count; i++) {
		writer_put_byte(&out, i == 0 ? '{' : ',');
		write_member(&out, &object->members[i]);
	}
	writer_put_string(&out, object->count > 0 ? "}" : "{}");
	FUZZ_CHECK(!out.overflowed);
	FUZZ_CHECK(json_read_object(writer_written(&out), &arena, &again) == STATUS_OK && again.count == object->count);
	for (size_t i = 0; i < object->count; i++)
		check_equal(&object->members[i], &again.members[i]);
	free(memory.data);
	free(arena.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = fuzz_take_arena(ARENA_SIZE);
	struct json_object object;

	if (json_read_object(span_of(data, size), &arena, &object) == STATUS_OK)
		check_again(&object, size + 64);
	free(arena.data);
	return 0;
}
