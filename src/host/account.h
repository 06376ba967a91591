/* The system's users, as far as a program that becomes one of them must know them. */
#ifndef INKI_HOST_ACCOUNT_H
#define INKI_HOST_ACCOUNT_H

#include "base/span.h"

struct account {
	uint32_t user, group;
};

/* Finds a user by his name in /etc/passwd, or by his number. A number that is not there has the group of the same
 * number. False if there is no such user. */
bool account_find(struct span name, struct account *account);

/* The user that this process runs as. */
struct account account_current(void);

#endif
