/* The audit's events: one function for each. It writes the event's line (the fields are in the README, "The log"),
 * keeps it in the ring of events, and counts it for /metrics. */
#ifndef INKI_CORE_AUDIT_H
#define INKI_CORE_AUDIT_H

#include "core/submit.h"

/* The server serves; and: it ends. */
void audit_note_start(struct app *app, int64_t now);
void audit_note_stop(struct app *app, int64_t now);

/* The configuration was read again; where it was refused, error says why, and is empty else. dropped keys went, each
 * with a line of its own. */
void audit_note_reload(struct app *app, struct span error, size_t dropped, int64_t now);

/* A signed request and what became of it. status is STATUS_OK, or it was refused. */
void audit_note_request(struct app *app, const struct submission *submission, enum status status,
                        enum policy_effect effect, struct span remote, int64_t now);

/* A source has sent too many requests that failed, and is limited from now on. */
void audit_note_limit(struct app *app, struct span remote, int64_t now);

/* Root on the host has removed a key; and: somebody else wanted to. */
void audit_note_local_removal(struct app *app, const struct table_key *removed, struct span remote, int64_t now);
void audit_note_refused_removal(struct app *app, struct span user, enum status status, struct span remote, int64_t now);

/* A key's time was over. */
void audit_note_expiry(struct app *app, const struct table_key *expired, int64_t now);

/* A key was dropped because its signers (or its user) are not trusted any more: why. */
void audit_note_drop(struct app *app, const struct table_key *dropped, enum status why, int64_t now);

/* The user ID of a signer whom the keyring knows; else it is empty. */
struct span audit_find_user_id(const struct pgp_keyring *keyring, const struct table_signer *signer, int64_t now);

/* A user's keys were asked for to let somebody in; asked is the key in question, or NULL for all of them; so many
 * lines were handed out. sshd asks twice in a login, and anybody who can reach sshd makes it ask: of the same
 * question within AUDIT_SAME_TIME, and of more than AUDIT_SERVED_BURST in a row (one a second on the average), there is
 * no line; the next one says how many were skipped. */
enum { AUDIT_SAME_TIME = 10, AUDIT_SERVED_BURST = 60 };
void audit_note_served(struct app *app, struct span user, const struct ssh_fingerprint *asked, size_t lines,
                       struct span remote, int64_t now);

/* A check's answer. */
struct audit_check {
	struct span name, user;
	const struct ssh_fingerprint *fingerprint; /* of the key in question; NULL: none */
	const char *action;                        /* add, remove or serve */
	bool allowed;
	struct span message;   /* its first line on standard error, or what went wrong with it; may be empty */
	uint64_t milliseconds; /* that it took */
	struct span remote;
};

void audit_note_check(struct app *app, const struct audit_check *check, int64_t now);

#endif
