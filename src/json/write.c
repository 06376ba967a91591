#include "json/write.h"

#include "base/encoding.h"

static bool needs_escape(uint8_t byte)
{
	struct span marks = SPAN("\"\\<>&");

	return byte < 0x20 || byte == 0x7f || span_find_byte(marks, byte) < marks.size;
}

static void put_escape(struct writer *writer, uint8_t byte)
{
	if (byte == '"' || byte == '\\') {
		writer_put_byte(writer, '\\');
		writer_put_byte(writer, byte);
		return;
	}
	writer_put(writer, SPAN("\\u00"));
	hex_write(writer, span_of(&byte, 1));
}

void json_write_string(struct writer *writer, struct span text)
{
	writer_put_byte(writer, '"');
	while (text.size > 0) {
		size_t plain = 0;

		while (plain < text.size && !needs_escape(text.data[plain]))
			plain++;
		writer_put(writer, span_first(text, plain));
		if (plain < text.size)
			put_escape(writer, text.data[plain]);
		text = span_skip(text, plain + 1);
	}
	writer_put_byte(writer, '"');
}
