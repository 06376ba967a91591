/* What time it is, for all that is judged: the system's clock, which anybody may set who is root there, and which may
 * stand in 1970 after a start, until a time server has been asked.
 *
 * A clock before the day of the release is not set. Then no request to add is taken, unless the configuration says
 * clock: signed: then the time is that of the newest signature that was taken, counted on by uptime, and a right
 * signature that is newer still is believed. A request to remove is taken in any case, at the time that it tells: the
 * order of signatures decides then.
 */
#ifndef INKI_CORE_NOW_H
#define INKI_CORE_NOW_H

#include "core/api.h"
#include "core/request.h"
#include "pgp/message.h"

/* The time that all is judged by while the system's clock shows wall. */
int64_t now_find(const struct app *app, int64_t wall);

/* The time by which a request is judged, in *now, that was now_find()'s. STATUS_OK, or CLOCK_NOT_SET. */
enum status now_admit(const struct app *app, const struct pgp_message *message, enum request_action action,
                      int64_t *now);

#endif
