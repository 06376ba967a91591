/* What the two processes say to each other: one struct of a fixed size, looked at on arrival as if an enemy had sent
 * it.
 *
 *   helper -> server   CONFIG          a new configuration lies in settings arena .number
 *                      CONFIG_REFUSED  there was one, but it is wrong: .text says how; the old one stays
 *                      END             somebody has told us to end
 *   server -> helper   TAKEN           the configuration in arena .number is in force; the other arena is not needed
 * any more ENDING          take the socket files away, I close the listeners now
 */
#ifndef INKI_SERVER_MESSAGE_H
#define INKI_SERVER_MESSAGE_H

#include "host/channel.h"

enum message_kind {
	MESSAGE_NONE,
	MESSAGE_CONFIG,
	MESSAGE_CONFIG_REFUSED,
	MESSAGE_END,
	MESSAGE_TAKEN,
	MESSAGE_ENDING,
	MESSAGE_KIND_COUNT
};

enum { MESSAGE_TEXT_MAX = 256 };

struct message {
	uint32_t kind;
	uint32_t number;
	uint32_t text_size;
	uint8_t text[MESSAGE_TEXT_MAX]; /* UTF-8 without control characters */
};

/* A text longer than there is room is cut, and what is not printable is shown as '?'. */
struct message message_of(enum message_kind kind, uint32_t number, struct span text);

bool message_send(int end, const struct message *message);

/* Takes the next one. What is not right in form ends the line: whoever sends such a thing is not one of us any more. */
enum channel_taken message_take(int end, struct message *message);

struct span message_text(const struct message *message);

#endif
