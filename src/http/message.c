#include "http/message.h"

#include "base/encoding.h"

void http_message_start(struct http_message *message, enum http_start start)
{
	*message = (struct http_message){ .field = HTTP_FIELD_UNKNOWN };
	http_lexer_start(&message->lexer, start, 0);
}

bool http_message_has(const struct http_message *message, enum http_field field)
{
	return message->values[field].kind != HTTP_PIECE_NONE;
}

struct span http_message_value(const struct http_message *message, enum http_field field, struct span bytes)
{
	return http_piece_text(message->values[field], bytes);
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* HTTP/ DIGIT . DIGIT; any 1.x is read as the newest that is known (RFC 9110 section 2.5). */
static enum status take_version(struct http_message *message, struct span text)
{
	if (text.size != 8 || !span_starts_with(text, SPAN("HTTP/")) || !is_digit(text.data[5]) ||
	    text.data[6] != '.' || !is_digit(text.data[7]))
		return STATUS_HTTP_SYNTAX;
	if (text.data[5] != '1')
		return STATUS_HTTP_VERSION;
	message->minor_version = text.data[7] == '0' ? 0 : 1;
	return STATUS_OK;
}

/* A list; what else is on it concerns proxies only. */
static enum status take_connection(struct http_message *message, struct span value)
{
	while (value.size > 0) {
		size_t comma = span_find_byte(value, ',');
		struct span option = span_trim(span_first(value, comma));

		if (span_equal_ignoring_case(option, SPAN("close")))
			message->connection_close = true;
		if (span_equal_ignoring_case(option, SPAN("keep-alive")))
			message->connection_keep_alive = true;
		value = span_skip(value, comma + 1);
	}
	return STATUS_OK;
}

static enum status take_content_encoding(struct http_message *message, struct span value)
{
	(void)message;
	return span_equal_ignoring_case(value, SPAN("identity")) ? STATUS_OK : STATUS_HTTP_CONTENT_CODING;
}

static enum status take_content_length(struct http_message *message, struct span value)
{
	uint64_t length = 0;

