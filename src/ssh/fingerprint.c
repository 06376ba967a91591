#include "ssh/key.h"

#include "base/encoding.h"
#include "crypto/digest.h"

void ssh_fingerprint_compute(struct span blob, struct ssh_fingerprint *fingerprint)
{
	digest_compute(DIGEST_SHA256, blob, fingerprint->sha256);
	digest_compute(DIGEST_MD5, blob, fingerprint->md5);
}

void ssh_fingerprint_write_sha256(struct writer *writer, const uint8_t sha256[static 32])
{
	writer_put(writer, SPAN("SHA256:"));
	base64_write_unpadded(writer, span_of(sha256, 32));
}

void ssh_fingerprint_write_md5(struct writer *writer, const uint8_t md5[static 16])
{
	hex_write(writer, span_of(md5, 16));
}

/* 43 digits of either alphabet, with the one = that they need or without. */
static bool read_sha256(struct span text, uint8_t sha256[static 32])
{
	uint8_t digits[44], bytes[33];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	if (text.size < 43 || text.size > 44)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		digits[i] = text.data[i];
		if (digits[i] == '-')
			digits[i] = '+';
		else if (digits[i] == '_')
			digits[i] = '/';
	}
	if (text.size == 43)
		digits[43] = '=';
	if (!base64_read(span_of(digits, sizeof(digits)), &writer) || writer.used != 32)
		return false;
	for (size_t i = 0; i < 32; i++)
		sha256[i] = bytes[i];
	return true;
}

/* 32 digits, or 16 pairs of them with 15 colons. */
static bool read_md5(struct span text, uint8_t md5[static 16])
{
	if (text.size == 32)
		return hex_read(text, md5, 16);
	if (text.size != 47)
		return false;
	for (size_t i = 0; i < 16; i++)
		if (!hex_read(span_first(span_skip(text, 3 * i), 2), md5 + i, 1) ||
		    (i < 15 && text.data[3 * i + 2] != ':'))
			return false;
	return true;
}

bool ssh_fingerprint_read(struct span text, enum ssh_fingerprint_kind *kind, struct ssh_fingerprint *fingerprint)
{
	const struct span sha256 = SPAN("SHA256:"), md5 = SPAN("MD5:");

	*kind = SSH_FINGERPRINT_SHA256;
	*fingerprint = (struct ssh_fingerprint){ 0 };
	if (span_starts_with(text, sha256))
		return read_sha256(span_skip(text, sha256.size), fingerprint->sha256);
	*kind = SSH_FINGERPRINT_MD5;
	if (span_starts_with(text, md5))
		text = span_skip(text, md5.size);
	return read_md5(text, fingerprint->md5);
}
