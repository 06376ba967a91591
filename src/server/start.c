#include "server/start.h"

#include "base/address.h"
#include "base/options.h"
#include "crypto/crypto.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/log.h"
#include "host/net.h"
#include "host/signal.h"
#include "host/tell.h"
#include "server/confinement.h"
#include "server/keyrings.h"
#include "server/loop.h"
#include "server/memory.h"
#include "server/settings.h"
#include "server/summary.h"

#include <stdlib.h>

const char server_help[] =
	"usage: inki server [-c FILE] [-P PORT] [-L LEVEL] [--check-config]\n"
	"\n"
	"Holds the SSH keys of its users, takes signed requests over HTTP, and hands the keys out to sshd.\n"
	"\n"
	"  -c, --config FILE      the configuration (else $INKI_CONFIG, else /etc/inki/inki.conf,\n"
	"                         else /etc/inki/server.yml)\n"
	"  -P, --port PORT        the TCP port, in place of the configuration's (else $PORT)\n"
	"  -L, --log-level LEVEL  error, warn, info or debug, in place of the configuration's\n"
	"      --check-config     read everything, print what was understood, which keys may sign, and the memory\n"
	"                         budget, and end\n"
	"\n"
	"TERM and INT end it after the answers under way.\n";

_Static_assert((int)LOG_FROM_ERROR == (int)LOG_LEVEL_ERROR && (int)LOG_FROM_WARN == (int)LOG_LEVEL_WARN &&
                       (int)LOG_FROM_INFO == (int)LOG_LEVEL_INFO && (int)LOG_FROM_DEBUG == (int)LOG_LEVEL_DEBUG &&
                       (int)LOG_TO_STDERR == (int)LOG_TARGET_STDERR && (int)LOG_TO_SYSLOG == (int)LOG_TARGET_SYSLOG,
               "the configuration and the log count alike");

enum {
	ERROR_MAX = 512 + 2 * FILE_PATH_MAX,
	OTHER_DESCRIPTORS = 16, /* standard ones, poll set, signals, log, one that is refused; and some to spare */
};

struct server_arguments {
	const char *config;
	uint16_t port; /* 0: the configuration's */
	bool has_level;
	enum log_level level;
	bool check_only;
};

static bool read_level(struct span text, enum log_level *level)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!span_equal(text, span_of_string(names[i])))
			continue;
		*level = (enum log_level)i;
		return true;
	}
	return false;
}

/* A variable that is not set, or to nothing, is NULL. */
static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] != '\0' ? value : NULL;
}

/* Returns 0, or the exit code of a wrong usage, which was told. */
static int read_arguments(int count, char **arguments, struct server_arguments *read)
{
	const char *port = environment("PORT"), *level = NULL, *check_only = NULL;
	const struct option options[] = {
		{ 'c', "config", OPTION_VALUE, &read->config },
		{ 'P', "port", OPTION_VALUE, &port },
		{ 'L', "log-level", OPTION_VALUE, &level },
		{ 0, "check-config", OPTION_FLAG, &check_only },
	};
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));

	*read = (struct server_arguments){ .config = environment("INKI_CONFIG") };
	if (options_read_all(arguments, count, options, sizeof(options) / sizeof(options[0]), NULL, 0, &words) < 0)
		return tell_usage("server", writer_written(&words));
	read->check_only = check_only;
	read->has_level = level;
	if (level && !read_level(span_of_string(level), &read->level))
		return tell_usage("server", SPAN("a log level is error, warn, info or debug"));
	if (port && (!address_read_port(span_of_string(port), &read->port) || read->port == 0))
		return tell_usage("server", SPAN("a port is a number from 1 to 65535"));
	return TELL_DONE;
}

/* From here on a failure is for the log too, which may not be where the administrator looks. */
static int fail(const struct config *config, struct span words)
{
	if (config->log_target != LOG_TO_STDERR)
		log_line(LOG_LEVEL_ERROR, words);
	return tell_failure(words);
}

static int serve(struct memory *memory, const struct config *config)
{
	struct arena table = arena_of(memory->parts[MEMORY_TABLE], memory->sizes[MEMORY_TABLE]);
	struct arena request = arena_of(memory->parts[MEMORY_REQUEST], memory->sizes[MEMORY_REQUEST]);
	struct writer journal = writer_of(memory->parts[MEMORY_JOURNAL], memory->sizes[MEMORY_JOURNAL]);
	struct loop loop = {
		.app = { .config = config, .table = table_start(&table), .arena = &request, .journal = &journal },
		.slots = slots_of(memory->parts[MEMORY_SLOTS]),
		.inputs = memory->parts[MEMORY_INPUTS],
		.outputs = memory->parts[MEMORY_OUTPUTS],
		.signals = signal_open(),
	};
	uint8_t room[512];
	struct writer error = writer_of(room, sizeof(room));
	struct account account;

	loop.app.gauges.connections_max = CONFIG_CONNECTIONS;
	loop.app.gauges.started = clock_wall();
	if (!loop.app.table || loop.signals < 0)
		return fail(config, SPAN("the system refuses memory or descriptors"));
	if (!net_allow_descriptors(CONFIG_CONNECTIONS + CONFIG_LISTENERS + OTHER_DESCRIPTORS))
		return fail(config,
		            SPAN("the limit of open files (ulimit -n) is lower than the number of connections"));
	if (!confinement_choose_account(config, &account, &error))
		return fail(config, writer_written(&error));
	if (!listeners_open(&loop.listeners, config, &error))
		return fail(config, writer_written(&error));
	file_leave_folder();
	if (!loop_open(&loop))
		return fail(config, SPAN("the system refuses to watch the sockets"));
	if (!confinement_enter(config, &account, &error))
		return fail(config, writer_written(&error));
	log_line(LOG_LEVEL_INFO, writer_written(&error));
	loop_run(&loop);
	return TELL_DONE;
}

int server_main(int count, char **arguments)
{
	struct server_arguments read;
	struct memory memory;
	struct arena settings;
	struct config config;
	uint8_t room[ERROR_MAX];
	struct writer error = writer_of(room, sizeof(room));
	int usage;

	file_guard_standard();
	signal_ignore_pipe();
	usage = read_arguments(count, arguments, &read);
	if (usage != TELL_DONE)
		return usage;
	if (!memory_take(&memory))
		return tell_failure(SPAN("the system has not enough memory"));
	crypto_start(memory.parts[MEMORY_CRYPTO], memory.sizes[MEMORY_CRYPTO]);
	settings = arena_of(memory.parts[MEMORY_SETTINGS], memory.sizes[MEMORY_SETTINGS]);
	if (!settings_read(read.config, read.port, &settings, &config, &error))
		return tell_failure(writer_written(&error));
	if (read.check_only)
		return summary_print(&config, settings.used, clock_wall());
	log_start((enum log_target)config.log_target, read.has_level ? read.level : (enum log_level)config.log_level);
	keyrings_log_warnings(&config, clock_wall());
	return serve(&memory, &config);
}
