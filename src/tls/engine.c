#include "tls/engine.h"

#include "base/kconfig.h"
#include "tls/verifier.h"

#include <string.h>

/* ChaCha20 first: it is fast and takes the same time for all data on each CPU, where AES needs special instructions. */
static const uint16_t suites[] = {
	BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,       BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,       BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
};

static const char *protocols[] = { "http/1.1" };

const br_ec_impl *tls_curves(void)
{
	return IS_ENABLED(CONFIG_TLS_FAST) ? &br_ec_all_m31 : &br_ec_prime_i31;
}

br_rsa_pkcs1_sign tls_rsa_sign(void)
{
	return IS_ENABLED(CONFIG_TLS_FAST) ? br_rsa_pkcs1_sign_get_default() : br_rsa_i31_pkcs1_sign;
}

br_rsa_pkcs1_vrfy tls_rsa_verify(void)
{
	return IS_ENABLED(CONFIG_TLS_FAST) ? br_rsa_pkcs1_vrfy_get_default() : br_rsa_i31_pkcs1_vrfy;
}

/* Implementations that take the same time for all data and are small; none needs special instructions. A few kB go
 * through a connection, so handshakes count and the speed of ciphers does not. */
static void set_ciphers(br_ssl_engine_context *engine)
{
	bool is_64 = sizeof(void *) == 8;

	br_ssl_engine_set_gcm(engine, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
	br_ssl_engine_set_aes_ctr(engine, is_64 ? &br_aes_ct64_ctr_vtable : &br_aes_ct_ctr_vtable);
	br_ssl_engine_set_ghash(engine, is_64 ? br_ghash_ctmul64 : br_ghash_ctmul);
	br_ssl_engine_set_chapol(engine, &br_sslrec_in_chapol_vtable, &br_sslrec_out_chapol_vtable);
	br_ssl_engine_set_chacha20(engine, br_chacha20_ct_run);
	br_ssl_engine_set_poly1305(engine, br_poly1305_ctmul_run);
}

void tls_engine_start(struct tls *tls, br_ssl_engine_context *engine, const uint8_t entropy[static TLS_ENTROPY_SIZE])
{
	tls->engine = engine;
	br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(engine, suites, sizeof(suites) / sizeof(suites[0]));
	br_ssl_engine_set_hash(engine, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(engine, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(engine, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(engine, &br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(engine, &br_tls12_sha384_prf);
	set_ciphers(engine);
	br_ssl_engine_set_ec(engine, tls_curves());
	br_ssl_engine_set_protocol_names(engine, protocols, sizeof(protocols) / sizeof(protocols[0]));
	br_ssl_engine_set_all_flags(engine, BR_OPT_NO_RENEGOTIATION | BR_OPT_ENFORCE_SERVER_PREFERENCES);
	br_ssl_engine_set_buffers_bidi(engine, tls->input, sizeof(tls->input), tls->output, sizeof(tls->output));
	br_ssl_engine_inject_entropy(engine, entropy, TLS_ENTROPY_SIZE);
}

enum tls_state tls_state(const struct tls *tls)
{
	unsigned state = br_ssl_engine_current_state(tls->engine);

	if (state == BR_SSL_CLOSED)
		return br_ssl_engine_last_error(tls->engine) == BR_ERR_OK ? TLS_ENDED : TLS_FAILED;
	return tls->engine->application_data == 1 ? TLS_OPEN : TLS_HANDSHAKE;
}

/* Alerts that tell of two sides without a common language (RFC 5246 section 7.2). */
static bool is_of_no_choice(unsigned alert)
{
	enum { HANDSHAKE_FAILURE = 40, PROTOCOL_VERSION = 70, INAPPROPRIATE_FALLBACK = 86 };

	return alert == HANDSHAKE_FAILURE || alert == PROTOCOL_VERSION || alert == INAPPROPRIATE_FALLBACK;
}

static bool is_of_certificate(int error)
{
	return (error > BR_ERR_X509_OK && error <= BR_ERR_X509_NOT_TRUSTED) || error == VERIFIER_ERROR_CERTIFICATE;
}

enum status tls_why(const struct tls *tls)
{
	int error = br_ssl_engine_last_error(tls->engine);

	if (error >= BR_ERR_RECV_FATAL_ALERT)
		return is_of_no_choice((unsigned)error & 0xff) ? STATUS_TLS_NOTHING_IN_COMMON : STATUS_TLS_REFUSED;
	switch (error) {
	case BR_ERR_OK:
		return STATUS_OK;
	case BR_ERR_X509_EXPIRED:
		return STATUS_TLS_PEER_DATES;
	case BR_ERR_X509_NOT_TRUSTED:
		return STATUS_TLS_PEER_UNKNOWN;
	case BR_ERR_X509_BAD_SERVER_NAME:
		return STATUS_TLS_PEER_NAME;
	case VERIFIER_ERROR_PIN:
		return STATUS_TLS_PEER_PIN;
	case VERIFIER_ERROR_PURPOSE:
		return STATUS_TLS_PEER_PURPOSE;
	case BR_ERR_BAD_MAC:
		return STATUS_TLS_RECORD;
	case BR_ERR_UNSUPPORTED_VERSION:
	case BR_ERR_BAD_VERSION:
	case BR_ERR_BAD_CIPHER_SUITE:
		return STATUS_TLS_NOTHING_IN_COMMON;
	default:
		return is_of_certificate(error) ? STATUS_TLS_PEER_CERTIFICATE : STATUS_TLS_PROTOCOL;
	}
}

unsigned tls_error_number(const struct tls *tls)
{
	int error = br_ssl_engine_last_error(tls->engine);

	return (unsigned)error & 0xff;
}

uint8_t *tls_records_room(struct tls *tls, size_t *size)
{
	return br_ssl_engine_recvrec_buf(tls->engine, size);
}

void tls_records_arrived(struct tls *tls, size_t size)
{
	br_ssl_engine_recvrec_ack(tls->engine, size);
}

struct span tls_records(const struct tls *tls)
{
	size_t size;
	const uint8_t *data = br_ssl_engine_sendrec_buf(tls->engine, &size);

	return span_of(data, data ? size : 0);
}

void tls_records_sent(struct tls *tls, size_t size)
{
	br_ssl_engine_sendrec_ack(tls->engine, size);
}

struct span tls_text(const struct tls *tls)
{
	size_t size;
	const uint8_t *data = br_ssl_engine_recvapp_buf(tls->engine, &size);

	return span_of(data, data ? size : 0);
}

void tls_text_taken(struct tls *tls, size_t size)
{
	br_ssl_engine_recvapp_ack(tls->engine, size);
}

size_t tls_put_text(struct tls *tls, struct span text)
{
	size_t room;
	uint8_t *data = br_ssl_engine_sendapp_buf(tls->engine, &room);

	if (!data || text.size == 0 || tls_records(tls).size > 0)
		return 0;
	text = span_first(text, room);
	memcpy(data, text.data, text.size);
	br_ssl_engine_sendapp_ack(tls->engine, text.size);
	br_ssl_engine_flush(tls->engine, 0);
	return text.size;
}

void tls_close(struct tls *tls)
{
	br_ssl_engine_close(tls->engine);
}
