/* Request targets: what is decoded fits and is clean, what is encoded decodes to itself, and patterns find whole segments. */
#include "fuzz.h"

#include "base/encoding.h"
#include "http/target.h"

#include <stdlib.h>
#include <string.h>

static void check_decoding(struct span text)
{
	struct arena room = fuzz_take_arena(text.size), encoded_room = fuzz_take_arena(3 * text.size), again_room = fuzz_take_arena(text.size);
	struct writer decoded = writer_of(room.data, text.size), encoded = writer_of(encoded_room.data, 3 * text.size);
	struct writer again = writer_of(again_room.data, text.size);

	if (http_target_decode(text, &decoded) == STATUS_OK) {
		FUZZ_CHECK(!decoded.overflowed && utf8_is_valid(writer_written(&decoded)));
		for (size_t i = 0; i < decoded.used; i++)
			FUZZ_CHECK(decoded.data[i] >= 0x20 && decoded.data[i] != 0x7f);
		http_target_encode(&encoded, writer_written(&decoded));
		FUZZ_CHECK(!encoded.overflowed);
		FUZZ_CHECK(http_target_decode(writer_written(&encoded), &again) == STATUS_OK);
		FUZZ_CHECK(span_equal(writer_written(&again), writer_written(&decoded)));
	}
	free(room.data);
	free(encoded_room.data);
	free(again_room.data);
}

static void check_patterns(struct span path)
{
	static const char *const patterns[] = { "/api/v1/keys", "/api/v1/user/{}/keys", "/api/v1/user/{}/key/{*}", "/{}", "/{*}" };

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct span segments[2] = { { 0 } };

		if (!http_target_match(path, span_of_string(patterns[i]), segments))
			continue;
		for (size_t n = 0; n < 2; n++) {
			bool is_rest = n == 1 || patterns[i][2] == '*';

			FUZZ_CHECK(segments[n].size == 0 ||
			           (segments[n].data >= path.data && segments[n].data + segments[n].size <= path.data + path.size));
			FUZZ_CHECK(is_rest || span_find_byte(segments[n], '/') == segments[n].size);
		}
	}
}

static void check_query(struct span query)
{
	static const char *const names[] = { "fingerprint", "a", "" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span value;

		if (!http_query_find(query, span_of_string(names[i]), &value))
			FUZZ_CHECK(value.size == 0);
		FUZZ_CHECK(span_find_byte(value, '&') == value.size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span target = span_of(data, size);
	size_t question = span_find_byte(target, '?');

	check_decoding(target);
	check_patterns(span_first(target, question));
	check_query(span_skip(target, question + 1));
	return 0;
}
