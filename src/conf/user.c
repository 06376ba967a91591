#include "conf/settings.h"

#include "base/status.h"
#include "conf/value.h"

#include <string.h>

const struct config_policy conf_default_policy = {
	.max_lifetime = 24 * 3600,
	.signatures = 1,
	.key_types = (UINT32_C(1) << SSH_KEY_TYPE_COUNT) - 1,
	.min_rsa_bits = 2048,
	.max_keys = 16,
};

enum { SIGNATURES_MAX = 16, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 16384, PATH_BYTES_MAX = 4095 };

static bool read_name(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	(void)key;
	if (!conf_is_word(node, USER_NAME_SIZE_MAX) || node->text.data[0] == '-' ||
	    span_find_byte(node->text, '/') < node->text.size || span_equal(node->text, SPAN(".")) ||
	    span_equal(node->text, SPAN("..")))
		return false;
	return conf_copy(reader, node, field);
}

static const struct conf_type name_type = {
	read_name, "a user's name of at most 64 bytes, without spaces and slashes, that does not start with a dash"
};

static const struct conf_type keyring_file_type;

/* Tells what is wrong with a keyring: which, whose (if the name came first), and why. */
static bool refuse_keyring(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                           const struct config_user *user, const char *words)
{
	struct writer *error = conf_error_start(reader, node->place);

	writer_put_string(error, key->name);
	if (key->type == &keyring_file_type) {
		writer_put_byte(error, ' ');
		conf_write_quoted(error, node->text);
	}
	if (user->name.size > 0) {
		writer_put(error, SPAN(" of user "));
		conf_write_quoted(error, user->name);
	}
	writer_put(error, SPAN(": "));
	writer_put_string(error, words);
	return false;
}

static bool add_keyring(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                        struct config_user *user, struct span file)
{
	enum status status = pgp_keyring_add(&user->keyring, file, reader->arena);

	if (status == STATUS_OK)
		return true;
	refuse_keyring(reader, key, node, user, status_words(status));
	if (status == STATUS_ARENA_FULL)
		writer_put(reader->error, SPAN("; build with a larger CONFIG_SETTINGS_ARENA_KB"));
	if (status == STATUS_CERTIFICATE_TOO_MANY)
		writer_put(reader->error, SPAN("; build with a larger CONFIG_CERTIFICATES"));
	return false;
}

static bool read_keyring(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                         void *field)
{
	return node->kind == CONF_SCALAR && add_keyring(reader, key, node, field, node->text);
}

static const struct conf_type keyring_type = {
	read_keyring, "armored public keys (gpg --armor --export), indented below \"keyring: |\""
};

static bool read_keyring_file(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                              void *field)
{
	const struct conf_input *input = reader->input;
	const char *why_not = "it cannot be read";
	struct span file;

	if (!conf_is_path(node, PATH_BYTES_MAX))
		return false;
	if (!input->read_file(input->context, node->text, &file, &why_not))
		return refuse_keyring(reader, key, node, field, why_not);
	return add_keyring(reader, key, node, field, file);
}

static const struct conf_type keyring_file_type = {
	read_keyring_file, "the path of a file from / on, which holds public keys (gpg --export)"
};

static bool read_key_type(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                          void *field)
{
	uint32_t *types = field;
	enum ssh_key_type type;

	(void)reader, (void)key;
	if (node->kind != CONF_SCALAR || !ssh_key_type_find(node->text, &type) || *types & UINT32_C(1) << type)
		return false;
	*types |= UINT32_C(1) << type;
	return true;
}

#define KEY_TYPES_TAKE \
	"a list of one or more of ssh-ed25519, sk-ssh-ed25519@openssh.com, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, " \
	"ecdsa-sha2-nistp521, sk-ecdsa-sha2-nistp256@openssh.com and ssh-rsa, each once"

static bool read_key_types(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                           void *field)
{
	static const struct conf_type element = { read_key_type, KEY_TYPES_TAKE };
	uint32_t *types = field;

	*types = 0;
	if (!conf_read_list(reader, key, &element, node, types))
		return false;
	return *types != 0 || conf_error(reader, node->place, "key_types is empty; it takes " KEY_TYPES_TAKE);
}

static const struct conf_type key_types_type = { read_key_types, KEY_TYPES_TAKE };

/* Tells what is wrong with an option, and how it was written. */
static bool refuse_option(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                          struct span option, const char *words)
{
	struct writer *error = conf_error_start(reader, node->place);

	writer_put_string(error, key->name);
	writer_put(error, SPAN(": "));
	conf_write_quoted(error, option);
	writer_put(error, SPAN(": "));
	writer_put_string(error, words);
	return false;
}

static bool read_options(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                         void *field)
{
	struct span *options = field;
	struct writer room;
	enum status status;

	if (node->kind != CONF_SCALAR || node->text.size > POLICY_OPTIONS_SIZE_MAX)
		return false;
	room = writer_of(arena_take(reader->arena, node->text.size), node->text.size);
	status = room.data ? ssh_options_read(node->text, &room, options) : STATUS_ARENA_FULL;
	return status == STATUS_OK || refuse_option(reader, key, node, *options, status_words(status));
}

static const struct conf_type options_type = {
	read_options, "options as in front of a key in authorized_keys, in quotes, of at most 1024 bytes"
};

