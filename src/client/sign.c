#include "client/sign.h"

#include "base/kconfig.h"
#include "client/sign_gpg.h"
#include "crypto/crypto.h"
#include "host/clock.h"
#include "host/pages.h"
#include "host/tell.h"
#include "pgp/message.h"

enum {
	ARENA_SIZE = 1024 * 1024, /* bytes: a message in parts, and the certificate of who signed it */
	CRYPTO_ARENA_SIZE = CONFIG_CRYPTO_ARENA_KB * 1024,
};

static const struct span no_memory = SPAN_INITIALIZER("the system has not enough memory");

bool sign_options_agree(const struct sign_options *options, const char **why_not)
{
	if (options->pgp_key && options->local_user)
		*why_not = "with -p the file's key signs, with -u one of gpg's: only one of them";
	else if (options->passphrase_file && options->passphrase_fd)
		*why_not = "the pass phrase comes from a file or from a descriptor, not from both";
	else if (!options->pgp_key && (options->passphrase_file || options->passphrase_fd))
		*why_not = "a pass phrase goes with -p; without it gpg asks for its own";
	else
		return true;
	return false;
}

static int refuse(enum status status)
{
	uint8_t room[512];
	struct writer words = writer_of(room, sizeof(room));

	writer_put_string(&words, "a server would not take this signature: ");
	writer_put_string(&words, status_words(status));
	return tell_failure(writer_written(&words));
}

/* Can the server read the message, and is its text the one that was to be signed? */
static int check_text(struct span bytes, struct span text, struct arena *arena, struct pgp_message *message)
{
	enum status status = message_read(bytes, arena, message);

	if (status != STATUS_OK)
		return refuse(status);
	if (!span_equal(message->text, text))
		return tell_failure(SPAN("another text was signed than the one that was to be"));
	return TELL_DONE;
}

static int check_signature(const struct pgp_message *message, const struct pgp_keyring *keyring)
{
	struct pgp_verdict verdict = { 0 };
	enum status status = message_verify(message, keyring, clock_wall(), &verdict);

	return status == STATUS_OK ? TELL_DONE : refuse(status);
}

static int sign_and_check(const struct sign_options *options, struct span text, struct writer *message,
                          struct arena *arena)
{
	struct pgp_keyring keyring = { 0 };
	struct pgp_message parts;

	if (sign_gpg(options->local_user, text, message) != TELL_DONE ||
	    check_text(writer_written(message), text, arena, &parts) != TELL_DONE)
		return TELL_FAILED;
	return sign_gpg_find_signer(parts.signatures, arena, &keyring) ? check_signature(&parts, &keyring) : TELL_DONE;
}

int sign_text(const struct sign_options *options, struct span text, struct writer *message)
{
	void *crypto = pages_take(CRYPTO_ARENA_SIZE), *memory = pages_take(ARENA_SIZE);
	struct arena arena = arena_of(memory, ARENA_SIZE);

	if (!crypto || !memory)
		return tell_failure(no_memory);
	crypto_start(crypto, CRYPTO_ARENA_SIZE);
	return sign_and_check(options, text, message, &arena);
}
