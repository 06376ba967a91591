/* One OpenPGP signature packet, taken apart (RFC 9580 section 5.2; rules 5 and 6). */
#ifndef INKI_PGP_SIGNATURE_H
#define INKI_PGP_SIGNATURE_H

#include "base/span.h"
#include "base/status.h"
#include "crypto/digest.h"

enum signature_type {
	SIGNATURE_TYPE_BINARY = 0x00,
	SIGNATURE_TYPE_TEXT = 0x01,
	SIGNATURE_TYPE_CERTIFICATION_FIRST = 0x10, /* four degrees of a certification of a user ID */
	SIGNATURE_TYPE_CERTIFICATION_LAST = 0x13,
	SIGNATURE_TYPE_SUBKEY_BINDING = 0x18,
	SIGNATURE_TYPE_PRIMARY_KEY_BINDING = 0x19,
	SIGNATURE_TYPE_DIRECT_KEY = 0x1f,
	SIGNATURE_TYPE_KEY_REVOCATION = 0x20,
	SIGNATURE_TYPE_SUBKEY_REVOCATION = 0x28,
	SIGNATURE_TYPE_CERTIFICATION_REVOCATION = 0x30,
};

enum public_key_algorithm {
	PUBLIC_KEY_RSA = 1,
	PUBLIC_KEY_RSA_SIGN_ONLY = 3,
	PUBLIC_KEY_ECDSA = 19,
	PUBLIC_KEY_EDDSA_LEGACY = 22,
	PUBLIC_KEY_ED25519 = 27,
};

enum {
	SIGNATURE_ISSUERS_MAX = 8,
	SIGNATURE_EMBEDDED_MAX = 4,
	SIGNATURE_SUBPACKETS_MAX = 64,
	SIGNATURE_AREA_SIZE_MAX = 8192,
	KEY_FLAG_SIGN = 0x02, /* RFC 9580 section 5.2.3.29 */
};

struct signature {
	/* Why it can never count, STATUS_OK if it might. All else is filled in as far as reading came; the reader of a
	 * signature with a defect looks at no more than type and issuers. */
	enum status defect;
	uint8_t version, type;
	uint8_t algorithm;                      /* enum public_key_algorithm, or another number */
	enum digest_algorithm digest_algorithm; /* DIGEST_NONE: one that never counts */
	struct span salt;                       /* of version 6; empty in version 4 */
	struct span hashed;                     /* the octets from the version through the hashed area */
	uint8_t digest_start[2];                /* the left 16 bits of the digest, as the signer wrote them */
	struct span
		numbers[2]; /* RSA: one; ECDSA: r and s; EdDSA: R and S; without leading zeros. Ed25519: 64 octets */

	/* from the hashed area only */
	int64_t created;      /* seconds since 1970 */
	int64_t expires;      /* when the signature itself expires; INT64_MAX: never */
	int64_t key_lifetime; /* seconds from the key's creation to its end; 0: forever */
	bool has_flags;
	uint8_t flags; /* the first octet of the key flags */
	bool is_primary_user_id;

	/* hints from both areas, the hashed ones first */
	struct span issuer_fingerprints[SIGNATURE_ISSUERS_MAX];
	size_t issuer_fingerprint_count;
	struct span issuer_key_ids[SIGNATURE_ISSUERS_MAX];
	size_t issuer_key_id_count;
	struct span embedded[SIGNATURE_EMBEDDED_MAX]; /* bodies of embedded signatures, unread */
	size_t embedded_count;
};

/* Reads the body of a signature packet. Spans of the result point into it. */
void signature_read(struct span body, struct signature *signature);

/* The digest of that number (RFC 9580 section 9.5); DIGEST_NONE for SHA-224, RIPEMD-160 and whatever comes later. */
enum digest_algorithm pgp_digest_algorithm(uint8_t number);

/* Does a digest of this algorithm count at all in a new signature (rule 5.3)? */
bool signature_digest_is_accepted(enum digest_algorithm algorithm);

/* Starts the digest that a signature is over, with its salt if it has one; what was signed comes next. */
void signature_digest_start(const struct signature *signature, struct digest *digest);

/* Appends the trailer (RFC 9580 section 5.2.4) to a digest of the signed data, and finishes it into result. */
void signature_digest_finish(const struct signature *signature, struct digest *digest,
                             uint8_t result[static DIGEST_SIZE_MAX]);

/* Could the key with this fingerprint have made it: is it one of those named? Fingerprints are looked at, if there are
 * any, else (of version 4) key IDs. True too if none is named at all and unnamed is set. */
bool signature_names_issuer(const struct signature *signature, struct span fingerprint, struct span key_id,
                            bool unnamed);

#endif
