/* What --check-config prints: the configuration as it was understood, the keyrings, and the memory budget. */
#ifndef INKI_SERVER_SUMMARY_H
#define INKI_SERVER_SUMMARY_H

#include "core/config.h"

/* Prints it to standard output. now: when keys are to sign. Returns the command's exit code. */
int summary_print(const struct config *config, int64_t now);

#endif
