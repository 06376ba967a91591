/* The fixed slots that connections live in, and who gives way when they are all taken.
 *
 * The slot that was given back last is taken first, so that memory which no connection ever needed is never touched.
 * TCP connections cannot take the last quarter of the slots: sshd, which asks over a Unix socket, always finds one.
 */
#ifndef INKI_SERVER_SLOTS_H
#define INKI_SERVER_SLOTS_H

#include "server/conn.h"
#include "tls/tls.h"

enum { SLOTS_RESERVE = CONFIG_CONNECTIONS >= 4 ? CONFIG_CONNECTIONS / 4 : 1 };

struct listener;

struct slot {
	bool is_taken;
	bool is_local; /* a Unix socket's */
	int64_t uid;   /* and who is at its other end, as the kernel says; -1: it does not */
	int descriptor;
	const struct listener *listener; /* whom it came to */
	unsigned interest;               /* what the poll set watches it for */
	unsigned ticket;                 /* of the check it waits for (server/checks.h); 0: none */
	struct slot *next;               /* private */
	struct tls *tls; /* the records between socket and conn; NULL: there are none, or none any more */
	bool has_begun;  /* records have come */
	size_t sealed;   /* bytes of conn's output in the records that are being sent */
	struct conn conn;
};

struct slots {
	struct slot *array; /* CONFIG_CONNECTIONS of them */
	size_t touched;     /* the slots from here on were never taken */
	size_t taken, taken_by_tcp;
	struct slot *free; /* private: those that were given back */
};

/* All slots are free. array is zeroed and outlives slots. */
struct slots slots_of(struct slot *array);

/* Takes a free slot; NULL if a connection of this kind cannot have one. */
struct slot *slots_take(struct slots *slots, bool is_local);

/* Who gives way to such a connection: of those that wait for a request, else of those that are at their TLS handshake,
 * else of those that linger after an error,
 * else of those that are reading a head, else a body, the one that has done so for longest; else of those that are
 * being answered the one that has taken nothing of its answer for longest; else the one whose check runs for longest.
 * NULL if there is none of its kind. */
struct slot *slots_find_victim(const struct slots *slots, bool is_local);

void slots_give_back(struct slots *slots, struct slot *slot);

#endif
