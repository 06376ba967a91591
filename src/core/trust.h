/* Who let a key in must still be trusted as long as it is in: each live key is judged again under a new configuration,
 * and when the right of one of its signers to sign ends. */
#ifndef INKI_CORE_TRUST_H
#define INKI_CORE_TRUST_H

#include "core/api.h"

struct trust {
	enum status status; /* STATUS_OK, or why it may not stay: the first reason that was found against a signer */
	int64_t until;      /* where it may stay: no reason to judge it again before that */
};

/* May a key that is in the table stay, by this user's keyring and the number of signatures that he needs? */
struct trust trust_judge(const struct config_user *user, const struct table_key *key, int64_t now);

/* Notes that a key came in, so that trust_sweep() knows when to look. */
void trust_note(struct app *app, const struct table_key *key, int64_t now);

/* Throws out the keys whose signers' right has ended, as long as the journal has room for their lines: see
 * api_next_sweep(). */
void trust_sweep(struct app *app, int64_t now);

/* Takes over a new configuration: keys whose user is gone, or whose signers are not trusted by it, are thrown out.
 * False while there are more lines than the journal has room for: empty it and call again. app->config changes with the
 * last call; then the old one is not needed any more. */
bool trust_adopt(struct app *app, const struct config *config, int64_t now);

#endif
