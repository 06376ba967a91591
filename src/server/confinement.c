#include "server/confinement.h"

#include "host/channel.h"
#include "host/clock.h"
#include "host/confine.h"
#include "host/net.h"
#include "host/process.h"

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

		if (that_stand != !why_not)
			continue;
		writer_put_string(line, between);
		writer_put_string(line, confine_words(wall));
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

/* What a process says of it that does nothing else: a byte for yes or no, and the line. */
_Noreturn static void try_and_tell(const struct config *config, const struct account *account, int end)
{
	uint8_t room[CONFINEMENT_LINE_MAX];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_byte(&line, 'n');
	if (confinement_enter(config, account, &line))
		room[0] = 'y';
	(void)channel_send(end, writer_written(&line));
	process_exit(0);
}

/* Takes what it says; false if it says nothing. */
static bool take_answer(int end, bool *works, struct writer *line)
{
	uint8_t room[CONFINEMENT_LINE_MAX];
	size_t size = 0;

	if (!net_wait(end, false, clock_monotonic() + TRY_TIME) ||
	    channel_take(end, room, sizeof(room), &size) != CHANNEL_MESSAGE || size > sizeof(room))
		return false;
	*works = room[0] == 'y';
	writer_put(line, span_skip(span_of(room, size), 1));
	return true;
}

bool confinement_try(const struct config *config, struct writer *line)
{
	struct account account;
	const char *why_not;
	bool works = false;
	int ends[2], process;

	if (!confinement_choose_account(config, &account, line))
		return false;
	if (!channel_open(ends)) {
		writer_put_string(line, "confinement cannot be tried: the system refuses descriptors");
		return false;
	}
	process = process_fork(&why_not);
	if (process == 0)
		try_and_tell(config, &account, ends[1]);
	net_close(ends[1]);
	if (process > 0 && take_answer(ends[0], &works, line))
		return works;
	writer_put_string(line, "confinement cannot be tried: ");
	writer_put_string(line, why_not ? why_not : "the process that tried it has ended and said nothing");
	return false;
}
