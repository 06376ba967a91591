#include "conf/settings.h"

#include "base/encoding.h"
#include "base/writer.h"
#include "conf/value.h"

enum {
	COMMAND_WORDS_MAX = 16,
	COMMAND_SIZE_MAX = 2048, /* bytes, with a NUL behind each word */
	TIMEOUT_DEFAULT = 5,
	TIMEOUT_MAX = 3600, /* seconds */
	CACHE_MAX = 3600,
};

/* A check and what is noted of it while it is read. */
struct reading {
	struct config_check check;
	size_t words, size; /* of the command */
	const char *command[COMMAND_WORDS_MAX + 1];
};

/* The index of the check of that name, which is noted if it is new; CHECKS_MAX if that was told not to work. */
static size_t find_check(struct conf_reader *reader, const struct conf_node *node)
{
	struct conf_checks *checks = reader->checks;
	size_t i = 0;

	if (!checks->array)
		checks->array = arena_take_zeroed(reader->arena, CHECKS_MAX, sizeof(checks->array[0]));
	if (!checks->array) {
		conf_error(reader, node->place,
		           "there is no memory for checks; build with a larger CONFIG_SETTINGS_ARENA_KB");
		return CHECKS_MAX;
	}
	while (i < checks->count && !span_equal(checks->array[i].name, node->text))
		i++;
	if (i < checks->count)
		return i;
	if (i == CHECKS_MAX) {
		conf_error(reader, node->place, "this is a check too many; there may be 32");
		return CHECKS_MAX;
	}
	if (!conf_copy(reader, node, &checks->array[i].name))
		return CHECKS_MAX;
	checks->places[i] = node->place;
	return checks->count++;
}

/* ---- a check ---- */

static bool read_name(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	struct reading *reading = field;

	(void)key;
	if (!conf_is_word(node, CHECK_NAME_SIZE_MAX))
		return false;
	return conf_copy(reader, node, &reading->check.name);
}

static const struct conf_type name_type = { read_name, "a name of at most 32 bytes without spaces" };

static bool read_word(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	struct reading *reading = field;
	struct writer word;

	(void)key;
	if (node->kind != CONF_SCALAR || utf8_has_control(node->text) || !utf8_is_valid(node->text) ||
	    (reading->words == 0 && !conf_is_path(node, COMMAND_SIZE_MAX)))
		return false;
	reading->size += node->text.size + 1;
	if (reading->words == COMMAND_WORDS_MAX || reading->size > COMMAND_SIZE_MAX)
		return conf_error(reader, node->place, "this command is too long; put it into a script");
	word = writer_of(arena_take(reader->arena, node->text.size + 1), node->text.size + 1);
	if (!word.data)
		return conf_error(reader, node->place,
		                  "there is no memory for checks; build with a larger CONFIG_SETTINGS_ARENA_KB");
	writer_put(&word, node->text);
	writer_put_byte(&word, '\0');
	reading->command[reading->words++] = (const char *)word.data;
	return true;
}

#define COMMAND_TAKES "a list of words: the path of a program from / on, and its arguments"

static bool read_command(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                         void *field)
{
	static const struct conf_type element = { read_word, COMMAND_TAKES };
	struct reading *reading = field;
	const char **command;

	if (!conf_read_list(reader, key, &element, node, reading))
		return false;
	if (reading->words == 0)
		return conf_error(reader, node->place, "command is empty; it takes " COMMAND_TAKES);
	command = arena_take_zeroed(reader->arena, reading->words + 1, sizeof(*command));
	if (!command)
		return conf_error(reader, node->place,
		                  "there is no memory for checks; build with a larger CONFIG_SETTINGS_ARENA_KB");
	for (size_t i = 0; i < reading->words; i++)
		command[i] = reading->command[i];
	reading->check.command = command;
	return true;
}

static const struct conf_type command_type = { read_command, COMMAND_TAKES };

static bool read_action(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                        void *field)
{
	static const char *const names[CHECK_ACTION_COUNT] = {
		[CHECK_ADD] = "add",
		[CHECK_REMOVE] = "remove",
		[CHECK_SERVE] = "serve",
	};
	uint32_t *actions = field;
	size_t index;

	(void)reader, (void)key;
	if (!conf_find_choice(node, names, CHECK_ACTION_COUNT, &index) || *actions & UINT32_C(1) << index)
		return false;
	*actions |= UINT32_C(1) << index;
	return true;
}

#define ACTIONS_TAKE "a list of one or more of add, remove and serve, each once"

static bool read_actions(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                         void *field)
{
	static const struct conf_type element = { read_action, ACTIONS_TAKE };
	uint32_t *actions = field;

	*actions = 0;
	if (!conf_read_list(reader, key, &element, node, actions))
		return false;
	return *actions != 0 || conf_error(reader, node->place, "actions is empty; it takes " ACTIONS_TAKE);
}

