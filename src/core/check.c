#include "core/check.h"

#include <string.h>

static struct check_memory *memory_of(struct app *app, const struct check_subject *subject)
{
	return &app->check_memories[(subject->user * CHECKS_MAX + subject->check + subject->sha256[0]) %
	                            CHECK_MEMORIES];
}

static bool is_same(const struct check_subject *a, const struct check_subject *b)
{
	return a->user == b->user && a->check == b->check && a->action == b->action && a->has_key == b->has_key &&
	       memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0;
}

/* Is there an answer that still holds? (Not when the clock was set back since.) */
static bool recall(struct app *app, const struct check_subject *subject, int64_t now, bool *is_allowed)
{
	const struct check_memory *memory = memory_of(app, subject);

	*is_allowed = memory->is_allowed;
	return memory->since <= now && now < memory->until && is_same(&memory->subject, subject);
}

void check_remember(struct app *app, const struct check_subject *subject, bool is_allowed, int64_t now)
{
	const int64_t cache = app->config->checks[subject->check].cache;

	if (IS_ENABLED(CONFIG_CHECKS) && subject->action == CHECK_SERVE && cache > 0)
		*memory_of(app, subject) = (struct check_memory){ *subject, is_allowed, now, now + cache };
}

void check_forget(struct app *app)
{
	memset(app->check_memories, 0, sizeof(app->check_memories));
}

static enum status begin_question(struct app *app, const struct check_subject *subject)
{
	if (!app->question)
		return STATUS_CHECK_BUSY;
	app->asked = *subject;
	*app->question = (struct question){
		.user = subject->user,
		.check = subject->check,
		.action = subject->action,
	};
	return STATUS_CHECK_ASKED;
}

enum status check_judge(struct app *app, const struct api_request *request, size_t user,
                        enum config_check_action action, const uint8_t *sha256, int64_t now, struct span *detail)
{
	uint32_t missing = config_checks_for(app->config, &app->config->users[user], action) &
	                   ~request->verdict.allowed;
	struct check_subject subject = { .user = (uint32_t)user, .action = action, .has_key = sha256 };
	bool is_allowed;

	if (!IS_ENABLED(CONFIG_CHECKS) || missing == 0)
		return STATUS_OK;
	if (request->verdict.status != STATUS_OK) {
		*detail = request->verdict.detail;
		return request->verdict.status;
	}
	if (sha256)
		memcpy(subject.sha256, sha256, sizeof(subject.sha256));
	for (; subject.check < app->config->check_count; subject.check++) {
		if (!(missing >> subject.check & 1))
			continue;
		if (!recall(app, &subject, now, &is_allowed))
			return begin_question(app, &subject);
		if (!is_allowed)
			return STATUS_CHECK_REFUSED;
	}
	return STATUS_OK;
}
