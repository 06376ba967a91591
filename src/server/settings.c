#include "server/settings.h"

#include "conf/conf.h"
#include "host/file.h"
#include "host/net.h"
#include "host/pages.h"

enum { FILE_SIZE_MAX = CONFIG_SETTINGS_FILE_KB * 1024 };

/* Room for one keyring file at a time; conf_read() copies out of it what it keeps. */
static bool read_keyring(void *room, struct span path, struct span *bytes, const char **why_not)
{
	return file_read(path, room, FILE_SIZE_MAX, bytes, why_not);
}

static const char *find_file(void)
{
	static const char *const usual = "/etc/inki/inki.conf", *const original = "/etc/inki/server.yml";

	if (!file_exists(span_of_string(usual)) && file_exists(span_of_string(original)))
		return original;
	return usual;
}

const struct config *settings_read(const struct settings_source *source, struct arena *arena, struct writer *error)
{
	struct config *config = arena_take(arena, sizeof(*config));
	uint8_t *rooms = pages_take(2 * FILE_SIZE_MAX);
	char host_name[HOST_NAME_SIZE_MAX + 1];
	struct conf_input input = {
		.file_name = source->file ? source->file : find_file(),
		.port = source->port,
		.without_tls = source->without_tls,
		.read_file = read_keyring,
		.context = rooms + FILE_SIZE_MAX,
	};
	const char *why_not = "there is no memory to read it";
	bool works = config && rooms &&
	             file_read(span_of_string(input.file_name), rooms, FILE_SIZE_MAX, &input.yaml, &why_not);

	if (!works) {
		writer_put_string(error, input.file_name);
		writer_put_string(error, ": ");
		writer_put_string(error, why_not);
	} else {
		works = arena_copy(arena, net_host_name(host_name, sizeof(host_name)), &input.host_name) &&
		        conf_read(&input, arena, config, error);
		config->size = arena->used;
	}
	if (rooms)
		pages_give_back(rooms, 2 * FILE_SIZE_MAX);
	return works ? config : NULL;
}

_Static_assert((int)LOG_FROM_ERROR == (int)LOG_LEVEL_ERROR && (int)LOG_FROM_WARN == (int)LOG_LEVEL_WARN &&
                       (int)LOG_FROM_INFO == (int)LOG_LEVEL_INFO && (int)LOG_FROM_DEBUG == (int)LOG_LEVEL_DEBUG &&
                       (int)LOG_TO_STDERR == (int)LOG_TARGET_STDERR && (int)LOG_TO_SYSLOG == (int)LOG_TARGET_SYSLOG,
               "the configuration and the log count alike");

void settings_start_log(const struct settings_source *source, const struct config *config)
{
	log_start((enum log_target)config->log_target,
	          source->has_level ? source->level : (enum log_level)config->log_level);
}
