/* Which server a command talks to, as which user, and for how long it may take. */
#ifndef INKI_CLIENT_REACH_H
#define INKI_CLIENT_REACH_H

#include "client/fetch.h"

struct reach {
	struct where where;
	struct span user; /* UTF-8 without control characters, at most REQUEST_USERNAME_MAX bytes */
	int64_t time;     /* milliseconds for a whole exchange */
};

/* What the options of this name say in the help of each command. */
#define REACH_TIMEOUT_HELP "for the whole exchange (else 15s; 5s of it at most to connect)"
#define REACH_URL_NOTES \
	"URL is [http[s]://][USER@]HOST[:PORT] or unix:/path; else it is $INKI_SERVER, else " \
	"unix:/run/inki/inki.sock.\n" \
	"USER is the account on the host whose keys these are; else it is $USER.\n"

/* Finds that out from the URL and from the --timeout, either of which may be NULL, and from the environment. False with
 * the words in *why_not. */
bool reach_read(struct reach *reach, const char *url, const char *timeout, const struct where_options *options,
                const char **why_not);

/* The same, but a user is found only where the URL has one; else .user is empty. */
bool reach_read_server(struct reach *reach, const char *url, const char *timeout, const struct where_options *options,
                       const char **why_not);

/* The socket that is asked where nothing else is said. */
const char *reach_default(void);

/* Fills in where to, and from now on the time runs. */
void reach_begin(const struct reach *reach, struct fetch *fetch);

/* Writes "/api/v1/user/USER" and what follows it. */
void reach_write_target(struct writer *target, struct span user, const char *rest);

/* Says why a request was refused, what the server has said about it, and what to do next; fetch->body is the answer's,
 * whole. Returns TELL_FAILED. */
int reach_tell_refusal(const struct fetch *fetch);

#endif
