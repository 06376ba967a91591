#include "pgp/message.h"

#include "base/writer.h"
#include "pgp/armor.h"
#include "pgp/packet.h"
#include "pgp/signature.h"

#include <string.h>

/* Takes the next signature off packets. */
static bool take_signature(struct cursor *packets, struct signature *signature)
{
	struct packet packet;

	while (cursor_has_more(packets) && packet_take(packets, &packet) == STATUS_OK) {
		if (packet.type != PACKET_SIGNATURE)
			continue;
		signature_read(packet.body, signature);
		return true;
	}
	return false;
}

static size_t count_signatures(struct span signatures)
{
	struct cursor packets = cursor_of(signatures);
	struct signature signature;
	size_t count = 0;

	while (take_signature(&packets, &signature))
		count++;
	return count;
}

enum status message_join(const struct pgp_message *first, const struct pgp_message *second, struct arena *arena,
                         struct pgp_message *joined)
{
	const size_t size = first->signatures.size + second->signatures.size;
	uint8_t *both;

	*joined = (struct pgp_message){ 0 };
	if (!span_equal(first->text, second->text))
		return STATUS_MESSAGE_OTHER_TEXT;
	if (count_signatures(first->signatures) + count_signatures(second->signatures) > MESSAGE_SIGNATURES_MAX)
		return STATUS_PACKET_TOO_MANY;
	both = arena_take(arena, size);
	if (!both)
		return STATUS_REQUEST_TOO_LARGE;
	memcpy(both, first->signatures.data, first->signatures.size);
	memcpy(both + first->signatures.size, second->signatures.data, second->signatures.size);
	*joined = (struct pgp_message){ first->text, span_of(both, size) };
	return STATUS_OK;
}

/* "Hash: SHA256,SHA512": readers that are older than this header's end want to know the digests in advance; none of
 * those reads signatures with a salt. */
static void write_hashes(struct writer *writer, struct span signatures)
{
	static const char *const names[] = {
		[DIGEST_SHA256] = "SHA256",     [DIGEST_SHA384] = "SHA384",     [DIGEST_SHA512] = "SHA512",
		[DIGEST_SHA3_256] = "SHA3-256", [DIGEST_SHA3_512] = "SHA3-512",
	};
	struct cursor packets = cursor_of(signatures);
	struct signature signature;
	unsigned seen = 0;

	while (take_signature(&packets, &signature)) {
		const unsigned digest = signature.digest_algorithm;

		if (digest >= sizeof(names) / sizeof(names[0]) || !names[digest] || signature.salt.size > 0 ||
		    seen & 1U << digest)
			continue;
		writer_put_string(writer, seen == 0 ? "Hash: " : ",");
		writer_put_string(writer, names[digest]);
		seen |= 1U << digest;
	}
	writer_put_string(writer, seen != 0 ? "\n" : "");
}

/* Lines that begin with a dash get another one in front (RFC 9580 section 7.2). */
static void write_text(struct writer *writer, struct span text)
{
	for (;;) {
		size_t end = span_find_byte(text, '\n');

		writer_put_string(writer, span_starts_with(text, SPAN("-")) ? "- " : "");
		writer_put(writer, span_first(text, end));
		writer_put_byte(writer, '\n');
		if (end == text.size)
			return;
		text = span_skip(text, end + 1);
	}
}

/* Is there one of version 6, which no checksum may go with? */
static bool has_version_6(struct span signatures)
{
	struct cursor packets = cursor_of(signatures);
	struct signature signature;

	while (take_signature(&packets, &signature))
		if (signature.version == 6)
			return true;
	return false;
}

void message_write(struct writer *writer, const struct pgp_message *message)
{
	writer_put_string(writer, "-----BEGIN PGP SIGNED MESSAGE-----\n");
	write_hashes(writer, message->signatures);
	writer_put_byte(writer, '\n');
	write_text(writer, message->text);
	armor_write(writer, SPAN("PGP SIGNATURE"), message->signatures, !has_version_6(message->signatures));
}
