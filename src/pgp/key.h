/* One OpenPGP public key or subkey (RFC 9580 section 5.5; rules 7 and 8.3). */
#ifndef INKI_PGP_KEY_H
#define INKI_PGP_KEY_H

#include "base/arena.h"
#include "base/status.h"
#include "base/writer.h"
#include "crypto/verify.h"
#include "pgp/signature.h"

enum { PGP_FINGERPRINT_SIZE_MAX = 32, PGP_KEY_ID_SIZE = 8 };

struct pgp_key {
	enum status defect; /* why it can never verify anything; STATUS_OK if it can */
	struct span body;   /* the packet's, as it goes into digests */
	uint8_t version;
	uint8_t algorithm; /* enum public_key_algorithm, or another number */
	int64_t created;
	uint8_t fingerprint[PGP_FINGERPRINT_SIZE_MAX];
	size_t fingerprint_size;
	uint8_t key_id[PGP_KEY_ID_SIZE];
	union {
		struct rsa_key rsa;
		struct {
			enum ecdsa_curve curve;
			struct span point;
		} ecdsa;
		const uint8_t *ed25519; /* 32 octets */
	} material;
};

/* Reads the body of a key packet; spans of the result point into it. Returns false if it is not even known how to
 * compute its fingerprint (another version, no room for the fixed fields): then there is nothing to remember. */
bool pgp_key_read(struct span body, struct pgp_key *key);

/* Works out ahead, into arena, what makes each verification cheaper: for a key that will verify more than once. Only
 * RSA has such; it takes as many bytes as the modulus. False if they do not fit. */
bool pgp_key_prepare(struct pgp_key *key, struct arena *arena);

struct span pgp_key_fingerprint(const struct pgp_key *key);
struct span pgp_key_id(const struct pgp_key *key);

/* Appends the key in the form in which signatures hash it (RFC 9580 section 5.2.4). */
void pgp_key_digest(const struct pgp_key *key, struct digest *digest);

/* Did this key make this signature over a digest of its algorithm? One public-key operation, after all that can be told
 * without it. Whether digest and times are acceptable is for the caller to judge. Returns STATUS_OK, the key's defect,
 * SIGNATURE_VERSION (not the key's), SIGNATURE_ALGORITHM or SIGNATURE_WRONG. */
enum status pgp_key_verify(const struct pgp_key *key, const struct signature *signature, const uint8_t *digest);

/* Is a digest of this algorithm long enough for this key (rule 5.3)? */
bool pgp_key_accepts_digest(const struct pgp_key *key, enum digest_algorithm algorithm);

/* The algorithm in words, e.g. "RSA 3072", "ECDSA P-256", "Ed25519", "algorithm 18". */
void pgp_key_write_algorithm(struct writer *writer, const struct pgp_key *key);

#endif
