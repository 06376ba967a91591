#include "conf/settings.h"

#include "conf/value.h"

enum { PATH_BYTES_MAX = 3900 }; /* and the name of a user and of a file behind it */

static bool read_path(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	struct conf_path *path = field;

	(void)key;
	path->place = node->place;
	return conf_is_path(node, PATH_BYTES_MAX) && conf_copy(reader, node, &path->path);
}

static const struct conf_type path_type = { read_path, "the path of a folder from / on, without a slash at its end" };

static const struct conf_key keys[] = {
	{ .name = "directory", .type = &path_type },
};

static bool read_export(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                        void *field)
{
	static const struct conf_mapping mapping = { keys, sizeof(keys) / sizeof(keys[0]) };
	uint32_t seen;

	(void)key;
	if (!IS_ENABLED(CONFIG_EXPORT))
		return conf_error(reader, node->place,
		                  "this inki was built without files of keys (CONFIG_EXPORT); take export out");
	if (!conf_read_mapping(reader, &mapping, node, field, &seen))
		return false;
	return seen != 0 || conf_error(reader, node->place, "export needs a directory, the path of a folder");
}

const struct conf_type conf_export_type = { read_export, "a mapping of directory, the path of a folder" };

/* Nobody whose keys could be in no file may rely on one. */
static bool check_user(struct conf_reader *reader, const struct conf_settings *settings, size_t number)
{
	const struct config_user *user = &settings->config.users[number];
	const struct conf_place place = settings->notes[number].place;
	struct span options = user->policy.options;
	struct ssh_option option;

	if (config_checks_for(&settings->config, user, CHECK_SERVE) != 0)
		return conf_error(reader, place,
		                  "a check of this user is asked each time his keys are served, and a file cannot ask; "
		                  "take serve out of its actions, or take export out");
	while (ssh_options_take(&options, &option)) {
		struct writer *error;

		if (ssh_option_is_dropbears(&option))
			continue;
		error = conf_error_start(reader, place);
		writer_put_string(error,
		                  "no key of this user could be exported, as dropbear does not know his option ");
		writer_put_string(error, ssh_option_text(option.name));
		writer_put_string(error, ", or takes it otherwise than sshd; take it out of his options, or take "
		                         "export out");
		return false;
	}
	return true;
}

bool conf_export_settle(struct conf_reader *reader, struct conf_settings *settings)
{
	const struct span folder = settings->export.path;

	settings->config.export_folder = folder;
	for (size_t i = 0; IS_ENABLED(CONFIG_EXPORT) && folder.size > 0 && i < settings->config.user_count; i++)
		if (!check_user(reader, settings, i))
			return false;
	return true;
}
