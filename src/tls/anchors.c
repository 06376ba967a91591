#include "tls/client.h"

#include "tls/pem.h"
#include "tls/verifier.h"

static bool is_certificate(const struct pem *pem)
{
	return span_equal(pem->label, SPAN("CERTIFICATE")) || span_equal(pem->label, SPAN("TRUSTED CERTIFICATE"));
}

static size_t count_blocks(struct span text)
{
	struct pem pem;
	size_t count = 0;

	while (pem_take(&text, &pem))
		count += is_certificate(&pem);
	return count;
}

/* Adds what der holds, if that can be an anchor. */
static void add(struct tls_anchors *anchors, struct span der)
{
	struct tls_certificate certificate;

	if (tls_certificate_read(der, &certificate) != STATUS_OK)
		return;
	anchors->array[anchors->count++] = (br_x509_trust_anchor){
		.dn = { .data = (unsigned char *)(uintptr_t)certificate.subject.data, .len = certificate.subject.size },
		.flags = certificate.is_ca ? BR_X509_TA_CA : 0,
		.pkey = tls_public_key_for_engine(&certificate.key),
	};
}

const struct tls_anchors *tls_anchors_read(struct span text, struct arena *arena, enum status *status)
{
	struct tls_anchors *anchors = arena_take_zeroed(arena, 1, sizeof(*anchors));
	struct pem pem;

	*status = STATUS_ARENA_FULL;
	if (anchors)
		anchors->array = arena_take_zeroed(arena, count_blocks(text), sizeof(*anchors->array));
	if (!anchors || !anchors->array)
		return NULL;
	while (pem_take(&text, &pem)) {
		struct span der;

		if (!is_certificate(&pem))
			continue;
		*status = pem_decode_into(&pem, arena, &der);
		if (*status != STATUS_OK)
			return NULL;
		add(anchors, der);
	}
	*status = anchors->count > 0 ? STATUS_OK : STATUS_TLS_NO_CERTIFICATE;
	return anchors->count > 0 ? anchors : NULL;
}
