/* What a check is asked: a struct of a fixed size without pointers, that goes from the server to the helper as it is.
 * The helper takes the user, the check and the host from its own configuration, and all else from here, once it is
 * found to be right in form. A key on its way to a file comes in one too, with its signers, and with no check. */
#ifndef INKI_CORE_QUESTION_H
#define INKI_CORE_QUESTION_H

#include "base/writer.h"
#include "core/config.h"
#include "core/table.h"

/* Fields that are not known are empty. */
enum question_field {
	QUESTION_KEY, /* options type base64 comment */
	QUESTION_FINGERPRINT,
	QUESTION_REASON,
	QUESTION_REMOTE,
	QUESTION_SIGNERS, /* of each: the certificate's fingerprint, its user ID */
	QUESTION_FIELD_COUNT = QUESTION_SIGNERS + 2 * TABLE_SIGNERS_MAX
};

enum {
	QUESTION_KEY_MAX = SSH_KEY_LINE_MAX, /* bytes; all of it, so that nobody judges a part */
	QUESTION_FINGERPRINT_MAX = 64,
	QUESTION_REASON_MAX = 256,
	QUESTION_REMOTE_MAX = 64,
	QUESTION_SIGNER_MAX = 64,
	QUESTION_USER_ID_MAX = 128,
	QUESTION_TEXT_MAX = QUESTION_KEY_MAX + QUESTION_FINGERPRINT_MAX + QUESTION_REASON_MAX + QUESTION_REMOTE_MAX +
	                    TABLE_SIGNERS_MAX * (QUESTION_SIGNER_MAX + QUESTION_USER_ID_MAX),

	/* What is made of it. A byte may become six in JSON. */
	QUESTION_JSON_MAX = 6 * QUESTION_TEXT_MAX + 4096,
	QUESTION_VARIABLES_MAX = 16,
	QUESTION_ENVIRONMENT_MAX = QUESTION_TEXT_MAX + 2048,
};

struct question {
	uint32_t user, check, action; /* indices in the configuration; enum config_check_action */
	uint32_t signer_count;
	int64_t expire;                       /* 0: there is none */
	uint16_t sizes[QUESTION_FIELD_COUNT]; /* the fields stand in text one after the other */
	uint8_t text[QUESTION_TEXT_MAX];
};

/* Sets a field; in the order of the list. What is not printable is shown as '?', and what is too long is cut. */
void question_put(struct question *question, enum question_field field, struct span value);

/* Key and fingerprint, the first two; of a key that is not known, line is empty. */
void question_put_key(struct question *question, struct span line, const struct ssh_fingerprint *fingerprint);

/* One more signer, after all other fields: the bytes of the certificate's fingerprint, and the user ID. */
void question_put_signer(struct question *question, struct span fingerprint, struct span user_id);

struct span question_field(const struct question *question, unsigned field);

/* How many bytes of the struct are of meaning. */
size_t question_size(const struct question *question);

/* Are these size bytes a question in form, about a user of this configuration? */
bool question_is_of_user(const struct question *question, size_t size, const struct config *config);

/* And one that this configuration asks? */
bool question_is_right(const struct question *question, size_t size, const struct config *config);

/* Writes it as one JSON object, with its line end. */
void question_write_json(struct writer *writer, const struct question *question, const struct config *config);

/* Writes it as INKI_… variables, and PATH: NAME=value, each with a NUL behind it. Fills variables with where each
 * begins, and a NULL. False if they do not fit, which cannot be of a question that is right. */
bool question_write_environment(struct writer *writer, const struct question *question, const struct config *config,
                                const char *variables[static QUESTION_VARIABLES_MAX]);

#endif
