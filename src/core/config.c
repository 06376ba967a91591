#include "core/config.h"

size_t config_find_user(const struct config *config, struct span name)
{
	size_t user = 0;

	while (user < config->user_count && !span_equal(config->users[user].name, name))
		user++;
	return user;
}

uint32_t config_checks_for(const struct config *config, const struct config_user *user, enum config_check_action action)
{
	uint32_t checks = user->policy.checks;

	for (size_t i = 0; i < config->check_count; i++)
		if (!(config->checks[i].actions & UINT32_C(1) << action))
			checks &= ~(UINT32_C(1) << i);
	return checks;
}
