#include "server/start.h"

#include "base/address.h"
#include "crypto/crypto.h"
#include "host/clock.h"
#include "host/environment.h"
#include "host/file.h"
#include "host/log.h"
#include "host/net.h"
#include "host/pages.h"
#include "host/process.h"
#include "host/random.h"
#include "host/signal.h"
#include "host/tell.h"
#include "server/certificate.h"
#include "server/confinement.h"
#include "server/helper.h"
#include "server/keyrings.h"
#include "server/loop.h"
#include "server/make_certificate.h"
#include "server/memory.h"
#include "server/message.h"
#include "server/settings.h"
#include "server/summary.h"

struct server_options {
	const char *config, *port, *level, *check_config, *make_cert;
	struct option_list hosts;
};

static const struct option server_options[] = {
	{ 'c', "config", OPTION_VALUE, offsetof(struct server_options, config), "FILE",
	  "the configuration (else $INKI_CONFIG, else /etc/inki/inki.conf,\nelse /etc/inki/server.yml)" },
	{ 'P', "port", OPTION_VALUE, offsetof(struct server_options, port), "PORT",
	  "the TCP port, in place of the configuration's (else $PORT)" },
	{ 'L', "log-level", OPTION_VALUE, offsetof(struct server_options, level), "LEVEL",
	  "error, warn, info or debug, in place of the configuration's" },
	{ 0, "check-config", OPTION_FLAG, offsetof(struct server_options, check_config), NULL,
	  "read everything, print what was understood, which keys may sign,\n"
	  "the memory budget, and how the server would be confined, and end" },
	{ 0, "make-cert", OPTION_FLAG, offsetof(struct server_options, make_cert), NULL,
	  "make a self-signed certificate and its key in the files that the\nconfiguration's tls names, which must not "
	  "be there, and end" },
	{ 0, "host", OPTION_LIST, offsetof(struct server_options, hosts), "NAME",
	  "with --make-cert: a name or an address that the certificate is for,\nmay be repeated (else the "
	  "configuration's host, and localhost)" },
};

enum {
	OTHER_DESCRIPTORS =
		16, /* standard ones, poll set, signals, log, helper, one that is refused; and some to spare */
};

