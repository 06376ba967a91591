#include "conf/conf.h"

#include "conf/settings.h"
#include "conf/value.h"

static bool read_host(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	(void)key;
	return conf_is_word(node, HOST_NAME_SIZE_MAX) && conf_copy(reader, node, field);
}

static const struct conf_type host_type = { read_host, "a name of at most 255 bytes without spaces" };

static bool read_account(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                         void *field)
{
	(void)key;
	return conf_is_word(node, USER_NAME_SIZE_MAX) && conf_copy(reader, node, field);
}

static const struct conf_type account_type = { read_account, "the name or the number of a user of the system" };

static bool read_log(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	static const char *const names[] = { [LOG_TO_STDERR] = "stderr", [LOG_TO_SYSLOG] = "syslog" };
	enum config_log_target *target = field;
	size_t index;

	(void)reader, (void)key;
	if (!conf_find_choice(node, names, sizeof(names) / sizeof(names[0]), &index))
		return false;
	*target = (enum config_log_target)index;
	return true;
}

static const struct conf_type log_type = { read_log, "stderr or syslog" };

static bool read_level(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                       void *field)
{
	static const char *const names[] = {
		[LOG_FROM_ERROR] = "error",
		[LOG_FROM_WARN] = "warn",
		[LOG_FROM_INFO] = "info",
		[LOG_FROM_DEBUG] = "debug",
	};
	enum config_log_level *level = field;
	size_t index;

	(void)reader, (void)key;
	if (!conf_find_choice(node, names, sizeof(names) / sizeof(names[0]), &index))
		return false;
	*level = (enum config_log_level)index;
	return true;
}

static const struct conf_type level_type = { read_level, "error, warn, info or debug" };

static bool read_clock(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                       void *field)
{
	static const char *const names[] = { "system", "signed" };
	bool *is_signed = field;
	size_t index;

	(void)reader, (void)key;
	if (!conf_find_choice(node, names, sizeof(names) / sizeof(names[0]), &index))
		return false;
	*is_signed = index == 1;
	return true;
}

static const struct conf_type clock_type = { read_clock, "system or signed" };

static const struct conf_key failures_keys[] = {
	{ "burst", &conf_number_type, CONF_FIELD(struct config_failures, burst), .min = 0, .max = 10000 },
	{ "per_minute", &conf_number_type, CONF_FIELD(struct config_failures, per_minute), .min = 0, .max = 10000 },
};

static bool read_failures(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                          void *field)
{
	static const struct conf_mapping mapping = { failures_keys, sizeof(failures_keys) / sizeof(failures_keys[0]) };
	struct config_failures *limit = field;
	uint32_t seen;

	(void)key;
	if (!conf_read_mapping(reader, &mapping, node, limit, &seen))
		return false;
	if ((limit->burst == 0) != (limit->per_minute == 0))
		return conf_error(reader, node->place,
		                  "burst and per_minute are both 0, which is no limit, or both more");
	return true;
}

static const struct conf_type failures_type = { read_failures, "a mapping of burst and per_minute" };

static const struct conf_key keys[] = {
	{ "port", &conf_port_type, CONF_FIELD(struct conf_settings, port), .min = 1, .max = UINT16_MAX },
	{ .name = "listen", .type = &conf_listen_type },
	{ "host", &host_type, CONF_FIELD(struct conf_settings, config.host) },
	{ "run_as", &account_type, CONF_FIELD(struct conf_settings, config.run_as) },
	{ "require_confinement", &conf_bool_type, CONF_FIELD(struct conf_settings, config.require_confinement) },
	{ "log", &log_type, CONF_FIELD(struct conf_settings, config.log_target) },
	{ "level", &level_type, CONF_FIELD(struct conf_settings, config.log_level) },
	{ "max_request_age", &conf_duration_type, CONF_FIELD(struct conf_settings, config.max_request_age) },
	{ "clock", &clock_type, CONF_FIELD(struct conf_settings, config.clock_is_signed) },
	{ "failures", &failures_type, CONF_FIELD(struct conf_settings, config.failures) },
	{ .name = "defaults", .type = &conf_defaults_type },
	{ .name = "users", .type = &conf_users_type },
	{ "tls", &conf_tls_type, CONF_FIELD(struct conf_settings, tls) },
	{ .name = "checks", .type = IS_ENABLED(CONFIG_CHECKS) ? &conf_checks_type : NULL },
	{ "export", &conf_export_type, CONF_FIELD(struct conf_settings, export) },
};

static bool read_settings(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                          void *field)
{
	static const struct conf_mapping mapping = { keys, sizeof(keys) / sizeof(keys[0]) };
	uint32_t seen;

	(void)key;
	return conf_read_mapping(reader, &mapping, node, field, &seen);
}

static const struct conf_type settings_type = { read_settings, "a mapping of keys such as port and users" };

/* Settles what depends on more than one key, once all are known. */
static bool settle(struct conf_reader *reader, struct conf_settings *settings, struct conf_place start)
{
	struct config *config = &settings->config;

	if (!config->users)
		return conf_error(reader, start, "there are no users; name them below users, or write users: []");
	if (config->host.size == 0)
		config->host = reader->input->host_name;
	if (config->host.size == 0 || config->host.size > HOST_NAME_SIZE_MAX)
		return conf_error(reader, start, "the system has no host name; give one with host");
	return conf_listeners_settle(reader, settings) && conf_tls_settle(reader, settings) &&
	       conf_users_settle(reader, settings) && conf_checks_settle(reader, settings) &&
	       conf_export_settle(reader, settings);
}

static bool read_file(struct conf_reader *reader, struct conf_settings *settings)
{
	static const struct conf_key file = { .name = "the file", .type = &settings_type };
	struct conf_node root, end;

	return conf_take(reader, &root) && conf_read_value(reader, &file, &root, settings) && conf_take(reader, &end) &&
	       settle(reader, settings, root.place);
}

bool conf_read(const struct conf_input *input, struct arena *arena, struct config *config, struct writer *error)
{
	struct conf_settings settings = {
		.config = { .max_request_age = 3600, .failures = { 30, 30 }, .log_level = LOG_FROM_INFO },
		.defaults = { .policy = conf_default_policy },
		.port = { .place = { 1, 1 } },
	};
	struct conf_checks checks = { .count = 0 };
	struct conf_reader reader = { .input = input, .arena = arena, .error = error, .checks = &checks };
	size_t used = arena->used;
	bool right = conf_open(&reader) && read_file(&reader, &settings);

	conf_stream_close(&reader.stream);
	*config = (struct config){ 0 };
	if (right)
		*config = settings.config;
	else
		arena_release(arena, used);
	return right;
}
