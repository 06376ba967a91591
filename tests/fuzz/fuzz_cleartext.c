/* A whole message, taken apart: what comes out is text as rules 2 wants it, and the same when it is framed anew. */
#include "base/encoding.h"
#include "base/writer.h"
#include "fuzz.h"
#include "pgp/message.h"

#include <stdlib.h>

enum { ARENA_SIZE = 192 * 1024 };

/* No line has blanks at its end; no control that rule 2.2 refuses is in it. */
static void check_text(struct span text)
{
	FUZZ_CHECK(utf8_is_valid(text));
	for (size_t i = 0; i < text.size; i++) {
		const uint8_t octet = text.data[i], next = i + 1 < text.size ? text.data[i + 1] : '\n';

		FUZZ_CHECK((octet >= 0x20 || octet == '\n' || octet == '\t') && octet != 0x7f);
		FUZZ_CHECK(next != '\n' || (octet != ' ' && octet != '\t'));
	}
}

static void write_message(struct writer *out, const struct pgp_message *message)
{
	struct span text = message->text;

	writer_put_string(out, "-----BEGIN PGP SIGNED MESSAGE-----\n\n");
	for (;;) {
		size_t end = span_find_byte(text, '\n');
		struct span line = span_first(text, end);

		if (span_starts_with(line, SPAN("-")))
			writer_put_string(out, "- ");
		writer_put(out, line);
		writer_put_byte(out, '\n');
		if (end == text.size)
			break;
		text = span_skip(text, end + 1);
	}
	writer_put_string(out, "-----BEGIN PGP SIGNATURE-----\n\n");
	base64_write(out, message->signatures);
	writer_put_string(out, "\n-----END PGP SIGNATURE-----\n");
}

/* Framed anew, it says the same, unless the frame takes it over a limit. */
static void check_again(const struct pgp_message *message)
{
	const size_t room = 4 * (message->text.size + message->signatures.size) + 256;
	struct arena memory = fuzz_take_arena(room), arena = fuzz_take_arena(ARENA_SIZE);
	struct writer out = writer_of(memory.data, memory.size);
	struct pgp_message again;
	enum status status;

	write_message(&out, message);
	FUZZ_CHECK(!out.overflowed);
	status = message_read(writer_written(&out), &arena, &again);
	FUZZ_CHECK(status == STATUS_OK || status == STATUS_MESSAGE_TOO_LARGE);
	if (status == STATUS_OK) {
		FUZZ_CHECK(span_equal(again.text, message->text));
		FUZZ_CHECK(span_equal(again.signatures, message->signatures));
	}
	free(memory.data);
	free(arena.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = fuzz_take_arena(ARENA_SIZE), small = fuzz_take_arena(size / 2);
	struct pgp_message message, another;
	enum status status = message_read(span_of(data, size), &arena, &message);

	if (status == STATUS_OK) {
		FUZZ_CHECK(size <= MESSAGE_SIZE_MAX && message.text.size < size && message.signatures.size < size);
		check_text(message.text);
		check_again(&message);
	}
	/* an arena that may be too small changes nothing else */
	if (message_read(span_of(data, size), &small, &another) == STATUS_OK)
		FUZZ_CHECK(status == STATUS_OK && span_equal(message.text, another.text) &&
		           span_equal(message.signatures, another.signatures));
	free(arena.data);
	free(small.data);
	return 0;
}
