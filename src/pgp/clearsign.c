#include "pgp/secret_key.h"

#include "base/kconfig.h"
#include "base/memory.h"
#include "pgp/armor.h"
#include "pgp/make_signature.h"
#include "pgp/packet.h"

enum { SIGNATURE_PACKET_SIZE_MAX = 1100 };

/* Writes the text as lines, dash-escaped (RFC 9580 section 7.2), and hashes what a reader will make of it: the lines
 * without blanks at their ends, CR LF between them. */
static void write_text(struct writer *message, struct span text, struct digest *digest)
{
	bool is_first = true;
	struct span line;

	while (span_take_line(&text, &line)) {
		line = span_trim_end(line);
		digest_update(digest, is_first ? (struct span){ 0 } : SPAN("\r\n"));
		digest_update(digest, line);
		is_first = false;
		writer_put_string(message, span_starts_with(line, SPAN("-")) ? "- " : "");
		writer_put(message, line);
		writer_put_byte(message, '\n');
	}
}

/* The header names the digest for readers that need to know it in advance; none of those knows version 6. */
static void write_head(struct writer *message, const struct pgp_signing *signing)
{
	writer_put_string(message, "-----BEGIN PGP SIGNED MESSAGE-----\n");
	if (signing->secret->key->version == 4) {
		writer_put_string(message, "Hash: ");
		writer_put_string(message, signing->digest_name);
		writer_put_byte(message, '\n');
	}
	writer_put_byte(message, '\n');
}

static enum status sign(struct pgp_signing *signing, struct digest *digest, struct span text, struct writer *message)
{
	uint8_t room[SIGNATURE_PACKET_SIZE_MAX];
	struct writer packet = writer_of(room, sizeof(room));
	enum status status;

	write_head(message, signing);
	write_text(message, text, digest);
	status = pgp_signing_finish(signing, digest);
	if (status != STATUS_OK)
		return status;
	packet_write(&packet, PACKET_SIGNATURE, writer_written(&signing->body));
	armor_write(message, SPAN("PGP SIGNATURE"), writer_written(&packet), signing->secret->key->version == 4);
	return message->overflowed || packet.overflowed ? STATUS_MESSAGE_TOO_LARGE : STATUS_OK;
}

enum status pgp_secret_key_sign(const struct pgp_secret_key *secret, struct span text, int64_t now,
                                const uint8_t entropy[static PGP_ENTROPY_SIZE], struct writer *message)
{
	const size_t used = message->used;
	struct pgp_signing signing;
	struct digest digest;
	enum status status;

	if (!IS_ENABLED(CONFIG_SIGN) || !secret->key)
		return STATUS_SECRET_KEY_LEFT_OUT;
	if (secret->needs_passphrase)
		return STATUS_PASSPHRASE_NEEDED;
	pgp_signing_start(&signing, secret, now, entropy, &digest);
	status = sign(&signing, &digest, text, message);
	if (status != STATUS_OK) {
		memory_wipe(message->data + used, message->used - used);
		writer_rewind(message, used);
	}
	return status;
}
