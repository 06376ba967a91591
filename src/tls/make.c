#include "tls/make.h"

#include "base/address.h"
#include "base/memory.h"
#include "tls/der.h"
#include "tls/engine.h"
#include "tls/pem.h"

enum {
	DER_MAX = 5120,
	KEY_DER_MAX = 160,
	NAME_MAX_SIZE = 253,
	COMMON_NAME_MAX = 64,
	SERIAL_SIZE = 16,
	SIGNATURE_MAX = 80,
};

static const struct span curve_oid = SPAN_INITIALIZER("\x2a\x86\x48\xce\x3d\x03\x01\x07");
static const struct span signature_oid = SPAN_INITIALIZER("\x2a\x86\x48\xce\x3d\x04\x03\x02");

struct maker {
	br_hmac_drbg_context random;
	br_ec_private_key secret;
	br_ec_public_key public;
	uint8_t secret_room[BR_EC_KBUF_PRIV_MAX_SIZE], public_room[BR_EC_KBUF_PUB_MAX_SIZE];
};

bool tls_make_takes_name(struct span name)
{
	struct span rest = span_starts_with(name, SPAN("*.")) ? span_skip(name, 2) : name;
	uint8_t address[ADDRESS_SIZE_MAX];

	if (address_read(name, address) > 0)
		return true;
	for (size_t i = 0; i < rest.size; i++) {
		uint8_t byte = rest.data[i];

		if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
		      byte == '-' || byte == '_' || (byte == '.' && i > 0 && rest.data[i - 1] != '.')))
			return false;
	}
	return rest.size > 0 && name.size <= NAME_MAX_SIZE;
}

static bool make_key(struct maker *maker, const uint8_t entropy[static TLS_ENTROPY_SIZE])
{
	br_hmac_drbg_init(&maker->random, &br_sha256_vtable, entropy, TLS_ENTROPY_SIZE);
	return br_ec_keygen(&maker->random.vtable, tls_curves(), &maker->secret, maker->secret_room, BR_EC_secp256r1) &&
	       br_ec_compute_pub(tls_curves(), &maker->public, maker->public_room, &maker->secret);
}

static void put_bits(struct writer *der, struct span bytes)
{
	size_t start = der_start(der, DER_BIT_STRING);

	writer_put_byte(der, 0); /* unused bits */
	writer_put(der, bytes);
	der_end(der, start);
}

static void put_key_algorithm(struct writer *der)
{
	size_t start = der_start(der, DER_SEQUENCE);

	der_put(der, DER_OID, tls_curve_oid);
	der_put(der, DER_OID, curve_oid);
	der_end(der, start);
}

static void put_signature_algorithm(struct writer *der)
{
	size_t start = der_start(der, DER_SEQUENCE);

	der_put(der, DER_OID, signature_oid);
	der_end(der, start);
}

/* CN=name */
static void put_subject(struct writer *der, struct span name)
{
	size_t sequence = der_start(der, DER_SEQUENCE), set = der_start(der, DER_SET),
	       pair = der_start(der, DER_SEQUENCE);

	der_put(der, DER_OID, SPAN("\x55\x04\x03"));
	der_put(der, DER_UTF8, span_first(name, COMMON_NAME_MAX));
	der_end(der, pair);
	der_end(der, set);
	der_end(der, sequence);
}

static void put_names(struct writer *der, const struct span *names, size_t count)
{
	size_t sequence = der_start(der, DER_SEQUENCE);

	for (size_t i = 0; i < count; i++) {
		uint8_t address[ADDRESS_SIZE_MAX];
		size_t size = address_read(names[i], address);

		if (size > 0)
			der_put(der, DER_CONTEXT | 7, span_of(address, size));
		else
			der_put(der, DER_CONTEXT | 2, names[i]);
	}
	der_end(der, sequence);
}

static void put_extension(struct writer *der, struct span oid, bool is_critical, struct span value)
{
	size_t sequence = der_start(der, DER_SEQUENCE);

	der_put(der, DER_OID, oid);
	if (is_critical)
		der_put(der, DER_BOOLEAN, SPAN("\xff"));
	der_put(der, DER_OCTET_STRING, value);
	der_end(der, sequence);
}

