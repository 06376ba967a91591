#include "conf/conf.h"

#include "conf/settings.h"
#include "conf/value.h"

static bool read_word(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	return conf_is_word(node, (size_t)key->max) && conf_copy(reader, node, field);
}

static const struct conf_type host_type = { read_word, "a name of at most 255 bytes without spaces" };
static const struct conf_type account_type = { read_word, "the name or the number of a user of the system" };

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

static const struct conf_key keys[] = {
	{ "port", &conf_port_type, CONF_FIELD(struct conf_settings, port), .min = 1, .max = UINT16_MAX },
	{ .name = "listen", .type = &conf_listen_type },
	{ "host", &host_type, CONF_FIELD(struct conf_settings, config.host), .max = HOST_NAME_SIZE_MAX },
	{ "run_as", &account_type, CONF_FIELD(struct conf_settings, config.run_as), .max = USER_NAME_SIZE_MAX },
	{ "require_confinement", &conf_bool_type, CONF_FIELD(struct conf_settings, config.require_confinement) },
	{ "log", &log_type, CONF_FIELD(struct conf_settings, config.log_target) },
	{ "level", &level_type, CONF_FIELD(struct conf_settings, config.log_level) },
	{ "max_request_age", &conf_duration_type, CONF_FIELD(struct conf_settings, config.max_request_age) },
	{ .name = "defaults", .type = &conf_defaults_type },
	{ .name = "users", .type = &conf_users_type },
	{ .name = "tls" },
	{ .name = "failures" },
	{ .name = "checks" },
	{ .name = "export" },
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
	return conf_listeners_settle(reader, settings) && conf_users_settle(reader, settings);
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
		.config = { .max_request_age = 3600, .log_level = LOG_FROM_INFO },
		.defaults = { .policy = conf_default_policy },
		.port = { .place = { 1, 1 } },
	};
	struct conf_reader reader = { .input = input, .arena = arena, .error = error };
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
