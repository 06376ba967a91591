#include "tls/client.h"

#include "tls/pem.h"
#include "tls/verifier.h"

static bool is_certificate(const struct pem *pem)
{
	return span_equal(pem->label, SPAN("CERTIFICATE")) || span_equal(pem->label, SPAN("TRUSTED CERTIFICATE"));
}

static size_t count_blocks(struct span text)
{
	struct pem_file file = pem_file_of(text);
	struct pem pem;
	size_t count = 0;

	while (pem_take(&file, &pem))
		count += is_certificate(&pem);
	return count;
}

/* Adds what der holds, if that can be used: an authority among those that may vouch for others; any other certificate
 * stands for itself only. */
static enum status add(struct tls_anchors *anchors, struct span der)
{
	struct tls_certificate certificate;
	enum status status = tls_certificate_read(der, &certificate);

	if (status != STATUS_OK)
		return status;
	if (tls_certificate_may_vouch(&certificate))
		anchors->authorities[anchors->authority_count++] = (br_x509_trust_anchor){
			.dn = { .data = (unsigned char *)(uintptr_t)certificate.subject.data,
			        .len = certificate.subject.size },
			.flags = BR_X509_TA_CA,
			.pkey = tls_public_key_for_engine(&certificate.key),
		};
	else
		anchors->others[anchors->other_count++] = der;
	return STATUS_OK;
}

static struct tls_anchors *make_room(struct span text, struct arena *arena)
{
	size_t count = count_blocks(text);
	struct tls_anchors *anchors = arena_take_zeroed(arena, 1, sizeof(*anchors));

	if (!anchors)
		return NULL;
	anchors->authorities = arena_take_zeroed(arena, count, sizeof(*anchors->authorities));
	anchors->others = arena_take_zeroed(arena, count, sizeof(*anchors->others));
	return anchors->authorities && anchors->others ? anchors : NULL;
}

const struct tls_anchors *tls_anchors_read(struct span text, struct arena *arena, enum status *status, size_t *line)
{
	struct tls_anchors *anchors = make_room(text, arena);
	struct pem_file file = pem_file_of(text);
	struct pem pem;

	*line = 0;
	*status = anchors ? STATUS_TLS_NO_CERTIFICATE : STATUS_ARENA_FULL;
	if (!anchors)
		return NULL;
	while (pem_take(&file, &pem)) {
		struct span der;

		if (!is_certificate(&pem))
			continue;
		*line = file.line;
		*status = pem_decode_into(&pem, arena, &der);
		if (*status != STATUS_OK)
			return NULL;
		*status = add(anchors, der);
	}
	if (file.status != STATUS_OK) {
		*line = file.line;
		*status = file.status;
		return NULL;
	}
	if (anchors->authority_count + anchors->other_count == 0)
		return NULL;
	*status = STATUS_OK;
	return anchors;
}