/* No authority over others, for signatures in TLS, as a server, under these names. */
static void put_extensions(struct writer *der, const struct span *names, size_t count)
{
	size_t tagged = der_start(der, DER_CONTEXT | DER_CONSTRUCTED | 3), sequence = der_start(der, DER_SEQUENCE);
	size_t extension, value;

	put_extension(der, SPAN("\x55\x1d\x13"), true, SPAN("\x30\x00"));
	put_extension(der, SPAN("\x55\x1d\x0f"), true, SPAN("\x03\x02\x07\x80"));
	put_extension(der, SPAN("\x55\x1d\x25"), false, SPAN("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"));
	extension = der_start(der, DER_SEQUENCE);
	der_put(der, DER_OID, SPAN("\x55\x1d\x11"));
	value = der_start(der, DER_OCTET_STRING);
	put_names(der, names, count);
	der_end(der, value);
	der_end(der, extension);
	der_end(der, sequence);
	der_end(der, tagged);
}

static struct span put_key_info(struct writer *der, const struct maker *maker)
{
	size_t before = der->used, start = der_start(der, DER_SEQUENCE);

	put_key_algorithm(der);
	put_bits(der, span_of(maker->public.q, maker->public.qlen));
	der_end(der, start);
	return span_skip(writer_written(der), before);
}

static void put_body(struct writer *der, struct maker *maker, const struct span *names, size_t count, uint8_t *pin)
{
	size_t body = der_start(der, DER_SEQUENCE), inner;
	uint8_t serial[SERIAL_SIZE];

	br_hmac_drbg_generate(&maker->random, serial, sizeof(serial));
	serial[0] = (serial[0] & 0x3f) | 0x40; /* positive, and none too short */
	inner = der_start(der, DER_CONTEXT | DER_CONSTRUCTED | 0);
	der_put(der, DER_INTEGER, SPAN("\x02")); /* version 3 */
	der_end(der, inner);
	der_put(der, DER_INTEGER, span_of(serial, sizeof(serial)));
	put_signature_algorithm(der);
	put_subject(der, names[0]);
	inner = der_start(der, DER_SEQUENCE);
	der_put(der, DER_UTC_TIME, SPAN("200101000000Z"));
	der_put(der, DER_TIME, SPAN("99991231235959Z"));
	der_end(der, inner);
	put_subject(der, names[0]);
	tls_pin_compute(put_key_info(der, maker), pin);
	put_extensions(der, names, count);
	der_end(der, body);
}

static void put_signature(struct writer *der, const struct maker *maker, struct span body)
{
	uint8_t hash[br_sha256_SIZE], signature[SIGNATURE_MAX];
	br_sha256_context digest;
	size_t size;

	br_sha256_init(&digest);
	br_sha256_update(&digest, body.data, body.size);
	br_sha256_out(&digest, hash);
	size = br_ecdsa_i31_sign_asn1(tls_curves(), &br_sha256_vtable, hash, &maker->secret, signature);
	if (size == 0)
		der->overflowed = true; /* it is no certificate then */
	put_signature_algorithm(der);
	put_bits(der, span_of(signature, size));
}

/* SEC 1 within PKCS#8 */
static void put_key(struct writer *der, const struct maker *maker)
{
	size_t whole = der_start(der, DER_SEQUENCE), octets, inner, bits;

	der_put(der, DER_INTEGER, SPAN("\x00"));
	put_key_algorithm(der);
	octets = der_start(der, DER_OCTET_STRING);
	inner = der_start(der, DER_SEQUENCE);
	der_put(der, DER_INTEGER, SPAN("\x01"));
	der_put(der, DER_OCTET_STRING, span_of(maker->secret.x, maker->secret.xlen));
	bits = der_start(der, DER_CONTEXT | DER_CONSTRUCTED | 1);
	put_bits(der, span_of(maker->public.q, maker->public.qlen));
	der_end(der, bits);
	der_end(der, inner);
	der_end(der, octets);
	der_end(der, whole);
}

bool tls_make(struct tls_made *made, const struct span *names, size_t count,
              const uint8_t entropy[static TLS_ENTROPY_SIZE])
{
	uint8_t room[DER_MAX], key_room[KEY_DER_MAX];
	struct writer der = writer_of(room, sizeof(room)), key_der = writer_of(key_room, sizeof(key_room));
	struct maker maker;
	bool works = make_key(&maker, entropy);
	size_t start = der_start(&der, DER_SEQUENCE);

	if (works) {
		put_body(&der, &maker, names, count, made->pin);
		put_signature(&der, &maker, span_skip(writer_written(&der), start));
		der_end(&der, start);
		put_key(&key_der, &maker);
		pem_write(&made->certificate, "CERTIFICATE", writer_written(&der));
		pem_write(&made->key, "PRIVATE KEY", writer_written(&key_der));
	}
	memory_wipe(&maker, sizeof(maker));
	memory_wipe(key_room, sizeof(key_room));
	return works && !der.overflowed && !key_der.overflowed && !made->certificate.overflowed &&
	       !made->key.overflowed;
}
