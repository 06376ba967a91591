/* One clear-signed message (RFC 9580 section 7; rules 2), and which of a keyring's certificates signed it (rules 1).
 */
#ifndef INKI_PGP_MESSAGE_H
#define INKI_PGP_MESSAGE_H

#include "base/arena.h"
#include "base/status.h"
#include "pgp/certificate.h"
#include "pgp/keyring.h"

enum {
	MESSAGE_SIZE_MAX = 65536, /* bytes */
	MESSAGE_LINE_SIZE_MAX = 32768,
	MESSAGE_LINES_MAX = 3000,
	MESSAGE_HASH_HEADERS_MAX = 32,
	MESSAGE_HASH_HEADER_SIZE_MAX = 512,
	MESSAGE_PACKETS_MAX = 64,
	MESSAGE_SIGNATURES_MAX = 16,
	MESSAGE_CANDIDATES_MAX = 8,     /* keys that are tried for one signature */
	MESSAGE_FAILURES_MAX = 8,       /* wrong signatures by known keys that are computed for one request */
	MESSAGE_FUTURE_TOLERANCE = 300, /* seconds */
};

struct pgp_message {
	struct span text; /* what was signed: lines joined with LF, without dash escapes and blanks at their ends */
	struct span signatures; /* the packets of the signature block */
};

/* Takes a message apart. body is the message and nothing else but white space around it; text and signatures are placed
 * in arena. Nothing is verified yet. Returns NOT_SIGNED, LINES_JOINED, MESSAGE_…, ARMOR_…, PACKET_…, REQUEST_TOO_LARGE.
 */
enum status message_read(struct span body, struct arena *arena, struct pgp_message *message);

/* Makes *joined a message with the signatures of both, which are over the same text; they are copied to arena.
 * MESSAGE_OTHER_TEXT, PACKET_TOO_MANY, REQUEST_TOO_LARGE. */
enum status message_join(const struct pgp_message *first, const struct pgp_message *second, struct arena *arena,
                         struct pgp_message *joined);

/* Writes a message from its parts. */
void message_write(struct writer *writer, const struct pgp_message *message);

/* When the newest of its signatures says that it was made; INT64_MAX if there is none that could count. Nothing is
 * verified: what can be told from it is that the message is too old. */
int64_t message_newest_claim(const struct pgp_message *message);

/* A certificate that has signed, and with which of its keys and when. */
struct pgp_signer {
	const struct pgp_certificate *certificate;
	const struct pgp_key *key;
	int64_t signed_at;
};

struct pgp_verdict {
	struct pgp_signer signers[MESSAGE_SIGNATURES_MAX]; /* a certificate appears once, with its newest signature */
	size_t count;
	enum status reason;             /* where count is 0: why the likeliest signature does not count */
	unsigned public_key_operations; /* how many were spent, */
	unsigned failures;              /* and how many of them in vain: after MESSAGE_FAILURES_MAX no more are */
};

/* Finds out who of the keyring has signed the message: each signature that is right, by a key that might sign when it
 * was made and may sign now. Adds to the two counts of operations; all else in *verdict is made anew. Returns
 * STATUS_OK if there is at least one signer, else verdict->reason. */
enum status message_verify(const struct pgp_message *message, const struct pgp_keyring *keyring, int64_t now,
                           struct pgp_verdict *verdict);

#endif
