#include "server/message.h"

#include "base/encoding.h"

#include <string.h>

struct message message_of(enum message_kind kind, uint32_t number, struct span text)
{
	struct message message = { .kind = kind, .number = number };
	struct writer writer = writer_of(message.text, sizeof(message.text));

	printable_write(&writer, span_first(text, sizeof(message.text)));
	message.text_size = (uint32_t)writer.used;
	return message;
}

bool message_send(int end, const struct message *message)
{
	return channel_send(end, span_of(message, sizeof(*message)));
}

/* An ASK or a KEY as it goes over the line. */
struct ask {
	struct message message;
	struct question question;
};

bool message_send_question(int end, const struct message *message, const struct question *question)
{
	const size_t size = question_size(question);
	struct ask ask = { .message = *message };

	memcpy(&ask.question, question, size);
	return channel_send(end, span_of(&ask, offsetof(struct ask, question) + size));
}

static bool has_question(const struct message *message)
{
	return message->kind == MESSAGE_ASK || message->kind == MESSAGE_KEY;
}

static bool is_right(const struct message *message)
{
	return message->kind > MESSAGE_NONE && message->kind < MESSAGE_KIND_COUNT &&
	       message->text_size <= sizeof(message->text) && utf8_is_valid(message_text(message)) &&
	       !utf8_has_control(message_text(message));
}

enum channel_taken message_take(int end, struct message *message)
{
	size_t size;
	enum channel_taken taken = channel_take(end, message, sizeof(*message), &size);

	if (taken == CHANNEL_MESSAGE && (size != sizeof(*message) || !is_right(message) || has_question(message)))
		return CHANNEL_ENDED;
	return taken;
}

enum channel_taken message_take_any(int end, struct message *message, struct question *question, size_t *question_size)
{
	const size_t question_at = offsetof(struct ask, question);
	struct ask ask;
	size_t size;
	enum channel_taken taken = channel_take(end, &ask, sizeof(ask), &size);

	*question_size = 0;
	if (taken != CHANNEL_MESSAGE)
		return taken;
	if (size < sizeof(*message) || size > sizeof(ask) || !is_right(&ask.message))
		return CHANNEL_ENDED;
	*message = ask.message;
	if (!has_question(message))
		return size == sizeof(*message) ? CHANNEL_MESSAGE : CHANNEL_ENDED;
	if (size <= question_at)
		return CHANNEL_ENDED;
	*question_size = size - question_at;
	memcpy(question, &ask.question, *question_size);
	return CHANNEL_MESSAGE;
}

struct span message_text(const struct message *message)
{
	return span_of(message->text, message->text_size);
}
