/* What the keeper does (keeper.h), in the process that the helper has made for it.
 *
 * It opens the folder, confines itself to it (confinement.h), and answers each message of the helper's (message.h) with
 * FILE_NEXT; the first one, with no serial, tells that it has begun. Between messages it tries to remove what it could
 * not at its start. It ends when the helper closes its end of the line, or is gone: then the files go, too, unless
 * CONFIG was the last message, which says that another keeper goes on with them. */
#ifndef INKI_SERVER_KEEPER_PROCESS_H
#define INKI_SERVER_KEEPER_PROCESS_H

#include "server/memory.h"

struct keeper_process {
	const struct memory *memory;
	const struct config *config;
	bool goes_on;    /* as for key_files_start() */
	bool has_failed; /* another one has, to open the folder, as the log was told */
	int log;         /* as for log_confine() */
	int line;        /* to the helper */
};

/* Exit codes, beside 0 for one that has done what it was told. */
enum {
	KEEPER_NOT_CONFINED = 2, /* and has done nothing */
	KEEPER_NO_FOLDER,        /* there is none, or it will not do */
};

_Noreturn void keeper_process_run(const struct keeper_process *own);

#endif
