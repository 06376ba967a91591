#include "core/now.h"

static bool is_set(const struct app *app, int64_t wall)
{
	return wall >= app->released;
}

int64_t now_find(const struct app *app, int64_t wall)
{
	int64_t told;

	if (is_set(app, wall) || !app->config->clock_is_signed)
		return wall;
	told = table_signed_clock(app->table);
	return told > app->released ? told : app->released;
}

enum status now_admit(const struct app *app, const struct pgp_message *message, enum request_action action,
                      int64_t *now)
{
	int64_t claimed = message_newest_claim(message);

	if (app->clock_is_set)
		return STATUS_OK;
	if (action == REQUEST_ADD && !app->config->clock_is_signed)
		return STATUS_CLOCK_NOT_SET;
	if (claimed > *now && claimed < INT64_MAX)
		*now = claimed;
	return STATUS_OK;
}
