/* The server's configuration after it was read and found right: what the pure rooms know of it.
 *
 * Everything hangs in the settings arena of whoever read it (conf/), and does not change until the next reload.
 */
#ifndef INKI_CORE_CONFIG_H
#define INKI_CORE_CONFIG_H

#include "base/kconfig.h"
#include "base/span.h"
#include "pgp/keyring.h"
#include "ssh/key.h"

enum {
	USER_NAME_SIZE_MAX = 64, /* bytes in a user's name */
	HOST_NAME_SIZE_MAX = 255,
	SOCKET_PATH_SIZE_MAX = 107, /* what fits into sun_path with its terminator */
};

/* What a listener's callers may do. */
enum config_access { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_ALL = 3 };

/* What is asked of a user's requests and keys. */
struct config_policy {
	int64_t max_lifetime; /* seconds from the signature's creation to the key's end */
	unsigned signatures;  /* how many different certificates of the keyring must have signed */
	bool bind_host;       /* must a request name this host? */
	uint32_t key_types;   /* a bit 1 << type for each enum ssh_key_type that is allowed */
	unsigned min_rsa_bits;
	unsigned max_keys; /* live keys */
};

struct config_user {
	struct span name;
	struct config_policy policy;
	struct pgp_keyring keyring;
};

struct config_listener {
	struct span address; /* a numeric IPv4 or IPv6 address without brackets; empty for a Unix socket */
	uint16_t port;       /* 0: the system chooses one */
	struct span socket;  /* the path of a Unix socket; empty for TCP */
	unsigned mode;       /* permissions of the Unix socket */
	enum config_access access;
	bool optional; /* the [::] half of "port:": a system without IPv6 goes on without it */
};

enum config_log_target { LOG_TO_STDERR, LOG_TO_SYSLOG };
enum config_log_level { LOG_FROM_ERROR, LOG_FROM_WARN, LOG_FROM_INFO, LOG_FROM_DEBUG };

struct config {
	struct span host;         /* this host's name in signed requests */
	struct span run_as;       /* the user that a server started by root becomes; empty: the usual one */
	bool require_confinement; /* end rather than serve without all walls */
	int64_t max_request_age; /* seconds */
	enum config_log_target log_target;
	enum config_log_level log_level;
	struct config_listener listeners[CONFIG_LISTENERS];
	size_t listener_count;
	struct config_user *users; /* in order of appearance; names are unique */
	size_t user_count;
};

/* The index of the user of that name, or user_count if there is none. */
size_t config_find_user(const struct config *config, struct span name);

#endif
