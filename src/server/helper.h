/* The helper: the process that was started, keeps what privileges it has, and never sees the network.
 *
 * It has the signals, whose wishes it carries out: TERM and INT end both processes, HUP reads the configuration anew.
 * Its exit code is the service's: that of the server, or 1 if that was killed. */
#ifndef INKI_SERVER_HELPER_H
#define INKI_SERVER_HELPER_H

#include "server/keeper.h"
#include "server/listeners.h"
#include "server/memory.h"
#include "server/runner.h"
#include "server/settings.h"

struct helper {
	/* readied by the caller: */
	const struct memory *memory; /* .settings[0] holds the configuration in force */
	const struct settings_source *source;
	struct keeper *keeper;       /* of the files of keys; its log is readied */
	struct listeners *listeners; /* they are closed here, but their files are the helper's to remove */
	int channel;                 /* to the server */
	int log;                     /* what the server has for syslog comes in here, a line at a time */
	int signals;                 /* of signal_open(), with children */
	int server;                  /* its process */
	/* private */
	int poll;
	int ours[4];         /* what is open here, and no process's that is started */
	unsigned in_force;   /* the number of the arena */
	bool is_told, again; /* the server has not taken the new one yet; and then it is to be read once more */
	struct runner runner;
	uint32_t lost_lines; /* of the server's for syslog, that it has not been told of, */
	bool is_counting;    /* as it has not answered yet when it was told of others */
	bool is_ending;      /* from somebody's order, or because the server is gone */
	int64_t end_by;      /* monotonic: then the server is killed; 0: it may live */
	bool has_forgotten;  /* the files of its sockets and of keys */
	bool has_lost_files; /* of keys, and the server has not been told yet */
	bool has_ended;      /* the server has, */
	int exit_code;       /* and this is what came of it */
};

/* Runs until the server has ended; returns the exit code. */
int helper_run(struct helper *helper);

#endif
