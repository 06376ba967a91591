/* Judges a message that was just signed as the server would, before it is sent. Both functions return TELL_DONE; or
 * TELL_FAILED, when it was told why. */
#ifndef INKI_CLIENT_SIGN_CHECK_H
#define INKI_CLIENT_SIGN_CHECK_H

#include "base/arena.h"
#include "pgp/message.h"

/* Can the server read the message, and is its text the one that was to be signed? *message is its parts, in arena. */
int sign_check_text(struct span bytes, struct span text, struct arena *arena, struct pgp_message *message);

/* Would it count by a certificate of the keyring? */
int sign_check_signature(const struct pgp_message *message, const struct pgp_keyring *keyring);

#endif
