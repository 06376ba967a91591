/* The signed request (CONTRACT 1): one flat JSON object, read strictly, so that a signer never believes in a limit that
 * was not read. */
#ifndef INKI_CORE_REQUEST_H
#define INKI_CORE_REQUEST_H

#include "base/arena.h"
#include "base/status.h"
#include "base/writer.h"
#include "json/read.h"
#include "ssh/key.h"

enum { REQUEST_USERNAME_MAX = 64, REQUEST_REASON_MAX = 256 }; /* bytes */

enum request_action { REQUEST_ADD, REQUEST_REMOVE };

struct request {
	enum request_action action;
	struct span username;
	bool has_key; /* always to add; to remove, either this or the fingerprint alone */
	struct ssh_key key;
	struct span line;                           /* that key, written anew */
	enum ssh_fingerprint_kind fingerprint_kind; /* which digests of the next are known; with has_key both are */
	struct ssh_fingerprint fingerprint;
	bool expire_is_lifetime;  /* expire counts from the signature's creation */
	int64_t expire;           /* seconds since 1970, or a lifetime in seconds; of no meaning to remove */
	const struct span *hosts; /* the hosts that it is meant for, host_count of them; 0: any */
	size_t host_count;
	struct span reason; /* may be empty */
};

/* Reads the signed text. Everything that the request points to is placed in arena. *field is the name of the field, or
 * of the key's option, that was wrong, where one was, as it stood there. Returns STATUS_OK, a REQUEST_… or an SSH_KEY_…
 * status. */
enum status request_read(struct span text, struct arena *arena, struct request *request, struct span *field);

/* Writes the text of a request, for the client: request_read() makes the same request of it. Of the fingerprint, where
 * it stands in for the key, the digest of its kind is written. */
void request_write(struct writer *writer, const struct request *request);

#endif
