#include "client/sign_gpg.h"

#include "base/cursor.h"
#include "base/encoding.h"
#include "client/sign_check.h"
#include "host/filter.h"
#include "host/tell.h"
#include "host/tty.h"
#include "pgp/packet.h"
#include "pgp/signature.h"

enum { CERTIFICATE_MAX = 256 * 1024 }; /* bytes of what gpg exports */

static int fail(const char *why_not)
{
	uint8_t room[256];
	struct writer words = writer_of(room, sizeof(room));

	writer_put_string(&words, "gpg: ");
	writer_put_string(&words, why_not);
	writer_put_string(&words, ", so nothing is signed; -p FILE signs without it");
	return tell_failure(writer_written(&words));
}

/* Its fingerprint or key ID, as a word that gpg takes for a key's name. */
static bool write_issuer(struct writer *name, struct span signatures)
{
	struct cursor packets = cursor_of(signatures);
	struct packet packet;
	struct signature signature;

	if (packet_take(&packets, &packet) != STATUS_OK || packet.type != PACKET_SIGNATURE)
		return false;
	signature_read(packet.body, &signature);
	writer_put_string(name, "0x");
	if (signature.issuer_fingerprint_count > 0)
		hex_write_upper(name, signature.issuer_fingerprints[0]);
	else if (signature.issuer_key_id_count > 0)
		hex_write_upper(name, signature.issuer_key_ids[0]);
	else
		return false;
	writer_put_byte(name, '\0');
	return !name->overflowed;
}

/* Asks gpg for the certificate of who made the first signature. False if it has none. */
static bool find_signer(struct span signatures, struct arena *arena, struct pgp_keyring *keyring)
{
	uint8_t room[80];
	struct writer name = writer_of(room, sizeof(room));
	struct writer exported = writer_of(arena_take(arena, CERTIFICATE_MAX), CERTIFICATE_MAX);
	const char *const words[] = { "gpg", "--batch", "--quiet", "--export", (const char *)room, NULL };
	const char *why_not;

	return exported.data && write_issuer(&name, signatures) &&
	       filter_run(words, (struct span){ 0 }, &exported, &why_not) && exported.used > 0 &&
	       pgp_keyring_add(keyring, writer_written(&exported), arena) == STATUS_OK;
}

int sign_gpg(const char *local_user, struct span text, struct arena *arena, struct writer *message)
{
	const char *words[] = { "gpg", "--clearsign", local_user ? "--local-user" : NULL, local_user, NULL };
	struct pgp_keyring keyring = { 0 };
	struct pgp_message parts;
	const char *why_not;

	tty_name_for_gpg();
	if (!filter_run(words, text, message, &why_not))
		return fail(why_not);
	if (sign_check_text(writer_written(message), text, arena, &parts) != TELL_DONE)
		return TELL_FAILED;
	return find_signer(parts.signatures, arena, &keyring) ? sign_check_signature(&parts, &keyring) : TELL_DONE;
}
