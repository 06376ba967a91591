/* An SSH public key as one line of authorized_keys (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"), and its fingerprints.
 *
 * What is read is taken apart down to the numbers of the key blob (RFC 4253 section 6.6, RFC 5656, RFC 8709, and
 * PROTOCOL.u2f of OpenSSH); what is written is written anew from the parts, never copied from the line.
 */
#ifndef INKI_SSH_KEY_H
#define INKI_SSH_KEY_H

#include "base/span.h"
#include "base/status.h"
#include "base/writer.h"

enum ssh_key_type {
	SSH_KEY_ED25519,
	SSH_KEY_SK_ED25519,
	SSH_KEY_ECDSA_P256,
	SSH_KEY_ECDSA_P384,
	SSH_KEY_ECDSA_P521,
	SSH_KEY_SK_ECDSA_P256,
	SSH_KEY_RSA,
	SSH_KEY_TYPE_COUNT
};

enum {
	SSH_KEY_BLOB_MAX = 2112,   /* holds RSA of 16384 bits; in bytes */
	SSH_KEY_COMMENT_MAX = 256, /* in bytes */
	SSH_KEY_OPTIONS_MAX = 512, /* in bytes */
	SSH_KEY_ROOM_MAX = SSH_KEY_BLOB_MAX + SSH_KEY_OPTIONS_MAX,
	SSH_KEY_LINE_MAX = SSH_KEY_ROOM_MAX + SSH_KEY_BLOB_MAX / 3 + 4 + SSH_KEY_COMMENT_MAX + 64, /* with its blanks */
};

struct ssh_key {
	enum ssh_key_type type;
	struct span blob;    /* at most SSH_KEY_BLOB_MAX */
	struct span comment; /* at most SSH_KEY_COMMENT_MAX; valid UTF-8 without control characters; may be empty */
	struct span options; /* in front, a canonical list (options.h), at most SSH_KEY_OPTIONS_MAX; empty: none */
	unsigned rsa_bits;   /* 0 for the other types */
};

struct ssh_fingerprint {
	uint8_t sha256[32];
	uint8_t md5[16];
};

/* The name of a type in authorized_keys, e.g. "ssh-ed25519". */
const char *ssh_key_type_name(enum ssh_key_type type);

/* Finds the type of that name; false if there is none. */
bool ssh_key_type_find(struct span name, enum ssh_key_type *type);

/* Reads one line "[options] type base64 [comment]" (white space around it is ignored). The blob and the options are
 * written to room, for which SSH_KEY_ROOM_MAX bytes are enough, and which outlives key as line does. Returns
 *   SSH_KEY_SYNTAX, SSH_KEY_LINES, SSH_KEY_TYPE,
 *   SSH_KEY_BLOB (not base64, another type inside, bytes missing or left over, numbers that no such key can have),
 *   SSH_KEY_TOO_LARGE, SSH_KEY_COMMENT, SSH_OPTION_… (key->options is then the one that is wrong),
 *   or what ssh_key_recognize() and the name of the type tell. */
enum status ssh_key_read(struct span line, struct writer *room, struct ssh_key *key);

/* Is a text that is no line of authorized_keys one of the other things that keys come in? SSH_KEY_PRIVATE, _PUTTY,
 * _SSH2, _PEM, _PGP; STATUS_OK: none that is known. */
enum status ssh_key_recognize(struct span text);

/* The parts of a line, not looked at any further: spans of it. */
struct ssh_key_line {
	struct span options, type, base64, comment;
};

/* Takes a line without line ends and white space around it apart: what is in front of the type is options, if the type
 * is one that is known behind it. Returns SSH_KEY_SYNTAX, SSH_KEY_TYPE, or what is told of such a type. */
enum status ssh_key_split(struct span line, struct ssh_key_line *parts);

/* Reads a blob alone (what the base64 holds), without a comment. */
enum status ssh_key_read_blob(struct span blob, struct ssh_key *key);

/* Writes "options type base64 comment", without a line end. */
void ssh_key_write(struct writer *writer, const struct ssh_key *key);

/* The fingerprints of a key blob, as ssh-keygen -l computes them. */
void ssh_fingerprint_compute(struct span blob, struct ssh_fingerprint *fingerprint);

/* Writes SHA256:… without padding, as ssh-keygen -l does, or the 32 hexadecimal digits of MD5. */
void ssh_fingerprint_write_sha256(struct writer *writer, const uint8_t sha256[static 32]);
void ssh_fingerprint_write_md5(struct writer *writer, const uint8_t md5[static 16]);

/* Which of the two digests of a struct ssh_fingerprint a text gave. */
enum ssh_fingerprint_kind { SSH_FINGERPRINT_SHA256, SSH_FINGERPRINT_MD5 };

/* Reads a fingerprint: "SHA256:" and base64 of either alphabet (RFC 4648 sections 4 and 5), padded or not; or 32
 * hexadecimal digits, plain or in pairs with colons, with or without "MD5:" in front. Fills only the digest of *kind;
 * false for anything else. */
bool ssh_fingerprint_read(struct span text, enum ssh_fingerprint_kind *kind, struct ssh_fingerprint *fingerprint);

#endif
