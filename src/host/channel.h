/* The line between two processes of ours: a pair of sockets that keeps messages whole and in order. No call waits. */
#ifndef INKI_HOST_CHANNEL_H
#define INKI_HOST_CHANNEL_H

#include "base/span.h"

/* Opens both ends; false if the system refuses. */
bool channel_open(int ends[static 2]);

/* Sends one message. False if the other end takes no more for now, or is gone. */
bool channel_send(int end, struct span message);

enum channel_taken {
	CHANNEL_MESSAGE,
	CHANNEL_NOTHING, /* for now */
	CHANNEL_ENDED,   /* the other process is gone */
};

/* Takes the next message into the room bytes at data; *size is how many it has: more than room where it did not fit. */
enum channel_taken channel_take(int end, void *data, size_t room, size_t *size);

#endif
