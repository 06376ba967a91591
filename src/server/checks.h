/* The checks under way, as the server sees them: who waits for which. Each takes one of a fixed number of places.
 * Questions over TCP for keys that sshd is to be served, which anybody can ask, take at most half of them. The last
 * place is for such questions over a Unix socket only, from somebody who has no other: that may be sshd, and no other
 * user of the host can keep it from there. (Root can have it in any case.) */
#ifndef INKI_SERVER_CHECKS_H
#define INKI_SERVER_CHECKS_H

#include "core/check.h"
#include "server/message.h"
#include "server/slots.h"

struct loop;

enum {
	CHECKS_KEPT = 1, /* places that are kept for sshd */
	CHECKS_SERVING_MAX = CONFIG_CHECKS_AT_ONCE / 2,
};

struct checks {
	struct checks_place {
		uint32_t serial;   /* of the question; 0: free */
		struct slot *slot; /* NULL: nobody waits any more, but the program is not gone yet */
		bool is_local;     /* it came over a Unix socket, */
		int64_t uid;       /* and whose it is: see struct slot */
		int64_t since;     /* monotonic */
		struct check_subject subject;
	} places[CONFIG_CHECKS_AT_ONCE];
	uint32_t serial;
	bool is_closed;
};

/* To be called after each conn_run(): if a question came of it, the helper is asked; or if it cannot be, the connection
 * is answered so. */
void checks_ask(struct loop *loop, struct slot *slot);

/* The helper's answer: who waits for it goes on. */
void checks_answer(struct loop *loop, const struct message *message);

/* The slot does not wait any more: the program is killed. */
void checks_cancel(struct loop *loop, struct slot *slot);

/* Nothing will come of any of them: all who wait are answered status, and so is, as CHECK_BUSY, who comes until
 * checks.is_closed is taken back. */
void checks_drop(struct loop *loop, enum status status);

#endif
