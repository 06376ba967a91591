/* The checks of a user: programs of the host that must all allow what is asked. The core only knows which one is to be
 * asked next; who runs it and waits is not its concern: api_handle() says "ask", and is called again with the answer.
 */
#ifndef INKI_CORE_CHECK_H
#define INKI_CORE_CHECK_H

#include "core/api.h"

/* What is to be done with which key (its SHA-256; NULL: with none in particular)? Returns STATUS_OK if no check need be
 * asked about it, all have allowed it, or their answers still hold; CHECK_ASKED, with app->question and app->asked
 * begun, if one is to be asked; else what the request's verdict says against it, with *detail to stand behind it. */
enum status check_judge(struct app *app, const struct api_request *request, size_t user,
                        enum config_check_action action, const uint8_t *sha256, int64_t now, struct span *detail);

/* Remembers an answer for as long as the settings of the check say. */
void check_remember(struct app *app, const struct check_subject *subject, bool is_allowed, int64_t now);

/* Forgets all answers: the configuration is another one. */
void check_forget(struct app *app);

#endif
