/* The options in front of a key in authorized_keys (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"): names with commas between
 * them, of any case, some with a value in double quotes in which \" stands for a quote:
 *
 *   restrict,pty,from="10.0.0.0/8",command="echo \"hello\"" ssh-ed25519 AAAA...
 *
 * What sshd makes of them: of pty and no-pty, restrict and no-pty and the like the later one wins; a line with two
 * command= or two from= lets nobody in; of several expiry-time= the earliest counts. So options that can only take
 * something away narrow any list that they are put behind, unless the list has the same command= or from= already.
 *
 * A list is kept as text in its canonical form, names in lower case but for X11 (a value has one form only).
 */
#ifndef INKI_SSH_OPTIONS_H
#define INKI_SSH_OPTIONS_H

#include "base/span.h"
#include "base/status.h"
#include "base/writer.h"

enum ssh_option_name {
	SSH_OPTION_RESTRICT,
	SSH_OPTION_NO_AGENT_FORWARDING,
	SSH_OPTION_NO_PORT_FORWARDING,
	SSH_OPTION_NO_PTY,
	SSH_OPTION_NO_USER_RC,
	SSH_OPTION_NO_X11_FORWARDING,
	SSH_OPTION_TOUCH_REQUIRED,
	SSH_OPTION_VERIFY_REQUIRED,
	SSH_OPTION_COMMAND,
	SSH_OPTION_FROM,
	SSH_OPTION_EXPIRY_TIME,
	/* those above only take something away */
	SSH_OPTION_AGENT_FORWARDING,
	SSH_OPTION_PORT_FORWARDING,
	SSH_OPTION_PTY,
	SSH_OPTION_USER_RC,
	SSH_OPTION_X11_FORWARDING,
	SSH_OPTION_NO_TOUCH_REQUIRED,
	SSH_OPTION_NO_VERIFY_REQUIRED,
	SSH_OPTION_ENVIRONMENT,
	SSH_OPTION_PERMITOPEN,
	SSH_OPTION_PERMITLISTEN,
	SSH_OPTION_TUNNEL,
	/* and these make the key one that signs certificates */
	SSH_OPTION_CERT_AUTHORITY,
	SSH_OPTION_PRINCIPALS,
	SSH_OPTION_COUNT
};

struct ssh_option {
	enum ssh_option_name name;
	struct span value; /* as it stands between the quotes; empty for one that has none */
};

/* The canonical name, e.g. "no-X11-forwarding". */
const char *ssh_option_text(enum ssh_option_name name);

/* Finds the option of that name, in any case; false if there is none. */
bool ssh_option_find(struct span name, enum ssh_option_name *option);

/* Does it only take something away, whatever stands in front of it? */
bool ssh_option_narrows(enum ssh_option_name name);

/* Does dropbear (2022.83 and later) know the option too, and take it in the sense of sshd? */
bool ssh_option_is_dropbears(const struct ssh_option *option);

/* Does sshd refuse a line that has it twice? */
bool ssh_option_is_single(enum ssh_option_name name);

/* The size of what stands in front of the first blank that is in no quotes: as sshd finds the end of a line's options.
 */
size_t ssh_options_measure(struct span line);

/* Reads a list (no blanks around it; the empty text is the list of none) and writes its canonical form, which is as
 * long, to room; *options is that. Where it fails, *options is the one that was wrong, as far as it goes, in text.
 *   SSH_OPTION_SYNTAX, SSH_OPTION_UNKNOWN, SSH_OPTION_VALUE (missing, out of place, or one that sshd would not take),
 *   SSH_OPTION_TWICE, SSH_OPTION_AUTHORITY (those two are known, and never taken), ARENA_FULL. */
enum status ssh_options_read(struct span text, struct writer *room, struct span *options);

/* Takes the first option off a canonical list; false at its end. */
bool ssh_options_take(struct span *options, struct ssh_option *option);

/* Is the option of that name in a canonical list? */
bool ssh_options_have(struct span options, enum ssh_option_name name);

#endif
