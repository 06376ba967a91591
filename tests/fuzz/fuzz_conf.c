/* The configuration file: whatever stands in it, there is a configuration in which all is as it must be, or one line that says
 * where and what is wrong, and nothing of it is left in the arena. */
#include "conf/conf.h"
#include "fuzz.h"
#include "vectors.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_SIZE = 1 << 20, ERROR_MAX = 1024 };

static bool read_keyring(void *context, struct span path, struct span *bytes, const char **why_not)
{
	(void)context;
	FUZZ_CHECK(path.size > 0 && path.data[0] == '/');
	*bytes = vector("cert.alice");
	*why_not = "there is no such file";
	return span_equal(path, SPAN("/alice.asc"));
}

static void check_config(const struct config *config)
{
	FUZZ_CHECK(config->host.size > 0 && config->host.size <= HOST_NAME_SIZE_MAX);
	FUZZ_CHECK(config->listener_count > 0 && config->listener_count <= CONFIG_LISTENERS);
	FUZZ_CHECK(config->max_request_age > 0 && config->user_count <= CONFIG_USERS);
	FUZZ_CHECK((config->failures.burst == 0) == (config->failures.per_minute == 0));
	for (size_t i = 0; i < config->listener_count; i++) {
		const struct config_listener *listener = &config->listeners[i];

		FUZZ_CHECK((listener->address.size > 0) != (listener->socket.size > 0));
		FUZZ_CHECK((listener->access & ~(unsigned)ACCESS_ALL) == 0 && listener->mode <= 0777);
	}
	for (size_t i = 0; i < config->user_count; i++) {
		const struct config_user *user = &config->users[i];

		FUZZ_CHECK(user->name.size > 0 && user->name.size <= USER_NAME_SIZE_MAX && config_find_user(config, user->name) == i);
		FUZZ_CHECK(user->policy.max_lifetime > 0 && user->policy.signatures > 0 && user->policy.min_rsa_bits >= 2048);
		FUZZ_CHECK(user->keyring.first);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	uint8_t room[ERROR_MAX];
	struct writer error = writer_of(room, sizeof(room));
	struct config config;
	const struct conf_input input = {
		.yaml = span_of(data, size),
		.file_name = "f",
		.host_name = SPAN("host"),
		.read_file = read_keyring,
	};

	fuzz_start_crypto();
	if (!arena.data)
		arena = fuzz_take_arena(ARENA_SIZE);
	if (conf_read(&input, &arena, &config, &error)) {
		FUZZ_CHECK(error.used == 0);
		check_config(&config);
	} else {
		FUZZ_CHECK(error.used > 4 && !error.overflowed && arena.used == 0 && !config.users);
		FUZZ_CHECK(span_starts_with(writer_written(&error), SPAN("f:")));
		FUZZ_CHECK(span_find_byte(writer_written(&error), '\n') == error.used);
	}
	arena_release(&arena, 0);
	return 0;
}
