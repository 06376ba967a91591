/* Private keys: out of their files, into BearSSL's form, and back. */
#ifndef INKI_TLS_KEY_H
#define INKI_TLS_KEY_H

#include "tls/identity.h"

#include <bearssl.h>

union tls_engine_key {
	br_rsa_private_key rsa;
	br_ec_private_key curve;
};

/* Reads DER whose PEM label was label. STATUS_TLS_KEY_SYNTAX, STATUS_TLS_KEY_KIND or STATUS_TLS_KEY_ENCRYPTED: it is
 * not what can be used. */
enum status tls_key_read(struct span label, struct span der, struct tls_secret_key *key);

/* The same key for BearSSL, which changes nothing of it. */
union tls_engine_key tls_key_for_engine(const struct tls_secret_key *key);

br_rsa_public_key tls_rsa_for_engine(const struct tls_public_key *key);
br_ec_public_key tls_curve_for_engine(const struct tls_public_key *key);

/* BearSSL's number of the curve. */
int tls_key_curve(enum tls_key_kind kind);

/* Does a signature of one key verify with the other? */
bool tls_key_fits(const struct tls_secret_key *key, const struct tls_public_key *public_key);

#endif
