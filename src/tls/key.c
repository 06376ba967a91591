#include "tls/key.h"

#include "base/memory.h"
#include "tls/engine.h"
#include "tls/der.h"

#include <string.h>

/* A prime other than 2 is odd; an even number would be none of BearSSL's. */
static bool is_odd(struct span number)
{
	return number.size > 0 && number.data[number.size - 1] & 1;
}

/* PKCS#1 (RFC 8017 appendix A.1.2) */
static enum status read_rsa(struct span der, struct tls_secret_key *key)
{
	struct cursor outer = cursor_of(der), cursor = cursor_of(der_take(&outer, DER_SEQUENCE));

	key->kind = TLS_KEY_RSA;
	der_take(&cursor, DER_INTEGER); /* version */
	key->bits = span_count_bits(der_take_unsigned(&cursor));
	der_take(&cursor, DER_INTEGER); /* public exponent */
	der_take(&cursor, DER_INTEGER); /* private exponent */
	key->p = der_take_unsigned(&cursor);
	key->q = der_take_unsigned(&cursor);
	key->dp = der_take_unsigned(&cursor);
	key->dq = der_take_unsigned(&cursor);
	key->iq = der_take_unsigned(&cursor);
	if (!cursor_at_end(&cursor) || !cursor_at_end(&outer) || !is_odd(key->p) || !is_odd(key->q))
		return STATUS_TLS_KEY_SYNTAX;
	return key->bits >= 2048 && key->bits <= 4096 ? STATUS_OK : STATUS_TLS_KEY_KIND;
}

/* SEC 1 (RFC 5915); the curve may be told by the PKCS#8 around it. */
static enum status read_curve(struct span der, struct span curve, struct tls_secret_key *key)
{
	struct cursor outer = cursor_of(der), cursor = cursor_of(der_take(&outer, DER_SEQUENCE));

	der_take(&cursor, DER_INTEGER); /* version */
	key->number = der_take(&cursor, DER_OCTET_STRING);
	if (der_is_next(&cursor, DER_CONTEXT | DER_CONSTRUCTED | 0)) {
		struct cursor inner = cursor_of(der_take(&cursor, DER_CONTEXT | DER_CONSTRUCTED | 0));

		curve = der_take(&inner, DER_OID);
	}
	der_skip_optional(&cursor, DER_CONTEXT | DER_CONSTRUCTED | 1); /* the public key */
	if (!cursor_at_end(&cursor) || !cursor_at_end(&outer))
		return STATUS_TLS_KEY_SYNTAX;
	return tls_curve_find(curve, &key->kind) ? STATUS_OK : STATUS_TLS_KEY_KIND;
}

/* PKCS#8 (RFC 5958) */
static enum status read_any(struct span der, struct tls_secret_key *key)
{
	struct cursor outer = cursor_of(der), cursor = cursor_of(der_take(&outer, DER_SEQUENCE)), algorithm;
	struct span oid, inner;

	der_take(&cursor, DER_INTEGER); /* version */
	algorithm = cursor_of(der_take(&cursor, DER_SEQUENCE));
	oid = der_take(&algorithm, DER_OID);
	inner = der_take(&cursor, DER_OCTET_STRING);
	if (cursor.failed || algorithm.failed || !cursor_at_end(&outer))
		return STATUS_TLS_KEY_SYNTAX;
	if (span_equal(oid, tls_rsa_oid))
		return read_rsa(inner, key);
	if (span_equal(oid, tls_curve_oid))
		return read_curve(inner, der_take(&algorithm, DER_OID), key);
	return STATUS_TLS_KEY_KIND;
}

enum status tls_key_read(struct span label, struct span der, struct tls_secret_key *key)
{
	*key = (struct tls_secret_key){ 0 };
	if (span_equal(label, SPAN("RSA PRIVATE KEY")))
		return read_rsa(der, key);
	if (span_equal(label, SPAN("EC PRIVATE KEY")))
		return read_curve(der, (struct span){ 0 }, key);
	return read_any(der, key);
}

int tls_key_curve(enum tls_key_kind kind)
{
	static const int curves[] = {
		[TLS_KEY_P256] = BR_EC_secp256r1,
		[TLS_KEY_P384] = BR_EC_secp384r1,
		[TLS_KEY_P521] = BR_EC_secp521r1,
	};

	return curves[kind];
}

/* BearSSL's structs hold pointers to what it only reads. */
static unsigned char *bytes_of(struct span span)
{
	return (unsigned char *)(uintptr_t)span.data;
}

union tls_engine_key tls_key_for_engine(const struct tls_secret_key *key)
{
	union tls_engine_key engine;

	if (key->kind == TLS_KEY_RSA)
		engine.rsa = (br_rsa_private_key){
			.n_bitlen = key->bits,
			.p = bytes_of(key->p),
			.plen = key->p.size,
			.q = bytes_of(key->q),
			.qlen = key->q.size,
			.dp = bytes_of(key->dp),
			.dplen = key->dp.size,
			.dq = bytes_of(key->dq),
			.dqlen = key->dq.size,
			.iq = bytes_of(key->iq),
			.iqlen = key->iq.size,
		};
	else
		engine.curve = (br_ec_private_key){
			.curve = tls_key_curve(key->kind),
			.x = bytes_of(key->number),
			.xlen = key->number.size,
		};
	return engine;
}

br_rsa_public_key tls_rsa_for_engine(const struct tls_public_key *key)
{
	return (br_rsa_public_key){
		.n = bytes_of(key->modulus),
		.nlen = key->modulus.size,
		.e = bytes_of(key->exponent),
		.elen = key->exponent.size,
	};
}

br_ec_public_key tls_curve_for_engine(const struct tls_public_key *key)
{
	return (br_ec_public_key){
		.curve = tls_key_curve(key->kind),
		.q = bytes_of(key->point),
		.qlen = key->point.size,
	};
}

static bool rsa_fits(const br_rsa_private_key *key, const struct tls_public_key *public_key, const uint8_t hash[32])
{
	br_rsa_public_key engine = tls_rsa_for_engine(public_key);
	uint8_t signature[512], again[32];
	size_t size = (key->n_bitlen + 7) / 8;

	return size == public_key->modulus.size && tls_rsa_sign()(BR_HASH_OID_SHA256, hash, 32, key, signature) &&
	       tls_rsa_verify()(signature, size, BR_HASH_OID_SHA256, 32, &engine, again) &&
	       memory_equal(hash, again, 32);
}

static bool curve_fits(const br_ec_private_key *key, const struct tls_public_key *public_key, const uint8_t hash[32])
{
	br_ec_public_key engine = tls_curve_for_engine(public_key);
	uint8_t signature[160];
	size_t size = br_ecdsa_i31_sign_asn1(tls_curves(), &br_sha256_vtable, hash, key, signature);

	return size > 0 && br_ecdsa_i31_vrfy_asn1(tls_curves(), hash, 32, &engine, signature, size);
}

bool tls_key_fits(const struct tls_secret_key *key, const struct tls_public_key *public_key)
{
	static const uint8_t hash[32] = "any text that is 32 bytes long!";
	union tls_engine_key engine = tls_key_for_engine(key);

	if (key->kind != public_key->kind)
		return false;
	return key->kind == TLS_KEY_RSA ? rsa_fits(&engine.rsa, public_key, hash)
	                                : curve_fits(&engine.curve, public_key, hash);
}
