/* The system calls that a process at work makes; any other one ends it at once. */
#ifndef INKI_HOST_CALL_FILTER_H
#define INKI_HOST_CALL_FILTER_H

struct call_filter_work;

/* To serve on sockets that are open: no file, no new socket. */
extern const struct call_filter_work call_filter_server;

/* To keep files in a folder that is open, none of which runs as its owner: no socket. */
extern const struct call_filter_work call_filter_keeper;

/* Installs the filter (seccomp) for this process; needs no_new_privs. Returns NULL, or the words of a sentence: why it
 * does not work. */
const char *call_filter_install(const struct call_filter_work *work);

#endif
