/* Sockets once they are connected. None of these calls waits, but net_wait(); EINTR and EAGAIN end here. */
#ifndef INKI_HOST_NET_H
#define INKI_HOST_NET_H

#include "base/address.h"

enum net_io {
	NET_MOVED,  /* some bytes went through */
	NET_LATER,  /* none can, for now */
	NET_ENDED,  /* reading: the peer sends nothing more */
	NET_BROKEN, /* the connection is no more */
};

/* Reads into, or writes from, size bytes at data (at least one); *moved is how many it were. */
enum net_io net_read(int descriptor, uint8_t *data, size_t size, size_t *moved);
enum net_io net_write(int descriptor, struct span data, size_t *moved);

/* The same with something that more follows at once: the system may keep it back until then, to fill its packets. */
enum net_io net_write_part(int descriptor, struct span data, size_t *moved);

/* Tells the peer that nothing more comes; may be repeated. */
void net_end_writing(int descriptor);

void net_close(int descriptor);

/* Waits until the socket can be read from (or written to), or is broken; false when the clock_monotonic() time until
 * has come. */
bool net_wait(int descriptor, bool to_write, int64_t until);

enum { NET_NAME_MAX = ADDRESS_TEXT_MAX + 8 };

struct net_peer {
	bool is_local;  /* connected over a Unix socket */
	bool knows_uid; /* and the kernel has told who connected: */
	uint32_t uid;
	uint64_t source;            /* unless it is local: whom limits count it as (see base/address.h) */
	uint8_t name[NET_NAME_MAX]; /* an address without its port, or unix:uid:0 */
	size_t name_size;
};

/* Takes the next connection, which does not block. Returns its descriptor, NET_NOBODY if there is none, or
 * NET_NO_ROOM if the system lacks descriptors or memory: then it stays in the queue, so wait a while. */
enum { NET_NOBODY = -1, NET_NO_ROOM = -2 };
int net_accept(int listener, struct net_peer *peer);

/* The system's host name; empty if it has none that fits into size bytes at room. */
struct span net_host_name(char *room, size_t size);

/* Makes room for count open descriptors; false if the system's limit is lower. */
bool net_allow_descriptors(size_t count);

#endif
