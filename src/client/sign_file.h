/* Signing with a secret-key file, whose pass phrase comes from the terminal, from a file or from a descriptor. */
#ifndef INKI_CLIENT_SIGN_FILE_H
#define INKI_CLIENT_SIGN_FILE_H

#include "client/sign.h"

#include "base/arena.h"

/* Writes a clear-signed message of text and judges it by the file's own certificate. Afterwards no secret is left in
 * memory. Returns TELL_DONE or, told, TELL_FAILED. */
int sign_file(const struct sign_options *options, struct span text, struct arena *arena, struct writer *message);

#endif
