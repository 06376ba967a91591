#include "server/keeper_clearing.h"

#include "core/config.h"
#include "host/clock.h"
#include "host/log.h"
#include "host/net.h"
#include "host/process.h"
#include "server/aside.h"
#include "server/key_files.h"

static struct key_files files;

static void sleep_for(int64_t milliseconds)
{
	(void)net_wait(-1, false, clock_monotonic() + milliseconds);
}

static bool try_to_clear(const struct config *config, bool is_first)
{
	uint8_t room[ASIDE_TEXT_MAX];
	struct writer error = writer_of(room, sizeof(room));
	bool works;

	if (!is_first)
		return files.folder >= 0 ? key_files_clear(&files) : key_files_start(&files, config, false, &error);
	works = key_files_start(&files, config, false, &error);
	if (!works)
		log_line(LOG_LEVEL_ERROR, writer_written(&error));
	return works && !files.has_left;
}

void keeper_clearing_run(struct span folder, int old)
{
	static struct config no_users;
	const int64_t until = clock_monotonic() + KEY_FILES_CLEAR_TIME;

	no_users.export_folder = folder;
	while (old > 0 && process_is_there(old) && clock_monotonic() < until)
		sleep_for(100);
	for (bool is_first = true; !try_to_clear(&no_users, is_first) && clock_monotonic() < until; is_first = false)
		sleep_for(KEY_FILES_RETRY_TIME);
	process_exit(0);
}