/* What may widen what the host allows is no signer's to bring. */
static bool read_allowed_option(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                                void *field)
{
	uint32_t *allowed = field;
	enum ssh_option_name option;

	if (node->kind != CONF_SCALAR || !ssh_option_find(node->text, &option))
		return false;
	*allowed |= UINT32_C(1) << option;
	return ssh_option_narrows(option) ||
	       refuse_option(reader, key, node, node->text,
	                     "it could give more than the host does, so no signer may bring it; put it into options "
	                     "if all keys shall have it");
}

#define ALLOW_OPTIONS_TAKES \
	"a list of any of restrict, no-agent-forwarding, no-port-forwarding, no-pty, no-user-rc, no-X11-forwarding, " \
	"touch-required, verify-required, command, from and expiry-time"

static bool read_allow_options(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                               void *field)
{
	static const struct conf_type element = { read_allowed_option, ALLOW_OPTIONS_TAKES };
	uint32_t *allowed = field;

	*allowed = 0;
	return conf_read_list(reader, key, &element, node, allowed);
}

static const struct conf_type allow_options_type = { read_allow_options, ALLOW_OPTIONS_TAKES };

#define POLICY(member) CONF_FIELD(struct config_user, policy.member)

/* First what only a user has, then his policy, which the defaults have too. */
enum { FIRST_POLICY_KEY = 3 };

static const struct conf_key keys[] = {
	{ "name", &name_type, CONF_FIELD(struct config_user, name) },
	{ .name = "keyring", .type = &keyring_type },
	{ .name = "keyring_file", .type = &keyring_file_type },
	{ "max_lifetime", &conf_duration_type, POLICY(max_lifetime) },
	{ "signatures", &conf_number_type, POLICY(signatures), .min = 1, .max = SIGNATURES_MAX },
	{ "bind_host", &conf_bool_type, POLICY(bind_host) },
	{ "key_types", &key_types_type, POLICY(key_types) },
	{ "min_rsa_bits", &conf_number_type, POLICY(min_rsa_bits), .min = RSA_BITS_MIN, .max = RSA_BITS_MAX },
	{ "max_keys", &conf_number_type, POLICY(max_keys), .min = 1, .max = CONFIG_KEYS },
	{ "options", &options_type, POLICY(options) },
	{ "allow_options", &allow_options_type, POLICY(allow_options) },
	{ "checks", IS_ENABLED(CONFIG_CHECKS) ? &conf_check_names_type : NULL, POLICY(checks) },
};

enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

static bool read_defaults(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                          void *field)
{
	static const struct conf_mapping mapping = { keys + FIRST_POLICY_KEY, KEY_COUNT - FIRST_POLICY_KEY };
	struct conf_settings *settings = field;
	uint32_t seen;

	(void)key;
	return conf_read_mapping(reader, &mapping, node, &settings->defaults, &seen);
}

const struct conf_type conf_defaults_type = { read_defaults, "a mapping of keys such as max_lifetime" };

/* Is there all that a user needs? */
static bool check_user(struct conf_reader *reader, const struct conf_node *node, const struct config *config,
                       const struct config_user *user)
{
	if (user->name.size == 0)
		return conf_error(reader, node->place, "this user has no name; each needs one");
	if (config_find_user(config, user->name) < config->user_count)
		return conf_error(reader, node->place,
		                  "there is another user of this name; each may be there but once");
	if (user->keyring.count == 0)
		return conf_error(reader, node->place,
		                  "this user has no keyring; each needs keyring, keyring_file, or both");
	return true;
}

static bool read_user(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	static const struct conf_mapping mapping = { keys, KEY_COUNT };
	struct conf_settings *settings = field;
	struct config *config = &settings->config;
	struct config_user *user = config->users + config->user_count;
	struct conf_user_note *note = settings->notes + config->user_count;

	(void)key;
	if (config->user_count == CONFIG_USERS)
		return conf_error(reader, node->place, "this is a user too many; build with a larger CONFIG_USERS");
	note->place = node->place;
	if (!conf_read_mapping(reader, &mapping, node, user, &note->seen) || !check_user(reader, node, config, user))
		return false;
	config->user_count++;
	return true;
}

static bool read_users(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                       void *field)
{
	static const struct conf_type element = { read_user,
		                                  "users, each a mapping with name, and keyring or keyring_file" };
	struct conf_settings *settings = field;
	struct config *config = &settings->config;

	config->users = arena_take_zeroed(reader->arena, CONFIG_USERS, sizeof(config->users[0]));
	if (!config->users)
		return conf_error(reader, node->place,
		                  "there is no memory for users; build with fewer CONFIG_USERS, or with "
		                  "a larger CONFIG_SETTINGS_ARENA_KB");
	return conf_read_list(reader, key, &element, node, settings);
}

const struct conf_type conf_users_type = { read_users, "a list of users, each with name, and keyring or keyring_file" };

bool conf_users_settle(struct conf_reader *reader, struct conf_settings *settings)
{
	for (size_t i = 0; i < settings->config.user_count; i++) {
		const struct conf_user_note *note = &settings->notes[i];
		struct config_user *user = &settings->config.users[i];

		for (size_t j = FIRST_POLICY_KEY; j < KEY_COUNT; j++)
			if (!(note->seen & UINT32_C(1) << j))
				memcpy((uint8_t *)user + keys[j].offset,
				       (const uint8_t *)&settings->defaults + keys[j].offset, keys[j].size);
		if (user->policy.signatures > user->keyring.count)
			return conf_error(reader, note->place,
			                  "this user needs more signatures than there are certificates "
			                  "in the keyring; nobody could ever sign for him");
	}
	return true;
}
