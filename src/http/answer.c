#include "http/answer.h"

#include "http/message.h"

/* Three digits, the first of them 1 to 5 (RFC 9110 section 15). */
static enum status take_code(struct http_answer *answer, struct span text)
{
	int code = 0;

	if (text.size != 3)
		return STATUS_HTTP_SYNTAX;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return STATUS_HTTP_SYNTAX;
		code = 10 * code + (text.data[i] - '0');
	}
	answer->code = code;
	return code >= 100 && code <= 599 ? STATUS_OK : STATUS_HTTP_SYNTAX;
}

/* How long the body is (RFC 9112 section 6.3). */
static void finish(struct http_answer *answer, const struct http_message *message, struct span bytes)
{
	bool has_body = answer->code >= 200 && answer->code != 204 && answer->code != 304;

	answer->size = message->lexer.at;
	answer->content_type = http_message_value(message, HTTP_FIELD_CONTENT_TYPE, bytes);
	if (!has_body)
		return;
	answer->chunked = message->chunked;
	answer->content_length = message->content_length;
	answer->until_close = !message->chunked && !http_message_has(message, HTTP_FIELD_CONTENT_LENGTH);
}

enum status http_answer_read(struct span bytes, struct http_answer *answer)
{
	struct http_message message;
	struct http_piece piece;
	enum status status;

	*answer = (struct http_answer){ 0 };
	http_message_start(&message, HTTP_START_ANSWER);
	do {
		status = http_message_next(&message, bytes, SIZE_MAX, &piece);
		if (status == STATUS_OK && piece.kind == HTTP_PIECE_CODE)
			status = take_code(answer, http_piece_text(piece, bytes));
	} while (status == STATUS_OK && piece.kind != HTTP_PIECE_END);
	if (status == STATUS_OK)
		finish(answer, &message, bytes);
	return status;
}
