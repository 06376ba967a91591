#include "tls/identity.h"

#include "base/memory.h"
#include "tls/key.h"
#include "tls/pem.h"

/* Adds a certificate that issued the last one. */
static enum status add(struct tls_identity *identity, struct span der, struct span *issuer)
{
	struct tls_certificate certificate;
	enum status status = tls_certificate_read(der, &certificate);

	if (status != STATUS_OK)
		return status;
	if (identity->chain_count == TLS_CHAIN_MAX)
		return STATUS_TLS_CHAIN_TOO_LONG;
	if (identity->chain_count > 0 && !span_equal(certificate.subject, *issuer))
		return STATUS_TLS_CHAIN_ORDER;
	if (identity->chain_count == 0)
		identity->certificate = certificate;
	*issuer = certificate.issuer;
	identity->chain[identity->chain_count++] = der;
	return STATUS_OK;
}

/* Takes them all into the chain. */
static enum status read_chain(struct tls_identity *identity, struct pem_file *file, struct arena *arena)
{
	struct span issuer = { 0 }, der;
	struct pem pem;

	while (pem_take(file, &pem)) {
		enum status status;

		if (!span_equal(pem.label, SPAN("CERTIFICATE")))
			continue; /* some keep the key in the same file */
		status = pem_decode_into(&pem, arena, &der);
		if (status == STATUS_OK)
			status = add(identity, der, &issuer);
		if (status != STATUS_OK)
			return status;
	}
	return file->status;
}

enum status tls_identity_read_certificate(struct tls_identity *identity, struct span text, struct arena *arena,
                                          size_t *line)
{
	struct pem_file file = pem_file_of(text);
	enum status status;

	*identity = (struct tls_identity){ 0 };
	status = read_chain(identity, &file, arena);
	*line = status == STATUS_OK ? 0 : file.line;
	if (status != STATUS_OK)
		return status;
	if (identity->chain_count == 0)
		return STATUS_TLS_NO_CERTIFICATE;
	tls_pin_compute(identity->certificate.key_info, identity->pin);
	return STATUS_OK;
}

/* Is it the label of any private key? (EC PARAMETERS may stand in front of one.) */
static bool is_key(struct span label)
{
	struct span end = SPAN("PRIVATE KEY");

	return label.size >= end.size && span_equal(span_skip(label, label.size - end.size), end);
}

static bool is_encrypted(const struct pem *pem)
{
	return span_starts_with(pem->label, SPAN("ENCRYPTED")) || span_contains(pem->lines, SPAN("ENCRYPTED"));
}

static enum status read_key(struct tls_identity *identity, struct pem_file *file, struct arena *arena)
{
	struct span der;
	struct pem pem;
	enum status status;

	do {
		if (!pem_take(file, &pem))
			return file->status == STATUS_OK ? STATUS_TLS_NO_KEY : file->status;
	} while (!is_key(pem.label));
	if (is_encrypted(&pem))
		return STATUS_TLS_KEY_ENCRYPTED;
	status = pem_decode_into(&pem, arena, &der);
	if (status == STATUS_OK)
		status = tls_key_read(pem.label, der, &identity->key);
	if (status == STATUS_OK && !tls_key_fits(&identity->key, &identity->certificate.key))
		status = STATUS_TLS_KEY_OTHER;
	return status;
}

enum status tls_identity_read_key(struct tls_identity *identity, struct span text, struct arena *arena, size_t *line)
{
	struct pem_file file = pem_file_of(text);
	size_t before = arena->used;
	enum status status = read_key(identity, &file, arena);

	*line = status == STATUS_OK || status == STATUS_TLS_NO_KEY ? 0 : file.line;
	if (status != STATUS_OK) {
		arena_release(arena, before);
		memory_wipe(&identity->key, sizeof(identity->key));
	}
	return status;
}
