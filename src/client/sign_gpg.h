/* Signing by gpg, with its agent and its smart cards. */
#ifndef INKI_CLIENT_SIGN_GPG_H
#define INKI_CLIENT_SIGN_GPG_H

#include "base/arena.h"
#include "base/writer.h"

/* Runs "gpg --clearsign" over text, with local_user's key if that is not NULL, and judges the message by the
 * certificate that gpg has of its signer (if it has none, the server has to judge alone). Returns TELL_DONE or, told,
 * TELL_FAILED. */
int sign_gpg(const char *local_user, struct span text, struct arena *arena, struct writer *message);

#endif
