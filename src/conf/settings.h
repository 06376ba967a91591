/* The configuration while it is being read, and the parts of its schema.
 *
 * Keys come in any order, so what depends on two of them (a user's policy on the defaults, the listeners on port) is
 * settled by the …_settle functions, once the whole file was read.
 */
#ifndef INKI_CONF_SETTINGS_H
#define INKI_CONF_SETTINGS_H

#include "conf/reader.h"

/* What is remembered of a user until his policy is settled. */
struct conf_user_note {
	struct conf_place place;
	uint32_t seen; /* which keys he has of his own: see conf_read_mapping() */
};

struct conf_port {
	unsigned number; /* 0: there is no port in the file */
	struct conf_place place;
};

struct conf_path {
	struct span path;
	struct conf_place place;
};

struct conf_tls {
	struct conf_path certificate, key;
	struct conf_place listener; /* of one with tls: true */
};

struct conf_settings {
	struct config config;
	struct config_user defaults; /* a user without a name whose policy is everybody's */
	struct conf_user_note notes[CONFIG_USERS];
	struct conf_port port;
	bool has_listen;
	struct conf_tls tls;
	struct conf_path export;
};

/* user.c: both fill a struct conf_settings. */
extern const struct conf_type conf_defaults_type;
extern const struct conf_type conf_users_type;

/* The policy that a file without defaults has. */
extern const struct config_policy conf_default_policy;

/* Gives each user what he has not of his own from the defaults. */
bool conf_users_settle(struct conf_reader *reader, struct conf_settings *settings);

/* listen.c: the first fills a struct conf_settings, the second a struct conf_port. */
extern const struct conf_type conf_listen_type;
extern const struct conf_type conf_port_type;

/* tls.c: fills a struct conf_tls. */
extern const struct conf_type conf_tls_type;

/* export.c: fills a struct conf_path. */
extern const struct conf_type conf_export_type;

/* Each user's keys must be such that they can stand in a file. */
bool conf_export_settle(struct conf_reader *reader, struct conf_settings *settings);

/* Reads the certificate and its key. */
bool conf_tls_settle(struct conf_reader *reader, struct conf_settings *settings);

/* Adds the listeners that port stands for. */
bool conf_listeners_settle(struct conf_reader *reader, struct conf_settings *settings);

/* check.c: the checks by name, whether it was users or "checks" that named them first. */
struct conf_checks {
	struct config_check *array; /* CHECKS_MAX of them, in the arena */
	struct conf_place places[CHECKS_MAX];
	uint32_t defined; /* a bit for each that is described, and not only named */
	size_t count;
};

extern const struct conf_type conf_checks_type;

/* A list of names of checks, into a config_policy.checks. */
extern const struct conf_type conf_check_names_type;

/* Each that is named must be described; and nobody's checks may take longer than his requests are taken. */
bool conf_checks_settle(struct conf_reader *reader, struct conf_settings *settings);

#endif
