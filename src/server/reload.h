/* The server takes over a configuration that the helper has read. */
#ifndef INKI_SERVER_RELOAD_H
#define INKI_SERVER_RELOAD_H

#include "server/loop.h"

/* It lies in the settings arena of that number. Every stored key is judged by it; the helper is told when that is done.
 * False if it cannot be told: it still goes by the old configuration, whose users and checks have other numbers, so it
 * must not be asked anything any more. */
bool reload_take(struct loop *loop, uint32_t number);

/* The helper has found it wrong: nothing changes. */
void reload_note_refusal(struct loop *loop, struct span why);

#endif
