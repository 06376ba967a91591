/* The system calls that a server at work makes; any other one ends it at once. */
#ifndef INKI_HOST_CALL_FILTER_H
#define INKI_HOST_CALL_FILTER_H

/* Installs the filter (seccomp) for this process; needs no_new_privs. Returns NULL, or the words of a sentence: why it
 * does not work. */
const char *call_filter_install(void);

#endif
