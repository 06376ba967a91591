/* What sshd takes as the values of options in front of a key; each function is given what stands between the quotes,
 * which is not empty. A value that sshd does not take makes it pass over the line. */
#ifndef INKI_SSH_OPTION_VALUE_H
#define INKI_SSH_OPTION_VALUE_H

#include "base/span.h"

/* command=: any text. */
bool option_value_is_text(struct span value);

/* from=: patterns with commas between them. */
bool option_value_is_patterns(struct span value);

/* expiry-time=: YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, and perhaps Z. */
bool option_value_is_time(struct span value);

/* environment=: NAME=value. */
bool option_value_is_variable(struct span value);

/* permitopen=: host:port; the port may be *. permitlisten=: the host may be missing. */
bool option_value_is_host_and_port(struct span value);
bool option_value_is_port_or_both(struct span value);

/* tunnel=: a number, or any. */
bool option_value_is_tunnel(struct span value);

#endif
