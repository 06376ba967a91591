#include "http/target.h"

#include "base/encoding.h"

bool http_target_match(struct span path, struct span pattern, struct span *segments)
{
	const struct span rest = SPAN("{*}"), one = SPAN("{}");

	for (;;) {
		struct span literal = span_first(pattern, span_find_byte(pattern, '{'));
		size_t end;

		if (!span_starts_with(path, literal))
			return false;
		path = span_skip(path, literal.size);
		pattern = span_skip(pattern, literal.size);
		if (pattern.size == 0)
			return path.size == 0;
		end = span_equal(pattern, rest) ? path.size : span_find_byte(path, '/');
		if (end == 0)
			return false;
		*segments++ = span_first(path, end);
		path = span_skip(path, end);
		pattern = span_skip(pattern, span_equal(pattern, rest) ? rest.size : one.size);
	}
}

static bool is_control(uint8_t byte)
{
	return byte < 0x20 || byte == 0x7f;
}

enum status http_target_decode(struct span text, struct writer *out)
{
	size_t start = out->used;

	while (text.size > 0) {
		bool is_escape = text.data[0] == '%';
		uint8_t byte = text.data[0];

		if (is_escape && (text.size < 3 || !hex_read(span_of(text.data + 1, 2), &byte, 1)))
			return STATUS_HTTP_TARGET;
		if (is_control(byte))
			return STATUS_HTTP_TARGET;
		writer_put_byte(out, byte);
		text = span_skip(text, is_escape ? 3 : 1);
	}
	if (out->overflowed || !utf8_is_valid(span_skip(writer_written(out), start)))
		return STATUS_HTTP_TARGET;
	return STATUS_OK;
}

/* RFC 3986 section 2.3. */
static bool is_unreserved(uint8_t byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
	       byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

void http_target_encode(struct writer *out, struct span text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (is_unreserved(text.data[i])) {
			writer_put_byte(out, text.data[i]);
			continue;
		}
		writer_put_byte(out, '%');
		hex_write_upper(out, span_of(text.data + i, 1));
	}
}

bool http_query_find(struct span query, struct span name, struct span *value)
{
	*value = (struct span){ 0 };
	while (query.size > 0) {
		struct span parameter = span_first(query, span_find_byte(query, '&'));
		size_t equals = span_find_byte(parameter, '=');

		if (span_equal(span_first(parameter, equals), name)) {
			*value = span_skip(parameter, equals + 1);
			return true;
		}
		query = span_skip(query, parameter.size + 1);
	}
	return false;
}
