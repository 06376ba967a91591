#include "world.h"

#include "base/kconfig.h"
#include "crypto/crypto.h"
#include "pgp/keyring.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SETTINGS_SIZE = 256 * 1024 };

struct world world;

static struct arena take_arena(size_t size)
{
	struct arena arena = arena_of(calloc(1, size), size);

	assert_non_null(arena.data);
	return arena;
}

static void add_user(size_t user, const char *name, unsigned signatures)
{
	world.users[user].name = span_of_string(name);
	world.users[user].policy = (struct config_policy){
		.max_lifetime = 86400,
		.signatures = signatures,
		.key_types = 1U << SSH_KEY_ED25519 | 1U << SSH_KEY_ECDSA_P256 | 1U << SSH_KEY_RSA,
		.min_rsa_bits = 2048,
		.max_keys = 2,
	};
}

static void add_certificate(size_t user, struct span certificate)
{
	assert_int_equal(pgp_keyring_add(&world.users[user].keyring, certificate, &world.settings), STATUS_OK);
}

int world_start(void **state)
{
	static uint64_t crypto_memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];

	(void)state;
	/* a group's start cannot skip it, and a test that does not pass is one that failed */
	if (!IS_ENABLED(CONFIG_ED25519) || !IS_ENABLED(CONFIG_RSA)) {
		print_message("the world's people sign with Ed25519 and RSA: all tests are skipped\n");
		exit(0);
	}
	crypto_start(crypto_memory, sizeof(crypto_memory));
	memset(&world, 0, sizeof(world));
	world.settings = take_arena(SETTINGS_SIZE);
	world.request = take_arena(CONFIG_REQUEST_ARENA_KB * 1024);
	world.journal = writer_of(malloc(API_JOURNAL_MIN), API_JOURNAL_MIN);
	add_user(WORLD_ALICE, "alice", 1);
	add_user(WORLD_BOB, "bob", 1);
	add_user(WORLD_TEAM, "team", 2);
	add_user(WORLD_CROWD, "crowd", 16);
	add_certificate(WORLD_ALICE, vector("cert.alice"));
	add_certificate(WORLD_BOB, vector("cert.bob"));
	add_certificate(WORLD_TEAM, vector("cert.alice"));
	add_certificate(WORLD_TEAM, vector("cert.carol"));
	for (unsigned i = 0; i < 16; i++)
		add_certificate(WORLD_CROWD, vector_of("cert.crowd%u", i));
	world.config = (struct config){
		.host = SPAN("router"),
		.max_request_age = 3600,
		.users = world.users,
		.user_count = WORLD_USERS,
	};
	world.app = (struct app){ .config = &world.config, .arena = &world.request, .journal = &world.journal };
	return world_clear(state);
}

int world_end(void **state)
{
	(void)state;
	free(world.settings.data);
	free(world.request.data);
	free(world.table_memory.data);
	free(world.events.data);
	free(world.journal.data);
	return 0;
}

int world_clear(void **state)
{
	(void)state;
	free(world.table_memory.data);
	free(world.events.data);
	world.events = take_arena(events_memory_size());
	world.app.events = events_start(&world.events, WORLD_NOW);
	assert_non_null(world.app.events);
	world.app.served = (struct audit_served){ 0 };
	world.table_memory = take_arena(table_memory_size());
	world.app.table = table_start(&world.table_memory);
	assert_non_null(world.app.table);
	world.app.counters = (struct api_counters){ 0 };
	writer_rewind(&world.journal, 0);
	return 0;
}

int world_handle(const struct api_request *request, int64_t now)
{
	writer_rewind(&world.journal, 0);
	world.answer.body = writer_of(world.body, API_BODY_MAX);
	api_handle(&world.app, request, now, &world.answer);
	assert_int_equal(world.request.used, 0);
	world.answer.body.size = sizeof(world.body);
	if (world.answer.list.kind != API_LIST_NONE)
		api_write_list(&world.app, &world.answer.list, now, &world.answer.body);
	assert_false(world.answer.body.overflowed);
	assert_false(world.journal.overflowed);
	return world.answer.http_code;
}

int world_ask(enum http_method method, const char *target, struct span body, int64_t now)
{
	struct span text = span_of_string(target);
	size_t end = span_find_byte(text, '?');
	const struct api_request request = {
		.method = method,
		.path = span_first(text, end),
		.query = span_skip(text, end + 1),
		.body = body,
		.remote = SPAN("192.0.2.1"),
		.access = ACCESS_ALL,
	};

	return world_handle(&request, now);
}

int world_post(const char *message, int64_t now)
{
	struct span body = vector_of("message.%s", message);
	uint8_t *copy = malloc(body.size); /* exactly so large: the sanitizer guards what is behind */
	int code;

	memcpy(copy, body.data, body.size);
	code = world_ask(HTTP_POST, "/api/v1/keys", span_of(copy, body.size), now);
	free(copy);
	return code;
}

static bool holds(struct span text, const char *part)
{
	for (; text.size > 0; text = span_skip(text, 1))
		if (span_starts_with(text, span_of_string(part)))
			return true;
	return false;
}

bool world_answer_is(const char *text)
{
	return span_equal(writer_written(&world.answer.body), span_of_string(text));
}

bool world_answered(const char *text)
{
	return holds(writer_written(&world.answer.body), text);
}

bool world_noted(const char *text)
{
	return holds(writer_written(&world.journal), text);
}
