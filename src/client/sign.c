#include "client/sign.h"

#include "base/kconfig.h"
#include "base/status.h"
#include "client/sign_file.h"
#include "client/sign_gpg.h"
#include "host/pages.h"
#include "host/tell.h"

enum { ARENA_SIZE = 1024 * 1024 }; /* bytes: a message in parts, and the certificate of who signed it */

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

int sign_text(const struct sign_options *options, struct span text, struct writer *message)
{
	void *memory = pages_take(ARENA_SIZE);
	struct arena arena = arena_of(memory, ARENA_SIZE);

	if (!memory)
		return tell_failure(SPAN("the system has not enough memory"));
	if (!options->pgp_key)
		return sign_gpg(options->local_user, text, &arena, message);
	if (IS_ENABLED(CONFIG_SIGN))
		return sign_file(options, text, &arena, message);
	return tell_failure(span_of_string(status_words(STATUS_SECRET_KEY_LEFT_OUT)));
}
