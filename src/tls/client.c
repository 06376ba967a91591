#include "tls/client.h"

#include "base/address.h"
#include "base/encoding.h"
#include "tls/engine.h"
#include "tls/verifier.h"

#include <string.h>

struct tls_client {
	struct tls tls; /* first, so that a pointer to it is one to all */
	br_ssl_client_context context;
	struct tls_verifier verifier;
};

static bool read_pin(struct span text, uint8_t pin[static TLS_PIN_SIZE])
{
	struct span prefix = SPAN("sha256//");
	struct writer writer = writer_of(pin, TLS_PIN_SIZE);

	return span_starts_with(text, prefix) && base64_read(span_skip(text, prefix.size), &writer) &&
	       writer.used == TLS_PIN_SIZE;
}

bool tls_trust_read_pins(struct tls_trust *trust, struct span text)
{
	trust->pin_count = 0;
	for (;;) {
		size_t end = span_find_byte(text, ';');

		if (trust->pin_count == TLS_PINS_MAX || !read_pin(span_first(text, end), trust->pins[trust->pin_count]))
			return false;
		trust->pin_count++;
		if (end == text.size)
			return true;
		text = span_skip(text, end + 1);
	}
}

size_t tls_client_memory_size(void)
{
	return sizeof(struct tls_client);
}

struct tls *tls_client_start(void *memory, const struct tls_trust *trust,
                             const uint8_t entropy[static TLS_ENTROPY_SIZE])
{
	struct tls_client *client = memory;
	br_ssl_engine_context *engine = &client->context.eng;
	uint8_t address[ADDRESS_SIZE_MAX];
	char name[TLS_HOST_MAX + 1] = { 0 };
	struct span host = span_first(trust->host, TLS_HOST_MAX);

	br_ssl_client_zero(&client->context);
	tls_engine_start(&client->tls, engine, entropy);
	br_ssl_engine_set_rsavrfy(engine, tls_rsa_verify());
	br_ssl_engine_set_ecdsa(engine, br_ecdsa_i31_vrfy_asn1);
	tls_verifier_start(&client->verifier, trust);
	br_ssl_engine_set_x509(engine, &client->verifier.methods);
	if (address_read(host, address) == 0) /* addresses are not asked for by name (RFC 6066 section 3) */
		memcpy(name, host.data, host.size);
	br_ssl_client_reset(&client->context, name[0] != '\0' ? name : NULL, 0);
	return &client->tls;
}
