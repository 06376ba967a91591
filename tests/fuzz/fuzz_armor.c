/* ASCII armor behind its BEGIN line: what is read is in the text, and reads the same when it is written anew. */
#include "base/encoding.h"
#include "fuzz.h"
#include "pgp/armor.h"

#include <stdlib.h>

static const struct span label = SPAN_INITIALIZER("PGP SIGNATURE");

/* The digits of the block, as this reader sees them: all of the lines after the first blank one that are neither checksum nor END
 * line. */
static void check_against_base64(struct span text, struct span binary)
{
	struct arena arena = fuzz_take_arena(text.size + binary.size + 3);
	struct writer digits = writer_of(arena.data, text.size), bytes = writer_of(arena.data + text.size, binary.size + 3);
	struct span line;

	while (span_take_line(&text, &line) && span_trim(line).size > 0)
		;
	while (span_take_line(&text, &line) && !armor_is_end(line, label)) {
		line = span_trim_end(line);
		if (line.size != 5 || line.data[0] != '=')
			writer_put(&digits, line);
	}
	FUZZ_CHECK(base64_read(writer_written(&digits), &bytes));
	FUZZ_CHECK(span_equal(writer_written(&bytes), binary));
	free(arena.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = fuzz_take_arena(size / 4 * 3 + 3), small = fuzz_take_arena(size / 2);
	struct span text = span_of(data, size), again = text, binary;
	enum status status = armor_read(&text, label, &arena, &binary);

	if (status == STATUS_OK) {
		FUZZ_CHECK(text.size < size && (text.size == 0 || text.data + text.size == data + size));
		check_against_base64(span_first(span_of(data, size), size - text.size), binary);
	} else {
		FUZZ_CHECK(status == STATUS_ARMOR_SYNTAX || status == STATUS_ARMOR_BASE64);
		FUZZ_CHECK(binary.size == 0 && arena.used == 0);
	}
	/* with less room it says so, or what it said before */
	status = armor_read(&again, label, &small, &binary);
	FUZZ_CHECK(status != STATUS_OK || again.size == text.size);
	free(arena.data);
	free(small.data);
	return 0;
}
