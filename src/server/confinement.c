#include "server/confinement.h"

#include "host/confine.h"
#include "host/folder.h"
#include "server/aside.h"

enum { TRY_TIME = 5000 }; /* milliseconds */

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
		const char *more = !why_not && wall == CONFINE_LANDLOCK ? confinement->landlock_reach : why_not;

		if (!confinement->words[wall] || that_stand != !why_not)
			continue;
		writer_put_string(line, between);
		writer_put_string(line, confinement->words[wall]);
		if (more) {
			writer_put_string(line, " (");
			writer_put_string(line, more);
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

/* Writes which walls stand; false if one is missing and the configuration requires all. */
static bool judge(const struct config *config, const struct confinement *confinement, struct writer *line)
{
	bool complete = is_complete(confinement);

	write_walls(confinement, true, line);
	if (!complete) {
		writer_put_string(line, "; not in force: ");
		write_walls(confinement, false, line);
	}
	if (complete || !config->require_confinement)
		return true;
	writer_put_string(line, "; confinement is not complete, which require_confinement asks for");
	return false;
}

bool confinement_enter(const struct config *config, const struct account *account, struct writer *line)
{
	struct confinement confinement;
	bool works;

	confine_process(account, &confinement);
	writer_put_string(line, "confinement, as user ");
	writer_put_number(line, (int64_t)account->user);
	writer_put_string(line, ": ");
	works = judge(config, &confinement, line);
	if (!confinement.why_not[CONFINE_USER] || account->user == 0)
		return works;
	writer_put_string(line, "; ending rather than serve as root");
	return false;
}

bool confinement_enter_folder(const struct config *config, int folder, struct writer *line)
{
	struct confinement confinement;

	confine_to_folder(folder, &confinement);
	writer_put_string(line, "confinement of the process that keeps the files of keys: ");
	return judge(config, &confinement, line);
}

/* ---- trying it ---- */

static bool try_as_server(const void *config, struct writer *line)
{
	struct account account;

	return confinement_choose_account(config, &account, line) && confinement_enter(config, &account, line);
}

/* The folder of the files may not be there yet. */
static bool try_as_keeper(const void *config, struct writer *line)
{
	return confinement_enter_folder(config, folder_open(SPAN("/"), line), line);
}

static bool try(const struct config *config, bool (*work)(const void *config, struct writer *line), struct writer *line)
{
	uint8_t room[CONFINEMENT_LINE_MAX];
	struct writer said = writer_of(room, sizeof(room));
	enum aside_end end = aside_do(work, config, TRY_TIME, &said);

	if (end == ASIDE_SILENT)
		writer_put_string(line, "confinement cannot be tried: ");
	writer_put(line, writer_written(&said));
	return end == ASIDE_TRUE;
}

bool confinement_try(const struct config *config, struct writer *line)
{
	return try(config, try_as_server, line);
}

bool confinement_try_folder(const struct config *config, struct writer *line)
{
	return try(config, try_as_keeper, line);
}
