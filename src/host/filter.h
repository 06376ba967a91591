/* A program of the user's, as a filter: it is fed, what it writes is kept, and it talks to the user meanwhile. */
#ifndef INKI_HOST_FILTER_H
#define INKI_HOST_FILTER_H

#include "base/writer.h"

/* Runs the program words[0], found in PATH, with the arguments in words, of which the last is NULL. It reads input as
 * its standard input; what it writes to standard output goes to output; its standard error and its terminal are ours.
 * Waits for its end, for as long as that takes: it may ask a person. Returns true if its exit code was 0 and output has
 * room for all that it wrote; else false, with the rest of a sentence about it in *why_not. (SIGPIPE must be ignored.)
 */
bool filter_run(const char *const *words, struct span input, struct writer *output, const char **why_not);

#endif
