#include "server/confinement.h"

#include "host/confine.h"

bool confinement_choose_account(const struct config *config, struct account *account, struct writer *error)
{
	const struct account current = account_current();

	*account = current;
	if (config->run_as.size > 0 && !account_find(config->run_as, account)) {
		writer_put_string(error, "run_as: the system has no user ");
		writer_put(error, config->run_as);
		return false;
	}
	if (current.user != 0 && account->user != current.user) {
		writer_put_string(error, "run_as: only root can become another user; start the server as root");
		return false;
	}
	if (current.user == 0 && config->run_as.size == 0 && !account_find(SPAN("inki"), account) &&
	    !account_find(SPAN("nobody"), account))
		return account_find(SPAN("65534"), account);
	return true;
}

static void write_walls(const struct confinement *confinement, bool that_stand, struct writer *line)
{
	const char *between = "";

	for (enum confine_wall wall = 0; wall < CONFINE_WALL_COUNT; wall++) {
		const char *why_not = confinement->why_not[wall];

		if (that_stand != !why_not)
			continue;
		writer_put_string(line, between);
		writer_put_string(line, confine_words(wall));
		if (why_not) {
			writer_put_string(line, " (");
			writer_put_string(line, why_not);
			writer_put_byte(line, ')');
		}
		between = ", ";
	}
}

static bool is_complete(const struct confinement *confinement)
{
	for (enum confine_wall wall = 0; wall < CONFINE_WALL_COUNT; wall++)
		if (confinement->why_not[wall])
			return false;
	return true;
}

bool confinement_enter(const struct config *config, const struct account *account, struct writer *line)
{
	struct confinement confinement;
	bool complete;

	confine_process(account, &confinement);
	complete = is_complete(&confinement);
	writer_put_string(line, "confinement, as user ");
	writer_put_number(line, (int64_t)account->user);
	writer_put_string(line, ": ");
	write_walls(&confinement, true, line);
	if (!complete) {
		writer_put_string(line, "; not in force: ");
		write_walls(&confinement, false, line);
	}
	if (confinement.why_not[CONFINE_USER] && account->user != 0) {
		writer_put_string(line, "; ending rather than serve as root");
		return false;
	}
	if (complete || !config->require_confinement)
		return true;
	writer_put_string(line, "; confinement is not complete, which require_confinement asks for");
	return false;
}
