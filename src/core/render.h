/* Keys and errors as they leave the server: written anew from what is known, never copied from what came. */
#ifndef INKI_CORE_RENDER_H
#define INKI_CORE_RENDER_H

#include "core/api.h"

/* One key as a JSON object (CONTRACT 2). */
void render_key(struct writer *writer, const struct config *config, const struct table_key *key);

/* One key as a line for sshd: the options of the user's policy, and the line of the key, which begins with those that
 * it brought. There is nothing for a key whose options do not go with the policy (any more). */
void render_authorized_key(struct writer *writer, const struct config_policy *policy, struct span line,
                           struct span options);

/* {"code":…,"error":"…","message":"…"}: the words for the client, with the detail (if any) behind a colon. */
void render_error(struct writer *writer, enum status status, struct span detail);

#endif
