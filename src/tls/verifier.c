#include "tls/verifier.h"

#include "base/memory.h"
#include "tls/engine.h"
#include "tls/key.h"

#include <string.h>

br_x509_pkey tls_public_key_for_engine(const struct tls_public_key *key)
{
	br_x509_pkey engine = { .key_type = BR_KEYTYPE_EC };

	if (key->kind == TLS_KEY_RSA) {
		engine.key_type = BR_KEYTYPE_RSA;
		engine.key.rsa = tls_rsa_for_engine(key);
	} else {
		engine.key.ec = tls_curve_for_engine(key);
	}
	return engine;
}

static struct tls_verifier *verifier_of(const br_x509_class **methods)
{
	return (struct tls_verifier *)(void *)methods;
}

static void start_chain(const br_x509_class **methods, const char *server_name)
{
	struct tls_verifier *verifier = verifier_of(methods);

	(void)server_name; /* names are judged here, addresses too */
	verifier->certificates = 0;
	verifier->leaf_size = 0;
	verifier->chain.vtable->start_chain(&verifier->chain.vtable, NULL);
}

static void start_certificate(const br_x509_class **methods, uint32_t size)
{
	struct tls_verifier *verifier = verifier_of(methods);

	verifier->certificates++;
	verifier->chain.vtable->start_cert(&verifier->chain.vtable, size);
}

static void append(const br_x509_class **methods, const unsigned char *data, size_t size)
{
	struct tls_verifier *verifier = verifier_of(methods);

	if (verifier->certificates == 1) {
		if (size > VERIFIER_LEAF_MAX - verifier->leaf_size)
			size = VERIFIER_LEAF_MAX - verifier->leaf_size; /* it will not be one when it is read */
		memcpy(verifier->leaf + verifier->leaf_size, data, size);
		verifier->leaf_size += size;
	}
	verifier->chain.vtable->append(&verifier->chain.vtable, data, size);
}

static void end_certificate(const br_x509_class **methods)
{
	struct tls_verifier *verifier = verifier_of(methods);

	verifier->chain.vtable->end_cert(&verifier->chain.vtable);
}

static bool has_pin(const struct tls_trust *trust, struct span key_info)
{
	uint8_t pin[TLS_PIN_SIZE];
	bool found = trust->pin_count == 0;

	tls_pin_compute(key_info, pin);
	for (size_t i = 0; i < trust->pin_count; i++)
		found = found || memory_equal(pin, trust->pins[i], TLS_PIN_SIZE);
	return found;
}

/* The verdict: 0, or a number for the engine's error. */
static unsigned end_chain(const br_x509_class **methods)
{
	struct tls_verifier *verifier = verifier_of(methods);
	const struct tls_trust *trust = verifier->trust;
	unsigned error = verifier->chain.vtable->end_chain(&verifier->chain.vtable);
	struct tls_certificate leaf;

	if (verifier->leaf_size == VERIFIER_LEAF_MAX ||
	    tls_certificate_read(span_of(verifier->leaf, verifier->leaf_size), &leaf) != STATUS_OK)
		return VERIFIER_ERROR_LEAF;
	if (!trust->anchors && trust->pin_count == 0)
		return BR_ERR_X509_NOT_TRUSTED;
	if (trust->anchors && error != 0)
		return error;
	if (trust->anchors && !tls_certificate_is_for(&leaf, trust->host))
		return BR_ERR_X509_BAD_SERVER_NAME;
	if (!has_pin(trust, leaf.key_info))
		return VERIFIER_ERROR_PIN;
	verifier->key = tls_public_key_for_engine(&leaf.key);
	return 0;
}

static const br_x509_pkey *get_key(const br_x509_class *const *methods, unsigned *usages)
{
	const struct tls_verifier *verifier = (const struct tls_verifier *)(const void *)methods;

	if (usages && !verifier->trust->anchors)
		*usages = BR_KEYTYPE_SIGN;
	else if (usages)
		verifier->chain.vtable->get_pkey(&verifier->chain.vtable, usages);
	return &verifier->key;
}

static const br_x509_class verifier_methods = {
	sizeof(struct tls_verifier), start_chain, start_certificate, append, end_certificate, end_chain, get_key,
};

void tls_verifier_start(struct tls_verifier *verifier, const struct tls_trust *trust)
{
	enum { DAYS_TO_1970 = 719528, DAY = 86400, RSA_BYTES_MIN = 256 };
	br_x509_minimal_context *chain = &verifier->chain;

	*verifier = (struct tls_verifier){ .methods = &verifier_methods, .trust = trust };
	br_x509_minimal_init(chain, &br_sha256_vtable, trust->anchors ? trust->anchors->array : NULL,
	                     trust->anchors ? trust->anchors->count : 0);
	br_x509_minimal_set_rsa(chain, tls_rsa_verify());
	br_x509_minimal_set_ecdsa(chain, tls_curves(), br_ecdsa_i31_vrfy_asn1);
	br_x509_minimal_set_hash(chain, br_sha256_ID, &br_sha256_vtable);
	br_x509_minimal_set_hash(chain, br_sha384_ID, &br_sha384_vtable);
	br_x509_minimal_set_hash(chain, br_sha512_ID, &br_sha512_vtable);
	br_x509_minimal_set_minrsa(chain, RSA_BYTES_MIN);
	br_x509_minimal_set_time(chain, (uint32_t)(trust->now / DAY + DAYS_TO_1970), (uint32_t)(trust->now % DAY));
}
