#include "pgp/keyring.h"

#include "base/encoding.h"
#include "base/kconfig.h"
#include "pgp/armor.h"
#include "pgp/certificate.h"

enum { KEYRING_PACKETS_MAX = 1000 };

static const struct span block_label = SPAN_INITIALIZER("PGP PUBLIC KEY BLOCK");

/* Are these at most so many whole packets? Afterwards no reader comes upon a malformed one. */
static enum status check_packets(struct span binary)
{
	struct cursor packets = cursor_of(binary);
	struct packet packet;

	for (size_t count = 0; cursor_has_more(&packets); count++) {
		enum status status = packet_take(&packets, &packet);

		if (status != STATUS_OK)
			return status;
		if (packet.type == PACKET_SECRET_KEY || packet.type == PACKET_SECRET_SUBKEY)
			return STATUS_KEYRING_SECRET;
		if (count == KEYRING_PACKETS_MAX)
			return STATUS_PACKET_TOO_MANY;
	}
	return STATUS_OK;
}

static enum status add_binary(struct pgp_keyring *keyring, struct span binary, struct arena *arena)
{
	struct cursor packets = cursor_of(binary);
	enum status status = check_packets(binary);

	while (status == STATUS_OK && cursor_has_more(&packets)) {
		status = certificate_take(&packets, arena, &keyring->first);
		keyring->count = 0;
		for (struct pgp_certificate *each = keyring->first; each; each = each->next)
			keyring->count++;
		if (status == STATUS_OK && keyring->count > CONFIG_CERTIFICATES)
			status = STATUS_CERTIFICATE_TOO_MANY;
	}
	return status;
}

/* The binary form is needed for as long as it is read only: it waits at the end of the arena. */
static enum status add_armored(struct pgp_keyring *keyring, struct span *text, struct arena *arena)
{
	struct arena scratch;
	struct span binary;
	enum status status;

	if (!arena_split_end(arena, text->size / 4 * 3 + 3 + 16, &scratch))
		return STATUS_ARENA_FULL;
	status = armor_read(text, block_label, &scratch, &binary);
	if (status == STATUS_OK)
		status = add_binary(keyring, binary, arena);
	arena_join_end(arena, &scratch);
	return status;
}

/* Adds the blocks of a text. KEYRING_EMPTY if there is none. */
static enum status add_text(struct pgp_keyring *keyring, struct span text, struct arena *arena)
{
	enum status status = STATUS_KEYRING_EMPTY;
	struct span line;

	if (span_starts_with(text, SPAN("\xef\xbb\xbf")))
		text = span_skip(text, 3);
	while ((status == STATUS_OK || status == STATUS_KEYRING_EMPTY) && span_take_line(&text, &line)) {
		if (armor_is_begin(line, SPAN("PGP PRIVATE KEY BLOCK")))
			return STATUS_KEYRING_SECRET;
		/* the BEGIN line of this one was damaged: its block must not be taken for a comment */
		if (armor_is_end(line, block_label))
			return STATUS_ARMOR_SYNTAX;
		if (armor_is_begin(line, block_label))
			status = add_armored(keyring, &text, arena);
	}
	return status;
}

/* Packets start with an octet whose top bit is set; so does text with a byte order mark, or in another script. */
static bool is_binary(struct span file)
{
	return file.size > 0 && (file.data[0] & 0x80) && !utf8_is_valid(file);
}

enum status pgp_keyring_add(struct pgp_keyring *keyring, struct span file, struct arena *arena)
{
	enum status status = is_binary(file) ? add_binary(keyring, file, arena) : add_text(keyring, file, arena);

	/* keys of unknown versions only */
	if (status == STATUS_OK && keyring->count == 0)
		status = STATUS_KEYRING_EMPTY;
	if (status != STATUS_OK)
		*keyring = (struct pgp_keyring){ 0 };
	return status;
}
