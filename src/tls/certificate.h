/* One X.509 certificate as it stands (RFC 5280): its parts, not whether it may be trusted. */
#ifndef INKI_TLS_CERTIFICATE_H
#define INKI_TLS_CERTIFICATE_H

#include "base/status.h"
#include "base/writer.h"

enum tls_key_kind { TLS_KEY_RSA, TLS_KEY_P256, TLS_KEY_P384, TLS_KEY_P521 };

enum { TLS_PIN_SIZE = 32 };

struct tls_public_key {
	enum tls_key_kind kind;
	struct span modulus, exponent; /* of RSA */
	struct span point;             /* of an elliptic curve, uncompressed */
};

struct tls_certificate {
	struct span issuer, subject; /* names, whole elements */
	int64_t not_before, not_after;
	struct span key_info; /* SubjectPublicKeyInfo, the whole element */
	struct tls_public_key key;
	struct span names; /* the elements of subjectAltName; may be empty */
	bool is_ca;
	bool may_certify;     /* by its key usage, or it has none */
	bool is_for_servers;  /* by its extended key usage, or it has none */
	bool has_constraints; /* of names that it may vouch for, which nobody here reads */
};

/* Takes a certificate apart; spans point into der. STATUS_TLS_CERTIFICATE_SYNTAX: it is none;
 * STATUS_TLS_CERTIFICATE_KEY: its key is of a kind that is not supported. */
enum status tls_certificate_read(struct span der, struct tls_certificate *certificate);

/* Reads a SubjectPublicKeyInfo. */
enum status tls_public_key_read(struct span key_info, struct tls_public_key *key);

/* May it vouch for the certificates of servers, as an authority does? */
bool tls_certificate_may_vouch(const struct tls_certificate *certificate);

/* STATUS_OK, or STATUS_TLS_NOT_YET_VALID or _EXPIRED. */
enum status tls_certificate_check_dates(const struct tls_certificate *certificate, int64_t now);

/* The algorithms of keys, as object identifiers. */
extern const struct span tls_rsa_oid, tls_curve_oid;

/* Which curve is it, by its object identifier? */
bool tls_curve_find(struct span oid, enum tls_key_kind *kind);

/* Is the certificate for this host: a DNS name, where *.example.org covers one more label, or a numeric address? Names
 * are those of subjectAltName only. */
bool tls_certificate_is_for(const struct tls_certificate *certificate, struct span host);

/* The SHA-256 of the public key as curl's --pinnedpubkey takes it; and its text, sha256//... */
void tls_pin_compute(struct span key_info, uint8_t pin[static TLS_PIN_SIZE]);
void tls_pin_write(struct writer *writer, const uint8_t pin[static TLS_PIN_SIZE]);

#endif