	if (value.size == 0)
		return STATUS_HTTP_FRAMING;
	for (size_t i = 0; i < value.size; i++) {
		if (!is_digit(value.data[i]) || length > UINT64_MAX / 10 - 1)
			return STATUS_HTTP_FRAMING;
		length = 10 * length + (uint64_t)(value.data[i] - '0');
	}
	message->content_length = length;
	return STATUS_OK;
}

/* HTTP/1.0 does not know expectations, and so ignores them (RFC 9110 section 10.1.1). */
static enum status take_expect(struct http_message *message, struct span value)
{
	if (message->minor_version == 0)
		return STATUS_OK;
	message->expect_continue = span_equal_ignoring_case(value, SPAN("100-continue"));
	return message->expect_continue ? STATUS_OK : STATUS_HTTP_EXPECTATION;
}

static bool is_letter(uint8_t byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool is_host_name_byte(uint8_t byte)
{
	return is_letter(byte) || is_digit(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

static bool is_ipv6_byte(uint8_t byte)
{
	return hex_digit_value(byte) >= 0 || byte == ':' || byte == '.';
}

/* name[:port] or [IPv6 address][:port], of fewer bytes than RFC 3986 has: no escapes, no sub-delims, no zones. The
 * name may be empty, as a URI without an authority has it. */
static enum status take_host(struct http_message *message, struct span value)
{
	bool is_ipv6 = span_starts_with(value, SPAN("["));
	bool (*is_allowed)(uint8_t) = is_ipv6 ? is_ipv6_byte : is_host_name_byte;
	size_t end = span_find_byte(value, is_ipv6 ? ']' : ':');
	struct span port = span_skip(value, is_ipv6 ? end + 1 : end);

	(void)message;
	if (is_ipv6 && (end == value.size || end == 1))
		return STATUS_HTTP_HOST;
	for (size_t i = is_ipv6 ? 1 : 0; i < end; i++)
		if (!is_allowed(value.data[i]))
			return STATUS_HTTP_HOST;
	if (port.size > 0 && port.data[0] != ':')
		return STATUS_HTTP_HOST;
	for (size_t i = 1; i < port.size; i++)
		if (!is_digit(port.data[i]))
			return STATUS_HTTP_HOST;
	return STATUS_OK;
}

static enum status take_transfer_encoding(struct http_message *message, struct span value)
{
	message->chunked = span_equal_ignoring_case(value, SPAN("chunked"));
	return message->chunked ? STATUS_OK : STATUS_HTTP_TRANSFER_CODING;
}

static enum status take_any(struct http_message *message, struct span value)
{
	(void)message;
	(void)value;
	return STATUS_OK;
}

static const struct {
	struct span name;
	enum status if_repeated; /* STATUS_OK: it may be */
	enum status (*take)(struct http_message *message, struct span value);
} fields[HTTP_FIELD_UNKNOWN] = {
	[HTTP_FIELD_CONNECTION] = { SPAN_INITIALIZER("Connection"), STATUS_OK, take_connection },
	[HTTP_FIELD_CONTENT_ENCODING] = { SPAN_INITIALIZER("Content-Encoding"), STATUS_OK, take_content_encoding },
	[HTTP_FIELD_CONTENT_LENGTH] = { SPAN_INITIALIZER("Content-Length"), STATUS_HTTP_FRAMING, take_content_length },
	[HTTP_FIELD_CONTENT_TYPE] = { SPAN_INITIALIZER("Content-Type"), STATUS_HTTP_SYNTAX, take_any },
	[HTTP_FIELD_EXPECT] = { SPAN_INITIALIZER("Expect"), STATUS_OK, take_expect },
	[HTTP_FIELD_HOST] = { SPAN_INITIALIZER("Host"), STATUS_HTTP_HOST, take_host },
	[HTTP_FIELD_TRANSFER_ENCODING] = { SPAN_INITIALIZER("Transfer-Encoding"), STATUS_HTTP_FRAMING,
	                                   take_transfer_encoding },
};

static enum http_field find_field(struct span name)
{
	enum http_field field = 0;

	while (field < HTTP_FIELD_UNKNOWN && !span_equal_ignoring_case(fields[field].name, name))
		field++;
	return field;
}

static enum status take_field(struct http_message *message, struct http_piece piece, struct span value)
{
	enum http_field field = message->field;

	if (field == HTTP_FIELD_UNKNOWN)
		return STATUS_OK;
	if (http_message_has(message, field) && fields[field].if_repeated != STATUS_OK)
		return fields[field].if_repeated;
	message->values[field] = piece;
	return fields[field].take(message, value);
}

/* A reader that believes one of the two, or does not know chunks, would see another message (RFC 9112 section 6.3). */
static enum status check_framing(const struct http_message *message)
{
	if (message->chunked && (message->minor_version == 0 || http_message_has(message, HTTP_FIELD_CONTENT_LENGTH)))
		return STATUS_HTTP_FRAMING;
	return STATUS_OK;
}

enum status http_message_next(struct http_message *message, struct span bytes, size_t limit, struct http_piece *piece)
{
	enum status status = http_lexer_next(&message->lexer, bytes, limit, piece);

	if (status != STATUS_OK)
		return status;
	switch (piece->kind) {
	case HTTP_PIECE_VERSION:
		return take_version(message, http_piece_text(*piece, bytes));
	case HTTP_PIECE_NAME:
		message->field = find_field(http_piece_text(*piece, bytes));
		return STATUS_OK;
	case HTTP_PIECE_VALUE:
		return take_field(message, *piece, http_piece_text(*piece, bytes));
	case HTTP_PIECE_END:
		return check_framing(message);
	default:
		return STATUS_OK;
	}
}
