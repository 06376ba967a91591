/* The way of one signed request from its bytes into the table: split, read, verify, judge, commit. */
#ifndef INKI_CORE_SUBMIT_H
#define INKI_CORE_SUBMIT_H

#include "core/api.h"
#include "core/policy.h"
#include "core/request.h"
#include "pgp/message.h"

/* What became of it. */
struct submission {
	struct request request; /* as far as it could be read */
	struct span detail;     /* stands behind the words of the status, if anything: a limit, the name of a field */
	size_t user;            /* index in the configuration */
	struct pgp_verdict verdict;
	int64_t judged_at; /* the time that all was judged by (now.h) */
	int64_t first_at;  /* when the first of the signers signed: how old the request is, and when its key ends */
	int64_t signed_at; /* and when the last one did: what it comes before and after */
	bool replaces;     /* a live key, which would have ended at that time: */
	int64_t was;
	bool has_key;                                   /* an added or a removed key is in the next */
	struct table_key key;                           /* its spans last until the table's next change */
	struct table_signer signers[TABLE_SIGNERS_MAX]; /* of a key that was added */
};

/* Takes one request: its body is a signed message. must_remove refuses those that add (DELETE). Nothing has changed
 * unless the result is STATUS_OK. Everything that *submission points to lies in app->arena. The journal has a line for
 * what was done, or refused; none for CHECK_ASKED: then app->question is to be asked, and the request to come again. */
enum status submit_request(struct app *app, const struct api_request *request, bool must_remove, int64_t now,
                           struct submission *submission);

/* The signer of a key. */
struct table_signer submit_signer_of(const struct pgp_signer *from);

/* For how many seconds a signature must be remembered, so that no request that it has overtaken can still be taken; and
 * until when that is for one. */
int64_t submit_remember_time(const struct config *config);
int64_t submit_remember_until(const struct app *app, int64_t signed_at);

/* Removes a key because root on the host says so. KEY_NOT_FOUND if there is no such live key. */
enum status submit_local_removal(struct app *app, size_t user, enum ssh_fingerprint_kind kind,
                                 const struct ssh_fingerprint *fingerprint, struct span remote, int64_t now,
                                 struct table_key *removed);

#endif
