/* A request's head and body: however the bytes arrive, they are read the same way. */
#include "fuzz.h"
#include "http/body.h"
#include "http/head.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_LIMIT = 1024, BODY_LIMIT = 2048 };

/* What came of a request; the spans of the head are positions here. */
struct outcome {
	enum status head_status, body_status;
	struct http_head head;
	struct http_body body;
	uint8_t *bytes; /* of the body, decoded in place */
};

static void read_body(struct outcome *outcome, struct span bytes, size_t step)
{
	outcome->bytes = malloc(bytes.size ? bytes.size : 1);
	FUZZ_CHECK(outcome->bytes);
	if (bytes.size > 0)
		memcpy(outcome->bytes, bytes.data, bytes.size);
	outcome->body_status = http_body_start(&outcome->body, outcome->head.chunked, outcome->head.content_length, BODY_LIMIT);
	if (outcome->body_status != STATUS_OK)
		return;
	outcome->body_status = STATUS_MORE;
	for (size_t size = 0; outcome->body_status == STATUS_MORE; size += step) {
		size = size < bytes.size ? size : bytes.size;
		outcome->body_status = http_body_read(&outcome->body, outcome->bytes, size);
		FUZZ_CHECK(outcome->body.consumed <= size && outcome->body.size <= outcome->body.consumed);
		if (size == bytes.size)
			break;
	}
}

static void read_request(struct outcome *outcome, struct span bytes, size_t step)
{
	size_t size = 0;

	*outcome = (struct outcome){ .head_status = STATUS_MORE, .body_status = STATUS_MORE };
	http_head_start(&outcome->head);
	for (;;) {
		/* moved at each step, so that the sanitizer sees a look at the old place */
		struct arena copy = fuzz_take_arena(size);

		if (size > 0)
			memcpy(copy.data, bytes.data, size);
		outcome->head_status = http_head_read(&outcome->head, span_of(copy.data, size), HEAD_LIMIT);
		if (outcome->head_status == STATUS_OK) {
			FUZZ_CHECK(outcome->head.path.size > 0 && outcome->head.path.data[0] == '/');
			FUZZ_CHECK(outcome->head.size <= size && outcome->head.size <= HEAD_LIMIT);
			outcome->head.path.data = bytes.data + (outcome->head.path.data - copy.data);
			if (outcome->head.query.size > 0)
				outcome->head.query.data = bytes.data + (outcome->head.query.data - copy.data);
		}
		free(copy.data);
		if (outcome->head_status != STATUS_MORE || size == bytes.size)
			break;
		size = bytes.size - size < step ? bytes.size : size + step;
	}
	if (outcome->head_status == STATUS_OK)
		read_body(outcome, span_skip(bytes, outcome->head.size), step);
}

static void check_equal(const struct outcome *a, const struct outcome *b)
{
	FUZZ_CHECK(a->head_status == b->head_status);
	if (a->head_status != STATUS_OK)
		return;
	FUZZ_CHECK(a->head.method == b->head.method && a->head.minor_version == b->head.minor_version);
	FUZZ_CHECK(span_equal(a->head.path, b->head.path) && span_equal(a->head.query, b->head.query));
	FUZZ_CHECK(a->head.keep_alive == b->head.keep_alive && a->head.expect_continue == b->head.expect_continue);
	FUZZ_CHECK(a->head.chunked == b->head.chunked && a->head.content_length == b->head.content_length);
	FUZZ_CHECK(a->head.size == b->head.size && !(a->head.chunked && a->head.content_length > 0));
	FUZZ_CHECK(a->body_status == b->body_status);
	if (a->body_status != STATUS_OK)
		return;
	FUZZ_CHECK(a->body.size == b->body.size && a->body.consumed == b->body.consumed && a->body.size <= BODY_LIMIT);
	FUZZ_CHECK(span_equal(span_of(a->bytes, a->body.size), span_of(b->bytes, b->body.size)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span bytes = span_of(data, size < HEAD_LIMIT + BODY_LIMIT ? size : HEAD_LIMIT + BODY_LIMIT);
	struct outcome at_once, in_pieces;

	read_request(&at_once, bytes, bytes.size ? bytes.size : 1);
	for (size_t step = 1; step <= 7; step += 6) {
		read_request(&in_pieces, bytes, step);
		check_equal(&at_once, &in_pieces);
		free(in_pieces.bytes);
	}
	free(at_once.bytes);
	return 0;
}
