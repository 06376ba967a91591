/* The signed text as a request: what is taken keeps to the limits of CONTRACT 1, and does not depend on the text any more. */
#include "core/request.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_SIZE = 128 * 1024 };

static void check_request(const struct request *request)
{
	FUZZ_CHECK(request->action == REQUEST_ADD || request->action == REQUEST_REMOVE);
	FUZZ_CHECK(request->has_key || request->action == REQUEST_REMOVE);
	FUZZ_CHECK(request->username.size <= REQUEST_USERNAME_MAX && request->reason.size <= REQUEST_REASON_MAX);
	FUZZ_CHECK(request->host_count <= JSON_STRINGS_MAX);
	if (request->has_key) {
		static uint8_t bytes[SSH_KEY_ROOM_MAX];
		struct writer room = writer_of(bytes, sizeof(bytes));
		struct ssh_fingerprint fingerprint;
		struct ssh_key again;

		FUZZ_CHECK(request->key.type < SSH_KEY_TYPE_COUNT && request->key.blob.size <= SSH_KEY_BLOB_MAX);
		FUZZ_CHECK(request->key.comment.size <= SSH_KEY_COMMENT_MAX);
		FUZZ_CHECK(request->line.size <= SSH_KEY_LINE_MAX);
		FUZZ_CHECK(ssh_key_read(request->line, &room, &again) == STATUS_OK);
		FUZZ_CHECK(span_equal(again.blob, request->key.blob) && span_equal(again.comment, request->key.comment));
		FUZZ_CHECK(span_equal(again.options, request->key.options) &&
		           memcmp(request->line.data, again.options.data, again.options.size) == 0);
		ssh_fingerprint_compute(request->key.blob, &fingerprint);
		FUZZ_CHECK(memcmp(&fingerprint, &request->fingerprint, sizeof(fingerprint)) == 0);
	}
	if (request->action == REQUEST_ADD)
		FUZZ_CHECK(request->expire >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = fuzz_take_arena(ARENA_SIZE), text = fuzz_take_arena(size);
	struct request request;
	struct span field;
	enum status status;

	fuzz_start_crypto();
	memcpy(text.data, data, size);
	status = request_read(span_of(text.data, size), &arena, &request, &field);
	free(text.data); /* the sanitizer sees a look at it from now on */
	if (status == STATUS_OK)
		check_request(&request);
	for (size_t i = 0; i < field.size; i++)
		FUZZ_CHECK(field.data[i] >= 0x20);
	free(arena.data);
	return 0;
}
