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

static bool read_settings(const char *file, uint16_t port, bool without_tls, struct arena *arena, struct config *config,
                          struct writer *error)
{
	size_t before = arena->used;
	uint8_t *rooms = pages_take(2 * FILE_SIZE_MAX);
	char host_name[HOST_NAME_SIZE_MAX + 1];
	struct conf_input input = {
		.file_name = file ? file : find_file(),
		.port = port,
		.without_tls = without_tls,
		.read_file = read_keyring,
		.context = rooms + FILE_SIZE_MAX,
	};
	const char *why_not = "there is no memory to read it";
	bool works = rooms && file_read(span_of_string(input.file_name), rooms, FILE_SIZE_MAX, &input.yaml, &why_not);

	if (!works) {
		writer_put_string(error, input.file_name);
		writer_put_string(error, ": ");
		writer_put_string(error, why_not);
	} else {
		works = arena_copy(arena, net_host_name(host_name, sizeof(host_name)), &input.host_name) &&
		        conf_read(&input, arena, config, error);
	}
	if (!works)
		arena_release(arena, before);
	if (rooms)
		pages_give_back(rooms, 2 * FILE_SIZE_MAX);
	return works;
}

bool settings_read(const char *file, uint16_t port, struct arena *arena, struct config *config, struct writer *error)
{
	return read_settings(file, port, false, arena, config, error);
}

bool settings_read_without_tls(const char *file, struct arena *arena, struct config *config, struct writer *error)
{
	return read_settings(file, 0, true, arena, config, error);
}
