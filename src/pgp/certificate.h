/* A certificate: a primary key, and what it says of itself (RFC 9580 section 10.1; rules 8 and 9).
 *
 * Self-signatures are verified when the certificate is loaded, and only those that were right are remembered, with
 * their times; what they amount to depends on the time in question and is judged anew each time.
 */
#ifndef INKI_PGP_CERTIFICATE_H
#define INKI_PGP_CERTIFICATE_H

#include "base/arena.h"
#include "pgp/key.h"
#include "pgp/packet.h"

/* A self-signature that was verified. */
struct pgp_self_signature {
	struct pgp_self_signature *next;
	int64_t created, expires; /* of the signature */
	int64_t key_lifetime;     /* 0: forever */
	bool has_flags, may_sign;
	bool is_primary_user_id;
	/* the back-signature of a subkey that may sign; without one, from is INT64_MAX */
	int64_t back_from, back_until;
};

/* A revocation of a subkey or a user ID that is not there. */
struct pgp_revocation {
	struct pgp_revocation *next;
	struct span body; /* the signature packet's */
};

struct pgp_user_id {
	struct pgp_user_id *next;
	uint8_t packet_type; /* PACKET_USER_ID or PACKET_USER_ATTRIBUTE */
	struct span text;
	struct pgp_self_signature *certifications;
	int64_t revoked; /* creation time of the newest revocation; INT64_MIN: none */
};

struct pgp_subkey {
	struct pgp_subkey *next;
	struct pgp_key key;
	struct pgp_self_signature *bindings;
	bool is_revoked;
};

struct pgp_certificate {
	struct pgp_certificate *next;
	struct pgp_key primary;
	bool is_malformed; /* it holds something that no certificate holds: unusable */
	bool is_revoked;
	struct pgp_self_signature *direct_key_signatures;
	struct pgp_user_id *user_ids;
	struct pgp_subkey *subkeys;
	struct pgp_revocation *waiting_revocations;
};

/* Takes one certificate off a sequence of packets, and adds it at the end of the list, or merges it with the
 * certificate of the same primary key that is there. One whose primary key is of an unknown version is read over, and
 * so is one packet in front of it that means nothing. Returns STATUS_OK, CERTIFICATE_SYNTAX if the sequence starts with
 * anything else, ARENA_FULL, PACKET_SYNTAX. */
enum status certificate_take(struct cursor *packets, struct arena *arena, struct pgp_certificate **list);

/* May this key of the certificate (its primary key if subkey is NULL) sign at that time (rules 9)? All else than the
 * signature itself is judged here. Returns STATUS_OK or the first reason against it. */
enum status certificate_may_sign(const struct pgp_certificate *certificate, const struct pgp_subkey *subkey,
                                 int64_t time);

/* The text of the primary user ID at that time; empty if there is none. It is any octets that the owner chose. */
struct span certificate_user_id(const struct pgp_certificate *certificate, int64_t time);

#endif
