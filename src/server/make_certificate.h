/* "inki server --make-cert": a self-signed certificate for a device. */
#ifndef INKI_SERVER_MAKE_CERTIFICATE_H
#define INKI_SERVER_MAKE_CERTIFICATE_H

#include "base/options.h"
#include "core/config.h"

/* Makes it for these hosts (if there are none, for the configuration's and localhost) in the files that the
 * configuration's tls names, none of which may be there, and prints what it has made. Returns the exit code. */
int make_certificate(const struct config *config, const struct option_list *hosts);

#endif
