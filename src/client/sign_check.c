#include "client/sign_check.h"

#include "host/clock.h"
#include "host/tell.h"

static int refuse(const char *what, enum status status)
{
	uint8_t room[512];
	struct writer words = writer_of(room, sizeof(room));

	writer_put_string(&words, what);
	writer_put_string(&words, status_words(status));
	return tell_failure(writer_written(&words));
}

int sign_check_text(struct span bytes, struct span text, struct arena *arena, struct pgp_message *message)
{
	enum status status = message_read(bytes, arena, message);

	if (bytes.size == 0)
		return tell_failure(SPAN("gpg has signed nothing"));
	if (status != STATUS_OK)
		return refuse("what was signed is no message that a server takes: ", status);
	if (!span_equal(message->text, text))
		return tell_failure(SPAN("another text was signed than the one that was to be"));
	return TELL_DONE;
}

int sign_check_signature(const struct pgp_message *message, const struct pgp_keyring *keyring)
{
	struct pgp_verdict verdict = { 0 };
	enum status status = message_verify(message, keyring, clock_wall(), &verdict);

	return status == STATUS_OK ? TELL_DONE : refuse("a server would not take this signature: ", status);
}
