/* Where a server is, as a person writes it. */
#ifndef INKI_CLIENT_WHERE_H
#define INKI_CLIENT_WHERE_H

#include "base/span.h"

enum {
	WHERE_PORT = 3000,    /* inki's own, for a host without "http://" */
	WHERE_PORT_HTTP = 80, /* for http://host, as everywhere */
	WHERE_PORT_HTTPS = 443,
};

struct where {
	struct span socket; /* the path of a Unix socket; empty for TCP */
	bool is_tls;
	struct span user; /* of user@host; may be empty */
	struct span host; /* a name, or a numeric address without brackets: letters, digits, and some of ".-_:" */
	uint16_t port;
	const char *cacert, *pins; /* of --cacert and --pinnedpubkey, which come beside; NULL: they are not there */
};

/* The two rows in the table of a command's options, and what they set. */
struct where_options {
	const char *cacert, *pins;
};

#define WHERE_OPTIONS(owner, member) \
	{ 0, \
	  "cacert", \
	  OPTION_VALUE, \
	  offsetof(owner, member.cacert), \
	  "FILE", \
	  "for https://: the certificates that may vouch for the server's, in\nPEM (else the system's)" }, \
	{ \
		0, "pinnedpubkey", OPTION_VALUE, offsetof(owner, member.pins), "PINS", \
			"for https://: the server's key is one of these, sha256//BASE64 with\n; between; without " \
			"--cacert that is enough, " \
			"whoever signed it" \
	}

/* Reads unix:/path, /path, or [http[s]://][user@]host[:port][/], where an IPv6 address as host stands in brackets.
 * Returns false with the words of a sentence in *why_not for anything else. Spans point into text. */
bool where_read(struct span text, struct where *where, const char **why_not);

#endif
