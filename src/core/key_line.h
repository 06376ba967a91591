/* A key as a line of a file that dropbear reads, and sshd as well: at most KEY_LINES_MAX lines of KEY_LINE_MAX bytes,
 * and in front of a key no option that they do not both take in the same sense. */
#ifndef INKI_CORE_KEY_LINE_H
#define INKI_CORE_KEY_LINE_H

#include "base/writer.h"
#include "core/config.h"

enum { KEY_LINES_MAX = 300, KEY_LINE_MAX = 3000 /* without its end */ };

/* Who has signed a key. */
struct key_line_signer {
	struct span fingerprint; /* of the certificate, in digits */
	struct span user_id;     /* any text */
};

/* Writes the user's options, those that the key brought, the key, and in place of its own comment
 *
 *   inki-FINGERPRINT-USER_ID
 *
 * of letters, digits and -._@ alone, so that nobody who uses the comment is surprised. Returns KEY_FILE_OPTION or
 * POLICY_OPTION… with the name of the option in *detail, or KEY_FILE_LINE; then nothing is written. The writer has room
 * for KEY_LINE_MAX + 1 bytes. */
enum status key_line_write(struct writer *writer, const struct config_user *user, const struct ssh_key *key,
                           const struct key_line_signer *signer, struct writer *detail);

/* Is it the first line of a file that was written so? */
bool key_line_is_ours(struct span line);

/* May the options stand in front of a key in such a file? If not, the first that may not is in *option. */
bool key_line_takes_options(struct span options, struct ssh_option *option);

#endif
