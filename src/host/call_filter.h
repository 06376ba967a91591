/* The system calls that a process at work makes; any other one ends it at once. */
#ifndef INKI_HOST_CALL_FILTER_H
#define INKI_HOST_CALL_FILTER_H

enum call_filter_work {
	CALL_FILTER_SERVER, /* to serve on sockets that are open: no file, no new socket */
	CALL_FILTER_KEEPER, /* to keep files in a folder that is open, none of which runs as its owner: no socket */
};

/* Installs the filter (seccomp) for this process; needs no_new_privs. Returns NULL, or the words of a sentence: why it
 * does not work. */
const char *call_filter_install(enum call_filter_work work);

#endif
