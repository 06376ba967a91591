#include "tls/server.h"

#include "base/memory.h"
#include "tls/engine.h"
#include "tls/key.h"

enum { SESSION_SIZE = 100 }; /* of one in BearSSL's cache */

struct tls_sessions {
	br_ssl_session_cache_lru cache;
	uint8_t store[];
};

struct tls_server {
	struct tls tls; /* first, so that a pointer to it is one to all */
	br_ssl_server_context context;
	union tls_engine_key key;
	br_ec_impl curves; /* of the exchange of keys */
	br_x509_certificate chain[TLS_CHAIN_MAX];
};

size_t tls_sessions_memory_size(size_t count)
{
	return sizeof(struct tls_sessions) + count * SESSION_SIZE;
}

struct tls_sessions *tls_sessions_start(void *memory, size_t count)
{
	struct tls_sessions *sessions = memory;

	br_ssl_session_cache_lru_init(&sessions->cache, sessions->store, count * SESSION_SIZE);
	return sessions;
}

size_t tls_server_memory_size(void)
{
	return sizeof(struct tls_server);
}

static void set_identity(struct tls_server *server, const struct tls_identity *identity)
{
	for (size_t i = 0; i < identity->chain_count; i++)
		server->chain[i] = (br_x509_certificate){
			.data = (unsigned char *)(uintptr_t)identity->chain[i].data, /* BearSSL only reads it */
			.data_len = identity->chain[i].size,
		};
	server->key = tls_key_for_engine(&identity->key);
	if (identity->key.kind == TLS_KEY_RSA)
		br_ssl_server_set_single_rsa(&server->context, server->chain, identity->chain_count, &server->key.rsa,
		                             BR_KEYTYPE_SIGN, NULL, tls_rsa_sign());
	else
		br_ssl_server_set_single_ec(&server->context, server->chain, identity->chain_count, &server->key.curve,
		                            BR_KEYTYPE_SIGN, 0, tls_curves(), br_ecdsa_i31_sign_asn1);
}

struct tls *tls_server_start(void *memory, const struct tls_identity *identity, struct tls_sessions *sessions,
                             const uint8_t entropy[static TLS_ENTROPY_SIZE])
{
	struct tls_server *server = memory;

	br_ssl_server_zero(&server->context);
	tls_engine_start(&server->tls, &server->context.eng, entropy);
	server->curves = *tls_curves();
	server->curves.supported_curves &= ~(UINT32_C(1)
	                                     << BR_EC_secp521r1); /* the dearest, and a stranger's to choose */
	br_ssl_engine_set_ec(&server->context.eng, &server->curves);
	set_identity(server, identity);
	br_ssl_server_set_cache(&server->context, &sessions->cache.vtable);
	br_ssl_server_reset(&server->context);
	return &server->tls;
}

void tls_server_end(struct tls *tls)
{
	struct tls_server *server = (struct tls_server *)tls;

	memory_wipe(&server->context, sizeof(server->context));
	memory_wipe(&server->key, sizeof(server->key));
}
