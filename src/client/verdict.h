/* What "inki verify" found out about a message, in words and in JSON. */
#ifndef INKI_CLIENT_VERDICT_H
#define INKI_CLIENT_VERDICT_H

#include "pgp/message.h"

/* One message, judged. */
struct judgement {
	enum status status; /* STATUS_OK: accepted. Else why not; then nothing of the message may be believed */
	struct pgp_message message;
	struct pgp_verdict verdict;
	int64_t now; /* when it was judged */
};

enum {
	VERDICT_USER_ID_MAX = 2048, /* bytes of a user ID; a larger one stays out of the JSON */
	VERDICT_WORDS_MAX = 2048,
	/* a byte may become six, as in \u0000; 1024 is for all else that is told of a signer */
	VERDICT_JSON_MAX = 6 * MESSAGE_SIZE_MAX + MESSAGE_SIGNATURES_MAX * (6 * VERDICT_USER_ID_MAX + 1024) + 1024,
};

/* Writes who signed, with which key and when; VERDICT_WORDS_MAX bytes are room enough. */
void verdict_write_signer(struct writer *words, const struct pgp_signer *signer, int64_t now);

/* Writes why a message is not accepted. */
void verdict_write_refusal(struct writer *words, enum status status);

/* Writes one JSON object and a line end; VERDICT_JSON_MAX bytes are room enough. Either
 *   {"accepted":true,"signers":[{"fingerprint","key","algorithm","signed","user_id"},...],"text"}, or
 *   {"accepted":false,"status","message"}
 * where fingerprint is that of the certificate, key that of the key that signed, signed an RFC 3339 time, and user_id
 * is missing where there is none in UTF-8. */
void verdict_write_json(struct writer *json, const struct judgement *judgement);

#endif
