#include "http/head.h"

void http_head_start(struct http_head *head)
{
	*head = (struct http_head){ .status = STATUS_MORE };
	http_message_start(&head->message, HTTP_START_REQUEST);
}

/* An unknown method is refused only when the line turned out to be HTTP. */
static void take_method(struct http_head *head, struct span text)
{
	static const struct {
		const char *name;
		enum http_method method;
	} methods[] = { { "GET", HTTP_GET }, { "HEAD", HTTP_HEAD }, { "POST", HTTP_POST }, { "DELETE", HTTP_DELETE } };

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (!span_equal(text, span_of_string(methods[i].name)))
			continue;
		head->method = methods[i].method;
		head->is_method_known = true;
	}
}

/* Takes http://authority off the front of *target, if it is there (RFC 9112 section 3.2.2). Two readers could follow
 * different ones of two names, so the authority must be that of the Host field. */
static enum status take_authority(const struct http_head *head, struct span bytes, struct span *target)
{
	struct span scheme = SPAN("http://");
	struct span authority;

	if (!span_equal_ignoring_case(span_first(*target, scheme.size), scheme))
		return STATUS_OK;
	*target = span_skip(*target, scheme.size);
	authority = span_first(*target, span_find_byte(*target, '/'));
	*target = span_skip(*target, authority.size);
	if (authority.size == 0 ||
	    !span_equal_ignoring_case(authority, http_message_value(&head->message, HTTP_FIELD_HOST, bytes)))
		return STATUS_HTTP_HOST;
	return STATUS_OK;
}

static enum status take_target(struct http_head *head, struct span bytes)
{
	struct span target = http_piece_text(head->target, bytes);
	enum status status = take_authority(head, bytes, &target);
	size_t question = span_find_byte(target, '?');

	if (status != STATUS_OK)
		return status;
	if (!span_starts_with(target, SPAN("/")))
		return STATUS_HTTP_TARGET;
	head->path = span_first(target, question);
	head->query = span_skip(target, question + 1);
	return STATUS_OK;
}

static enum status finish(struct http_head *head, struct span bytes)
{
	const struct http_message *message = &head->message;

	if (message->minor_version > 0 && !http_message_has(message, HTTP_FIELD_HOST))
		return STATUS_HTTP_HOST;
	head->minor_version = message->minor_version;
	head->keep_alive = !message->connection_close && (message->minor_version > 0 || message->connection_keep_alive);
	head->expect_continue = message->expect_continue;
	head->chunked = message->chunked;
	head->content_length = message->content_length;
	head->size = message->lexer.at;
	return take_target(head, bytes);
}

static enum status take_piece(struct http_head *head, struct http_piece piece, struct span bytes)
{
	switch (piece.kind) {
	case HTTP_PIECE_METHOD:
		take_method(head, http_piece_text(piece, bytes));
		return STATUS_OK;
	case HTTP_PIECE_TARGET:
		head->target = piece;
		return STATUS_OK;
	case HTTP_PIECE_VERSION:
		return head->is_method_known ? STATUS_OK : STATUS_HTTP_METHOD;
	case HTTP_PIECE_END:
		return finish(head, bytes);
	default:
		return STATUS_OK;
	}
}

static enum status read_on(struct http_head *head, struct span bytes, size_t limit)
{
	struct http_piece piece;
	enum status status;

	do {
		status = http_message_next(&head->message, bytes, limit, &piece);
		if (status == STATUS_OK)
			status = take_piece(head, piece, bytes);
	} while (status == STATUS_OK && piece.kind != HTTP_PIECE_END);
	return status;
}

enum status http_head_read(struct http_head *head, struct span bytes, size_t limit)
{
	if (head->status == STATUS_MORE)
		head->status = read_on(head, bytes, limit);
	return head->status;
}
