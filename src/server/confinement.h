/* The walls around the server at work (host/confine.h), as the configuration wants them. */
#ifndef INKI_SERVER_CONFINEMENT_H
#define INKI_SERVER_CONFINEMENT_H

#include "base/writer.h"
#include "core/config.h"
#include "host/account.h"

enum { CONFINEMENT_LINE_MAX = 1024 };

/* Whom a server started by root becomes: run_as; else inki, or nobody, whoever of them exists first. Not started by
 * root, it stays who it is. False if run_as asks for what cannot be; *error has one line that says why. */
bool confinement_choose_account(const struct config *config, struct account *account, struct writer *error);

/* Puts up the walls around this process, for ever, and writes in one line which stand, and which do not and why. False
 * if one is missing and the configuration requires all, or if it is still root and should not be. */
bool confinement_enter(const struct config *config, const struct account *account, struct writer *line);

/* The same around the process that keeps the files of keys, in that folder, which is open. */
bool confinement_enter_folder(const struct config *config, int folder, struct writer *line);

/* Each of the two, but in a process of its own, which ends then: writes the line that the log would get at a start, and
 * returns whether a server would serve. */
bool confinement_try(const struct config *config, struct writer *line);
bool confinement_try_folder(const struct config *config, struct writer *line);

#endif
