#include "server/message.h"

#include "base/encoding.h"

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

static bool is_right(const struct message *message, size_t size)
{
	return size == sizeof(*message) && message->kind > MESSAGE_NONE && message->kind < MESSAGE_KIND_COUNT &&
	       message->text_size <= sizeof(message->text) && utf8_is_valid(message_text(message)) &&
	       !utf8_has_control(message_text(message));
}

enum channel_taken message_take(int end, struct message *message)
{
	size_t size;
	enum channel_taken taken = channel_take(end, message, sizeof(*message), &size);

	if (taken == CHANNEL_MESSAGE && !is_right(message, size))
		return CHANNEL_ENDED;
	return taken;
}

struct span message_text(const struct message *message)
{
	return span_of(message->text, message->text_size);
}
