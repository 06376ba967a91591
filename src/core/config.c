#include "core/config.h"

size_t config_find_user(const struct config *config, struct span name)
{
	size_t user = 0;

	while (user < config->user_count && !span_equal(config->users[user].name, name))
		user++;
	return user;
}
