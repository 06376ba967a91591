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
#include "ssh/options.h"

enum {
	USER_NAME_SIZE_MAX = 64, /* bytes in a user's name */
	HOST_NAME_SIZE_MAX = 255,
	POLICY_OPTIONS_SIZE_MAX = 1024,
	SOCKET_PATH_SIZE_MAX = 107, /* what fits into sun_path with its terminator */
};

/* What a listener's callers may do. */
enum config_access { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_ALL = 3 };

/* What a check is asked about. */
enum config_check_action { CHECK_ADD, CHECK_REMOVE, CHECK_SERVE, CHECK_ACTION_COUNT };

enum { CHECK_NAME_SIZE_MAX = 32, CHECKS_MAX = 32 /* as many as there are bits */ };

/* A program of the host that has a say. */
struct config_check {
	struct span name;
	const char *const *command; /* the path of the program, its arguments, NULL */
	int64_t timeout;            /* seconds */
	int64_t cache;              /* for how many seconds an answer about serving holds; 0: each time anew */
	uint32_t actions;           /* a bit 1 << action for each enum config_check_action */
};

/* What is asked of a user's requests and keys. */
struct config_policy {
	int64_t max_lifetime; /* seconds from the signature's creation to the key's end */
	unsigned signatures;  /* how many different certificates of the keyring must have signed */
	bool bind_host;       /* must a request name this host? */
	uint32_t key_types;   /* a bit 1 << type for each enum ssh_key_type that is allowed */
	unsigned min_rsa_bits;
	unsigned max_keys;      /* live keys */
	struct span options;    /* put in front of every line that is served: a canonical list (ssh/options.h) */
	uint32_t allow_options; /* a bit 1 << name for each enum ssh_option_name that a signed key may bring itself */
	uint32_t checks;        /* a bit 1 << index for each of the configuration's checks that must allow it */
};

/* How many failed requests are taken from one source of the network: so many at once, and so many a minute then. Both
 * are 0: as many as there come. */
struct config_failures {
	unsigned burst, per_minute;
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
	bool has_tls;
	bool shows_events; /* to whoever may read */
	bool optional;     /* the [::] half of "port:": a system without IPv6 goes on without it */
};

/* A certificate with its key, as tls/identity.h knows it. */
struct tls_identity;

enum config_log_target { LOG_TO_STDERR, LOG_TO_SYSLOG };
enum config_log_level { LOG_FROM_ERROR, LOG_FROM_WARN, LOG_FROM_INFO, LOG_FROM_DEBUG };

struct config {
	struct span host;         /* this host's name in signed requests */
	struct span run_as;       /* the user that a server started by root becomes; empty: the usual one */
	bool require_confinement; /* end rather than serve without all walls */
	int64_t max_request_age;  /* seconds */
	bool clock_is_signed;     /* while the system's clock is not set, the newest signature tells the time */
	struct config_failures failures;
	enum config_log_target log_target;
	enum config_log_level log_level;
	struct config_listener listeners[CONFIG_LISTENERS];
	size_t listener_count;
	struct span tls_certificate, tls_key; /* paths of files; empty where there is no tls */
	const struct tls_identity *tls;       /* what is in them; NULL if there is none */
	struct span export_folder;            /* of the files of keys; empty: there are none */
	const struct config_check *checks;    /* in order of appearance; names are unique */
	size_t check_count;
	struct config_user *users; /* in order of appearance; names are unique */
	size_t user_count;
	size_t size; /* bytes of the settings arena that all of this takes */
};

/* Which checks are asked about that, in the form of config_policy.checks. */
uint32_t config_checks_for(const struct config *config, const struct config_user *user,
                           enum config_check_action action);

/* The index of the user of that name, or user_count if there is none. */
size_t config_find_user(const struct config *config, struct span name);

#endif
