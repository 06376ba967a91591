#include "http/body.h"

#include "base/encoding.h"

#include <string.h>

enum { CHUNK_SIZE_DIGITS_MAX = 8, TRAILER_MAX = 1024 };

/* Where a body stands (RFC 9112 section 7.1). One with a length is all of one chunk, and ends where that does.
 *
 *   SIZE -CR-> SIZE_LF -LF-> DATA -(chunk read)-> DATA_CR -CR-> DATA_LF -LF-> SIZE
 *   hex digits    |
 *                LF, after a size of 0
 *                 v
 *              TRAILER -(empty line)-> END
 */
enum state { SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER, END };

enum status http_body_start(struct http_body *body, bool chunked, uint64_t content_length, size_t limit)
{
	*body = (struct http_body){ .status = STATUS_MORE, .chunked = chunked, .limit = limit, .state = SIZE };
	if (chunked)
		return STATUS_OK;
	body->state = DATA;
	body->left = content_length;
	if (content_length <= limit)
		return STATUS_OK;
	body->status = STATUS_HTTP_BODY_TOO_LARGE;
	return STATUS_HTTP_BODY_TOO_LARGE;
}

/* Hexadecimal digits up to CR: nothing else, so that no reader can find another size in the line. */
static enum status take_size_byte(struct http_body *body, uint8_t byte)
{
	int digit = hex_digit_value(byte);

	if (digit >= 0 && body->digits < CHUNK_SIZE_DIGITS_MAX) {
		body->left = body->left << 4 | (unsigned)digit;
		body->digits++;
		return STATUS_OK;
	}
	if (byte != '\r' || body->digits == 0)
		return STATUS_HTTP_CHUNK;
	body->digits = 0;
	body->state = SIZE_LF;
	return body->left > body->limit - body->size ? STATUS_HTTP_BODY_TOO_LARGE : STATUS_OK;
}

static enum status take_framing_byte(struct http_body *body, uint8_t byte)
{
	static const struct {
		uint8_t byte;
		enum state next;
	} expected[] = { [SIZE_LF] = { '\n', DATA }, [DATA_CR] = { '\r', DATA_LF }, [DATA_LF] = { '\n', SIZE } };

	body->consumed++;
	if (body->state == SIZE)
		return take_size_byte(body, byte);
	if (byte != expected[body->state].byte)
		return STATUS_HTTP_CHUNK;
	body->state = expected[body->state].next;
	if (body->state == DATA && body->left == 0) {
		body->state = TRAILER;
		body->trailer_end = body->consumed + TRAILER_MAX;
		http_lexer_start(&body->trailer, HTTP_START_TRAILER, body->consumed);
	}
	return STATUS_OK;
}

/* Moves what has arrived of the chunk down to the bytes in front of it. */
static enum status take_data(struct http_body *body, uint8_t *data, size_t size)
{
	size_t arrived = size - body->consumed;
	size_t count = arrived < body->left ? arrived : (size_t)body->left;

	if (body->size != body->consumed)
		memmove(data + body->size, data + body->consumed, count);
	body->size += count;
	body->consumed += count;
	body->left -= count;
	if (body->left > 0)
		return STATUS_MORE;
	body->state = body->chunked ? DATA_CR : END;
	return STATUS_OK;
}

static enum status take_trailer(struct http_body *body, struct span bytes)
{
	struct http_piece piece;
	enum status status;

	do {
		status = http_lexer_next(&body->trailer, bytes, body->trailer_end, &piece);
	} while (status == STATUS_OK && piece.kind != HTTP_PIECE_END);
	body->consumed = body->trailer.at;
	if (status == STATUS_OK)
		body->state = END;
	return status == STATUS_OK || status == STATUS_MORE ? status : STATUS_HTTP_CHUNK;
}

static enum status read_on(struct http_body *body, uint8_t *data, size_t size)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && body->state != END) {
		if (body->state == DATA)
			status = take_data(body, data, size);
		else if (body->state == TRAILER)
			status = take_trailer(body, span_of(data, size));
		else if (body->consumed < size)
			status = take_framing_byte(body, data[body->consumed]);
		else
			status = STATUS_MORE;
	}
	return status;
}

enum status http_body_read(struct http_body *body, uint8_t *data, size_t size)
{
	if (body->status == STATUS_MORE)
		body->status = read_on(body, data, size);
	return body->status;
}

/* Of the trailer's lexer only the distances between its places are of interest here, so .token may even wrap. */
void http_body_drop(struct http_body *body, uint8_t *data, size_t *size, size_t count)
{
	const size_t left = body->size - count, gone = body->consumed - left;

	if (gone == 0)
		return;
	if (count > 0)
		memmove(data, data + count, left);
	memmove(data + left, data + body->consumed, *size - body->consumed);
	*size -= gone;
	body->size = left;
	body->consumed = left;
	body->limit -= count;
	body->trailer.at -= gone;
	body->trailer.token -= gone;
	body->trailer_end -= gone;
}