struct server_arguments {
	struct settings_source source;
	bool check_only, make_certificate;
	struct option_list hosts;
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

/* Returns 0, or the exit code of a wrong usage, which was told. */
static int read_arguments(int count, char **arguments, struct server_arguments *read)
{
	struct server_options given = { .config = environment_get("INKI_CONFIG"), .port = environment_get("PORT") };
	struct settings_source *source = &read->source;
	uint8_t room[1024];
	struct writer words = writer_of(room, sizeof(room));

	*read = (struct server_arguments){ 0 };
	if (command_read(&server_command, count, arguments, &given, NULL, &words) < 0)
		return tell_usage("server", writer_written(&words));
	source->file = given.config;
	source->has_level = given.level;
	read->check_only = given.check_config;
	read->make_certificate = given.make_cert;
	read->hosts = given.hosts;
	source->without_tls = given.make_cert;
	if (given.make_cert && !IS_ENABLED(CONFIG_TLS))
		return tell_usage("server", SPAN("this inki was built without TLS (CONFIG_TLS)"));
	if (given.hosts.count > 0 && !given.make_cert)
		return tell_usage("server", SPAN("--host goes with --make-cert"));
	if (given.level && !read_level(span_of_string(given.level), &source->level))
		return tell_usage("server", SPAN("a log level is error, warn, info or debug"));
	if (given.port && (!address_read_port(span_of_string(given.port), &source->port) || source->port == 0))
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

/* On a device that was just switched on, its first keys would be everybody's guess. */
static void wait_for_entropy(void)
{
	uint8_t byte;

	if (random_is_ready())
		return;
	log_line(LOG_LEVEL_WARN, SPAN("waiting for the system's entropy, which TLS needs"));
	random_take(&byte, sizeof(byte));
	log_line(LOG_LEVEL_INFO, SPAN("the system has enough entropy now"));
}

static void warn_of_clock(const struct config *config)
{
	if (clock_wall() >= INKI_RELEASED)
		return;
	log_line(LOG_LEVEL_WARN,
	         config->clock_is_signed
	                 ? SPAN("the system's clock is not set; until it is, the newest signature tells the time")
	                 : SPAN("the system's clock is not set; until it is, no key can be added"));
}

static void start_app(struct app *app, const struct memory *memory)
{
	struct arena table = arena_of(memory->parts[MEMORY_TABLE], memory->sizes[MEMORY_TABLE]);
	struct arena events = arena_of(memory->parts[MEMORY_EVENTS], memory->sizes[MEMORY_EVENTS]);

	app->table = table_start(&table);
	app->failures = memory->parts[MEMORY_FAILURES];
	app->released = INKI_RELEASED;
	if (IS_ENABLED(CONFIG_EVENTS))
		app->events = events_start(&events, clock_wall());
	if (IS_ENABLED(CONFIG_CHECKS))
		app->question = memory->parts[MEMORY_QUESTION];
	app->gauges = (struct api_gauges){
		.version = SPAN(INKI_VERSION),
		.connections_max = CONFIG_CONNECTIONS,
		.started = (uint64_t)clock_wall(),
		.configured = (uint64_t)clock_wall(),
		.reload_works = 1,
		.settings_size = memory_settings(memory, 0).size,
	};
}

/* From here on what this process has is all that it will ever have. */
static bool confine(const struct config *config, const struct account *account, int log)
{
	uint8_t room[CONFINEMENT_LINE_MAX];
	struct writer line = writer_of(room, sizeof(room));
	bool works = confinement_enter(config, account, &line);

	log_confine(log);
	log_line(works ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, writer_written(&line));
	return works;
}

/* What the server process does. */
static int serve(struct loop *loop, const struct account *account)
{
	const struct config *config = loop->app.config;
	struct memory *memory = loop->memory;

	start_app(&loop->app, memory);
	warn_of_clock(config);
	loop->slots = slots_of(memory->parts[MEMORY_SLOTS]);
	loop->inputs = memory->parts[MEMORY_INPUTS];
	loop->outputs = memory->parts[MEMORY_OUTPUTS];
	loop->tls = memory->parts[MEMORY_TLS];
	if (IS_ENABLED(CONFIG_TLS))
		loop->sessions = tls_sessions_start(memory->parts[MEMORY_TLS_SESSIONS], CONFIG_TLS_SESSIONS);
	loop->signals = signal_open(false);
	if (!memory_protect_settings(memory))
		return fail(config, SPAN("the system does not let memory be protected"));
	if (!loop->app.table || loop->signals < 0)
		return fail(config, SPAN("the system refuses memory or descriptors"));
	if (IS_ENABLED(CONFIG_TLS) && config->tls)
		wait_for_entropy();
	if (!net_allow_descriptors(CONFIG_CONNECTIONS + CONFIG_LISTENERS + OTHER_DESCRIPTORS))
		return fail(config,
		            SPAN("the limit of open files (ulimit -n) is lower than the number of connections"));
	file_leave_folder();
	if (!loop_open(loop))
		return fail(config, SPAN("the system refuses to watch the sockets"));
	pages_leave_program();
	if (!confine(config, account, loop->log))
		return TELL_FAILED;
	return loop_run(loop) ? TELL_DONE : TELL_FAILED;
}

/* A folder that will not do is a mistake; but a disk that does not answer is no reason to keep the door shut. */
static bool try_export(struct keeper *keeper, const struct config *config, struct writer *error)
{
	enum aside_end end = keeper_try_folder(keeper, config, error);

	if (end != ASIDE_SILENT)
		return end == ASIDE_TRUE;
	log_line(LOG_LEVEL_ERROR, writer_written(error));
	writer_rewind(error, 0);
	keeper->has_failed = true;
	return true;
}

/* Opens the sockets, and goes on as two processes: see README, "Two processes". */
static int start(struct loop *loop, const struct settings_source *source)
{
	const struct config *config = loop->app.config;
	struct keeper keeper = { .log = -1 };
	struct helper helper = {
		.memory = loop->memory, .source = source, .keeper = &keeper, .listeners = &loop->listeners
	};
	uint8_t room[SETTINGS_ERROR_MAX];
	struct writer error = writer_of(room, sizeof(room));
	struct account account;
	const char *why_not;
	int ends[2], logs[2];

	if (!confinement_choose_account(config, &account, &error))
		return fail(config, writer_written(&error));
	if (IS_ENABLED(CONFIG_EXPORT) && config->export_folder.size > 0 && !try_export(&keeper, config, &error))
		return fail(config, writer_written(&error));
	helper.signals = signal_open(true);
	if (helper.signals < 0 || !channel_open(ends) || !channel_open(logs))
		return fail(config, SPAN("the system refuses memory or descriptors"));
	if (!listeners_open(&loop->listeners, config, &error))
		return fail(config, writer_written(&error));
	helper.channel = ends[0];
	helper.log = logs[0];
	loop->helper = ends[1];
	loop->log = logs[1];
	helper.server = process_fork(&why_not);
	if (helper.server == 0) {
		net_close(helper.channel);
		net_close(helper.log);
		net_close(helper.signals);
		return serve(loop, &account);
	}
	net_close(loop->helper);
	keeper.log = loop->log;
	if (!IS_ENABLED(CONFIG_EXPORT)) {
		net_close(loop->log);
		keeper.log = -1;
		memory_keep_settings(loop->memory);
	}
	listeners_leave(&loop->listeners);
	if (helper.server > 0)
		return helper_run(&helper);
	listeners_forget(&loop->listeners);
	writer_put_string(&error, "cannot start the server process: ");
	writer_put_string(&error, why_not);
	return fail(config, writer_written(&error));
}

static int server_main(int count, char **arguments)
{
	struct server_arguments read;
	struct memory memory;
	struct arena settings, request;
	struct writer journal;
	const struct config *config;
	struct loop loop = { .memory = &memory,
		             .source = &read.source,
		             .app = { .arena = &request, .journal = &journal } };
	uint8_t room[SETTINGS_ERROR_MAX];
	char path[FILE_PATH_MAX + 1];
	struct writer error = writer_of(room, sizeof(room));
	int usage;

	file_guard_standard();
	file_close_from(3); /* what whoever started us had open is no business of any process here */
	signal_ignore_pipe();
	usage = read_arguments(count, arguments, &read);
	if (usage != TELL_DONE)
		return usage;
	if (!memory_take(&memory))
		return tell_failure(SPAN("the system has not enough memory"));
	crypto_start(memory.parts[MEMORY_CRYPTO], memory.sizes[MEMORY_CRYPTO]);
	settings = memory_settings(&memory, 0);
	config = settings_read(&read.source, &settings, &error);
	if (!config)
		return tell_failure(writer_written(&error));
	if (IS_ENABLED(CONFIG_TLS) && read.make_certificate)
		return make_certificate(config, &read.hosts);
	if (read.check_only)
		return summary_print(config, clock_wall());
	settings_start_log(&read.source, config);
	keyrings_log_warnings(config, clock_wall());
	if (IS_ENABLED(CONFIG_TLS) && config->tls)
		certificate_log(config, clock_wall());
	request = arena_of(memory.parts[MEMORY_REQUEST], memory.sizes[MEMORY_REQUEST]);
	journal = writer_of(memory.parts[MEMORY_JOURNAL], memory.sizes[MEMORY_JOURNAL]);
	loop.app.config = config;
	if (read.source.file)
		read.source.file = file_absolute(read.source.file, path, sizeof(path));
	return start(&loop, &read.source);
}

const struct command server_command = {
	.name = "server",
	.main = server_main,
	.summary = "hold keys, and serve them",
	.operands = "",
	COMMAND_OPTIONS(server_options),
	.text = "Holds the SSH keys of its users, takes signed requests over HTTP, and hands the keys out to sshd.\n",
	.notes = "TERM and INT end it after the answers under way; HUP makes it read the configuration and the "
		 "keyrings\n"
		 "anew.\n",
};
