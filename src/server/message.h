/* What the two processes say to each other: one struct of a fixed size, looked at on arrival as if an enemy had sent
 * it. From the helper to the server:
 *
 *   CONFIG          a new configuration lies in settings arena .number
 *   CONFIG_REFUSED  there was one, but it is wrong: .text says how; the old one stays
 *   END             somebody has told us to end
 *   ANSWER          to question .serial in place .number: .outcome, .code, .milliseconds (as in struct child_result),
 *                   and .text is the first line of what the program said
 *   LOG_LOST        .number lines for syslog could not be handed on
 *   FILE_NEXT       KEY or KEYS_END .serial was taken; .code says what came of it (enum key_files_taken)
 *
 * and from the server to the helper:
 *
 *   TAKEN           the configuration in arena .number is in force; nobody reads the other arena any more
 *   ENDING          remove the socket files, I close the listeners now
 *   ASK             a struct question follows; it is asked under the configuration that was TAKEN last; .code is 1
 *                   where the last place may be taken for it
 *   LOG_LOST        it has counted them: without this the helper says nothing of further ones
 *   CANCEL          nobody waits for the answer to .serial in .number any more; it comes all the same
 *   KEY             a struct question follows: one more key for the file of user .number; the next waits for FILE_NEXT.
 *                   All of a file's have the same .serial
 *   KEYS_END        the file of user .number has all keys of .serial now
 */
#ifndef INKI_SERVER_MESSAGE_H
#define INKI_SERVER_MESSAGE_H

#include "core/question.h"
#include "host/channel.h"

enum message_kind {
	MESSAGE_NONE,
	MESSAGE_CONFIG,
	MESSAGE_CONFIG_REFUSED,
	MESSAGE_END,
	MESSAGE_ANSWER,
	MESSAGE_LOG_LOST,
	MESSAGE_FILE_NEXT,
	MESSAGE_TAKEN,
	MESSAGE_ENDING,
	MESSAGE_ASK,
	MESSAGE_CANCEL,
	MESSAGE_KEY,
	MESSAGE_KEYS_END,
	MESSAGE_KIND_COUNT
};

enum {
	MESSAGE_TEXT_MAX = 256,
	MESSAGE_OUTCOME_BUSY = 255, /* beside those of enum child_outcome: there was no room to run it */
};

struct message {
	uint32_t kind;
	uint32_t number, serial;
	uint32_t outcome, code, milliseconds;
	uint32_t text_size;
	uint8_t text[MESSAGE_TEXT_MAX]; /* UTF-8 without control characters */
};

/* A text longer than there is room is cut, and what is not printable is shown as '?'. */
struct message message_of(enum message_kind kind, uint32_t number, struct span text);

bool message_send(int end, const struct message *message);

/* Sends an ASK or a KEY. */
bool message_send_question(int end, const struct message *message, const struct question *question);

/* Takes the next one. What is not right in form ends the line: whoever sends such a thing is not one of us any more. */
enum channel_taken message_take(int end, struct message *message);

/* The same for the helper, to whom questions come: *question_size bytes of one are in *question, still to be looked at
 * (question_is_of_user()); 0: none came with it. */
enum channel_taken message_take_any(int end, struct message *message, struct question *question, size_t *question_size);

struct span message_text(const struct message *message);

#endif
