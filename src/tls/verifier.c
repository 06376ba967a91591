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
	verifier->is_listed = false;
	verifier->above_error = 0;
	verifier->leaf.size = 0;
	verifier->chain.vtable->start_chain(&verifier->chain.vtable, NULL);
}

static void start_certificate(const br_x509_class **methods, uint32_t size)
{
	struct tls_verifier *verifier = verifier_of(methods);

	verifier->certificates++;
	verifier->above.size = 0;
	verifier->is_needed = verifier->chain.err != BR_ERR_X509_OK;
	verifier->chain.vtable->start_cert(&verifier->chain.vtable, size);
}

static void append(const br_x509_class **methods, const unsigned char *data, size_t size)
{
	struct tls_verifier *verifier = verifier_of(methods);
	struct verifier_certificate *certificate = verifier->certificates == 1 ? &verifier->leaf : &verifier->above;
	size_t kept = size;

	if (kept > VERIFIER_CERTIFICATE_MAX - certificate->size)
		kept = VERIFIER_CERTIFICATE_MAX - certificate->size; /* it will not be one when it is read */
	memcpy(certificate->bytes + certificate->size, data, kept);
	certificate->size += kept;
	verifier->chain.vtable->append(&verifier->chain.vtable, data, size);
}

static bool read_certificate(const struct verifier_certificate *certificate, struct tls_certificate *read)
{
	return certificate->size < VERIFIER_CERTIFICATE_MAX &&
	       tls_certificate_read(span_of(certificate->bytes, certificate->size), read) == STATUS_OK;
}

/* What BearSSL does not look at. */
static unsigned judge_above(const struct tls_verifier *verifier)
{
	struct tls_certificate above;

	if (!read_certificate(&verifier->above, &above))
		return VERIFIER_ERROR_CERTIFICATE;
	if (!above.is_for_servers)
		return VERIFIER_ERROR_PURPOSE;
	return tls_certificate_may_vouch(&above) ? 0 : VERIFIER_ERROR_CERTIFICATE;
}

static void end_certificate(const br_x509_class **methods)
{
	struct tls_verifier *verifier = verifier_of(methods);

	verifier->chain.vtable->end_cert(&verifier->chain.vtable);
	if (verifier->certificates > 1 && verifier->is_needed && verifier->above_error == 0)
		verifier->above_error = judge_above(verifier);
}

static bool is_listed(const struct tls_anchors *anchors, struct span leaf)
{
	for (size_t i = 0; i < anchors->other_count; i++)
		if (span_equal(anchors->others[i], leaf))
			return true;
	return false;
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

/* By the anchors; error is what BearSSL says of the chain. */
static unsigned judge_leaf(struct tls_verifier *verifier, const struct tls_certificate *leaf, unsigned error)
{
	const struct tls_trust *trust = verifier->trust;

	verifier->is_listed = is_listed(trust->anchors, span_of(verifier->leaf.bytes, verifier->leaf.size));
	if (verifier->is_listed)
		error = tls_certificate_check_dates(leaf, trust->now) == STATUS_OK ? 0 : BR_ERR_X509_EXPIRED;
	else if (error == 0)
		error = verifier->above_error;
	if (error != 0)
		return error;
	if (!leaf->is_for_servers)
		return VERIFIER_ERROR_PURPOSE;
	return tls_certificate_is_for(leaf, trust->host) ? 0 : BR_ERR_X509_BAD_SERVER_NAME;
}

/* The verdict: 0, or a number for the engine's error. */
static unsigned end_chain(const br_x509_class **methods)
{
	struct tls_verifier *verifier = verifier_of(methods);
	const struct tls_trust *trust = verifier->trust;
	unsigned error = verifier->chain.vtable->end_chain(&verifier->chain.vtable);
	struct tls_certificate leaf;

	if (!read_certificate(&verifier->leaf, &leaf))
		return VERIFIER_ERROR_CERTIFICATE;
	if (!trust->anchors && trust->pin_count == 0)
		return BR_ERR_X509_NOT_TRUSTED;
	error = trust->anchors ? judge_leaf(verifier, &leaf, error) : 0;
	if (error == 0 && !has_pin(trust, leaf.key_info))
		error = VERIFIER_ERROR_PIN;
	if (error == 0)
		verifier->key = tls_public_key_for_engine(&leaf.key);
	return error;
}

static const br_x509_pkey *get_key(const br_x509_class *const *methods, unsigned *usages)
{
	const struct tls_verifier *verifier = (const struct tls_verifier *)(const void *)methods;

	if (usages && (verifier->is_listed || !verifier->trust->anchors))
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
	br_x509_minimal_init(chain, &br_sha256_vtable, trust->anchors ? trust->anchors->authorities : NULL,
	                     trust->anchors ? trust->anchors->authority_count : 0);
	br_x509_minimal_set_rsa(chain, tls_rsa_verify());
	br_x509_minimal_set_ecdsa(chain, tls_curves(), br_ecdsa_i31_vrfy_asn1);
	br_x509_minimal_set_hash(chain, br_sha256_ID, &br_sha256_vtable);
	br_x509_minimal_set_hash(chain, br_sha384_ID, &br_sha384_vtable);
	br_x509_minimal_set_hash(chain, br_sha512_ID, &br_sha512_vtable);
	br_x509_minimal_set_minrsa(chain, RSA_BYTES_MIN);
	br_x509_minimal_set_time(chain, (uint32_t)(trust->now / DAY + DAYS_TO_1970), (uint32_t)(trust->now % DAY));
}
