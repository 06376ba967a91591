/* Signs a text: with a secret-key file, or by gpg, which has its agent and its smart cards. */
#ifndef INKI_CLIENT_SIGN_H
#define INKI_CLIENT_SIGN_H

#include "base/writer.h"

/* As the command line has it; each may be NULL. */
struct sign_options {
	const char *pgp_key;         /* a secret-key file; NULL: gpg signs */
	const char *local_user;      /* which of gpg's keys; NULL: gpg's own choice */
	const char *passphrase_file; /* of the secret-key file; NULL, both: it is asked for on the terminal */
	const char *passphrase_fd;
};

/* The rows of these options in the table of a command whose struct has a member .sign. */
#define SIGN_OPTIONS(read) \
	{ 'p',          "pgp-key", \
	  OPTION_VALUE, offsetof(struct read, sign.pgp_key), \
	  "FILE",       "sign with this OpenPGP secret key (gpg --export-secret-keys)" }, \
		{ 'u', \
		  "local-user", \
		  OPTION_VALUE, \
		  offsetof(struct read, sign.local_user), \
		  "KEY", \
		  "sign by gpg with this key of its keyring; without -p and -u gpg\nsigns with its default key" }, \
		{ 0, \
		  "passphrase-file", \
		  OPTION_VALUE, \
		  offsetof(struct read, sign.passphrase_file), \
		  "FILE", \
		  "the pass phrase of -p is this file's first line (else it is asked\nfor on the terminal)" }, \
	{ \
		0, "passphrase-fd", OPTION_VALUE, offsetof(struct read, sign.passphrase_fd), "N", \
			"... is the first line that comes from this descriptor" \
	}

/* Are they options that go together? False with the words in *why_not. */
bool sign_options_agree(const struct sign_options *options, const char **why_not);

/* Writes a clear-signed message of text, one line without its end; MESSAGE_SIZE_MAX bytes are room enough. It is
 * checked as the server would, for which crypto_start() was called. Returns TELL_DONE; or TELL_FAILED, when it was told
 * why. */
int sign_text(const struct sign_options *options, struct span text, struct writer *message);

#endif
