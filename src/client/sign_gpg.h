/* Signing by gpg. */
#ifndef INKI_CLIENT_SIGN_GPG_H
#define INKI_CLIENT_SIGN_GPG_H

#include "base/arena.h"
#include "base/status.h"
#include "base/writer.h"
#include "pgp/keyring.h"

/* Runs "gpg --clearsign" over text, with local_user's key if that is not NULL. Returns TELL_DONE or, told, TELL_FAILED.
 */
int sign_gpg(const char *local_user, struct span text, struct writer *message);

/* Asks gpg for the certificate of the key that made the first signature of those packets, and adds it to the keyring;
 * what it needs is taken from arena. False if gpg has none: then it is the server that has to judge. */
bool sign_gpg_find_signer(struct span signatures, struct arena *arena, struct pgp_keyring *keyring);

#endif
