/* Removes the files of keys in a folder that no keeper works in any more (keeper.h), in a process of its own: it goes
 * on where the disk does not answer, or cannot be written, also when inki has ended. With the helper's rights, it may
 * do what a keeper, which has no capabilities, may not. */
#ifndef INKI_SERVER_KEEPER_CLEARING_H
#define INKI_SERVER_KEEPER_CLEARING_H

#include "base/span.h"

/* Of the configuration it takes the path of the folder only, which must not be in there: the configuration is not there
 * for long. Where the keeper has not ended, as it waits for its disk, its process is old, else 0: what that was at
 * comes first. */
_Noreturn void keeper_clearing_run(struct span folder, int old);

#endif
