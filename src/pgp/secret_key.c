#include "pgp/secret_key.h"

#include "base/kconfig.h"
#include "base/memory.h"
#include "pgp/armor.h"
#include "pgp/secret_packet.h"

static const struct span block_label = SPAN_INITIALIZER("PGP PRIVATE KEY BLOCK");

/* ---- the file ---- */

/* Finds the private key block of a text. */
static enum status read_armored(struct span text, struct arena *arena, struct span *packets)
{
	enum status status = STATUS_SECRET_KEY_NONE;
	struct span line;

	if (span_starts_with(text, SPAN("\xef\xbb\xbf")))
		text = span_skip(text, 3);
	while (span_take_line(&text, &line)) {
		if (armor_is_begin(line, block_label))
			return armor_read(&text, block_label, arena, packets);
		if (armor_is_begin(line, SPAN("PGP PUBLIC KEY BLOCK")))
			status = STATUS_SECRET_KEY_PUBLIC;
	}
	return status;
}

/* Packets start with an octet whose top bit is set; so does text with a byte order mark. */
static bool is_binary(struct span file)
{
	return file.size > 0 && (file.data[0] & 0x80) && !span_starts_with(file, SPAN("\xef\xbb\xbf"));
}

static enum status read_file(struct span file, struct arena *arena, struct span *packets)
{
	if (!is_binary(file))
		return read_armored(file, arena, packets);
	return arena_copy(arena, file, packets) ? STATUS_OK : STATUS_ARENA_FULL;
}

/* The public side waits at the end of the arena until the keyring is made of it. The packets that are written have six
 * octets of header, where those that were read have two at least. */
static enum status make_keyring(struct pgp_secret_key *secret, struct span packets, struct arena *arena)
{
	const size_t room = arena->size - arena->used;
	struct arena scratch;
	struct writer public;
	enum status status;

	if (packets.size > room / 3 || !arena_split_end(arena, 3 * packets.size, &scratch))
		return STATUS_ARENA_FULL;
	public = writer_of(scratch.data, scratch.size);
	status = secret_packets_write_public(packets, &public);
	if (status == STATUS_OK)
		status = pgp_keyring_add(&secret->keyring, writer_written(&public), arena);
	arena_join_end(arena, &scratch);
	return status;
}

/* ---- the choice ---- */

/* Finds the secret of a key of the keyring. */
static enum status find_secret(struct span packets, const struct pgp_key *key, struct pgp_protection *protection)
{
	enum status status = STATUS_SECRET_KEY_STUB;
	struct cursor cursor = cursor_of(packets);
	struct packet packet;

	while (status != STATUS_OK && cursor_has_more(&cursor) && packet_take(&cursor, &packet) == STATUS_OK) {
		struct span part;

		if (packet.type != PACKET_SECRET_KEY && packet.type != PACKET_SECRET_SUBKEY)
			continue;
		part = secret_packet_public_part(packet.body);
		if (part.size == 0 || !span_equal(part, key->body))
			continue;
		pgp_protection_read(span_skip(packet.body, part.size), key->version, protection);
		status = protection->defect;
	}
	return status;
}

/* How much the reason why a key does not sign explains: the least that it is of another kind, as those for encryption
 * are; then that it is not meant to sign; the most that only its secret is not to be had. */
static unsigned weigh(enum status reason, bool may_sign)
{
	if (may_sign)
		return 4;
	if (reason == STATUS_KEY_ALGORITHM)
		return 1;
	return reason == STATUS_KEY_MAY_NOT_SIGN ? 2 : 3;
}

/* The search for the key that signs. */
struct choice {
	struct pgp_secret_key *secret;
	struct span packets;
	int64_t now;
	enum status reason;
	unsigned weight;
};

/* Takes a key of the certificate (its primary key if subkey is NULL) if it can be had and none newer is. */
static void consider(struct choice *choice, const struct pgp_certificate *certificate, const struct pgp_subkey *subkey)
{
	const struct pgp_key *key = subkey ? &subkey->key : &certificate->primary;
	enum status status = certificate_may_sign(certificate, subkey, choice->now);
	const bool may_sign = status == STATUS_OK;
	struct pgp_protection protection;

	if (may_sign)
		status = find_secret(choice->packets, key, &protection);
	if (status != STATUS_OK) {
		if (weigh(status, may_sign) > choice->weight) {
			choice->reason = status;
			choice->weight = weigh(status, may_sign);
		}
		return;
	}
	if (choice->secret->key && (!subkey || choice->secret->key->created > key->created))
		return;
	choice->secret->certificate = certificate;
	choice->secret->key = key;
	choice->secret->protection = protection;
}

static enum status choose(struct choice *choice)
{
	const struct pgp_certificate *each = choice->secret->keyring.first;

	for (; each && !choice->secret->key; each = each->next) {
		for (const struct pgp_subkey *subkey = each->subkeys; subkey; subkey = subkey->next)
			consider(choice, each, subkey);
		consider(choice, each, NULL);
	}
	return choice->secret->key ? STATUS_OK : choice->reason;
}

/* ---- what callers do with it ---- */

enum status pgp_secret_key_open(struct pgp_secret_key *secret, struct span file, int64_t now, struct arena *arena)
{
	struct choice choice = { .secret = secret, .now = now, .reason = STATUS_SECRET_KEY_NONE };
	enum status status;

	*secret = (struct pgp_secret_key){ .arena = arena };
	if (!IS_ENABLED(CONFIG_SIGN))
		return STATUS_SECRET_KEY_LEFT_OUT;
	status = read_file(file, arena, &choice.packets);
	if (status == STATUS_OK)
		status = make_keyring(secret, choice.packets, arena);
	if (status == STATUS_OK)
		status = choose(&choice);
	if (status != STATUS_OK)
		return status;
	secret->needs_passphrase = pgp_protection_needs_passphrase(&secret->protection);
	return secret->needs_passphrase ? STATUS_OK : pgp_secret_key_unlock(secret, (struct span){ 0 });
}

enum status pgp_secret_key_unlock(struct pgp_secret_key *secret, struct span passphrase)
{
	enum status status;

	if (!IS_ENABLED(CONFIG_SIGN) || !secret->key)
		return STATUS_SECRET_KEY_LEFT_OUT;
	status = pgp_protection_remove(&secret->protection, passphrase,
	                               secret->key == &secret->certificate->primary ? PACKET_SECRET_KEY
	                                                                            : PACKET_SECRET_SUBKEY,
	                               secret->key->body, secret->arena, &secret->material);
	memory_wipe_stack();
	if (status == STATUS_OK)
		secret->needs_passphrase = false;
	return status;
}

void pgp_secret_key_close(struct pgp_secret_key *secret)
{
	if (!IS_ENABLED(CONFIG_SIGN))
		return;
	memory_wipe(secret->arena->data, secret->arena->size);
	secret->arena->used = 0;
	*secret = (struct pgp_secret_key){ 0 };
}