static const struct conf_type actions_type = { read_actions, ACTIONS_TAKE };

static bool read_timeout(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                         void *field)
{
	int64_t *seconds = field;

	return conf_duration_type.read(reader, key, node, field) && *seconds <= TIMEOUT_MAX;
}

static const struct conf_type timeout_type = { read_timeout, "a duration of at most 1h, such as 5s" };

/* 0 is no duration elsewhere; here it says "each time". */
static bool read_cache(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                       void *field)
{
	int64_t *seconds = field;

	*seconds = 0;
	if (node->kind == CONF_SCALAR && (span_equal(node->text, SPAN("0")) || span_equal(node->text, SPAN("0s"))))
		return true;
	return conf_duration_type.read(reader, key, node, field) && *seconds <= CACHE_MAX;
}

static const struct conf_type cache_type = { read_cache, "0, or a duration of at most 1h, such as 5s" };

#define CHECK(member) CONF_FIELD(struct reading, check.member)

static const struct conf_key keys[] = {
	{ .name = "name", .type = &name_type },       { .name = "command", .type = &command_type },
	{ "timeout", &timeout_type, CHECK(timeout) }, { "actions", &actions_type, CHECK(actions) },
	{ "cache", &cache_type, CHECK(cache) },
};

static bool read_check(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                       void *field)
{
	static const struct conf_mapping mapping = { keys, sizeof(keys) / sizeof(keys[0]) };
	struct reading reading = { .check = { .timeout = TIMEOUT_DEFAULT, .actions = 1U << CHECK_ADD } };
	struct conf_checks *checks = reader->checks;
	struct conf_node name = { .place = node->place };
	uint32_t seen;
	size_t index;

	(void)key, (void)field;
	if (!conf_read_mapping(reader, &mapping, node, &reading, &seen))
		return false;
	if (reading.check.name.size == 0 || !reading.check.command)
		return conf_error(reader, name.place, "a check needs a name and a command");
	name.text = reading.check.name;
	index = find_check(reader, &name);
	if (index == CHECKS_MAX)
		return false;
	if (checks->defined >> index & 1)
		return conf_error(reader, name.place,
		                  "there is another check of this name; each may be there but once");
	checks->defined |= UINT32_C(1) << index;
	checks->array[index] = reading.check;
	return true;
}

static bool read_checks(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                        void *field)
{
	static const struct conf_type element = { read_check, "checks, each a mapping with name and command" };

	return conf_read_list(reader, key, &element, node, field);
}

const struct conf_type conf_checks_type = { read_checks, "a list of checks, each with name and command" };

/* ---- who is to be asked ---- */

static bool read_check_name(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                            void *field)
{
	uint32_t *mask = field;
	size_t index;

	(void)key;
	if (!conf_is_word(node, CHECK_NAME_SIZE_MAX))
		return false;
	index = find_check(reader, node);
	if (index == CHECKS_MAX || *mask >> index & 1)
		return false;
	*mask |= UINT32_C(1) << index;
	return true;
}

static const char names_take[] = "a list of names of checks, each once";

static bool read_check_names(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                             void *field)
{
	static const struct conf_type element = { read_check_name, names_take };
	uint32_t *mask = field;

	*mask = 0;
	return conf_read_list(reader, key, &element, node, mask);
}

const struct conf_type conf_check_names_type = { read_check_names, names_take };

static bool check_time(struct conf_reader *reader, const struct conf_settings *settings, const struct config_user *user,
                       struct conf_place place)
{
	const struct config *config = &settings->config;

	for (enum config_check_action action = CHECK_ADD; action <= CHECK_REMOVE; action++) {
		const uint32_t checks = config_checks_for(config, user, action);
		int64_t longest = 0;

		for (size_t i = 0; i < config->check_count; i++)
			longest += checks >> i & 1 ? config->checks[i].timeout : 0;
		if (longest >= config->max_request_age)
			return conf_error(reader, place,
			                  "this user's checks together may take as long as max_request_age, or longer; "
			                  "each request would be too old after them");
	}
	return true;
}

bool conf_checks_settle(struct conf_reader *reader, struct conf_settings *settings)
{
	const struct conf_checks *checks = reader->checks;
	struct config *config = &settings->config;

	for (size_t i = 0; i < checks->count; i++)
		if (!(checks->defined >> i & 1))
			return conf_error(reader, checks->places[i],
			                  "there is no check of this name; describe it below checks");
	config->checks = checks->array;
	config->check_count = checks->count;
	for (size_t i = 0; i < config->user_count; i++)
		if (!check_time(reader, settings, &config->users[i], settings->notes[i].place))
			return false;
	return true;
}
