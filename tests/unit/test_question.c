/* What a check is asked: its form on the line between the processes, and what the program sees of it. */
#include "core/question.h"

#include "random.h"
#include "server/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const command[] = { "/bin/true", NULL };
static const struct config_check checks[] = {
	{ .name = SPAN_INITIALIZER("on-call"), .command = command, .timeout = 5, .actions = 1U << CHECK_ADD },
	{ .name = SPAN_INITIALIZER("other"), .command = command, .timeout = 5, .actions = 1U << CHECK_SERVE },
};
static struct config_user users[] = {
	{ .name = SPAN_INITIALIZER("alice"), .policy.checks = 3 },
	{ .name = SPAN_INITIALIZER("bob") },
};
static const struct config config = {
	.host = SPAN_INITIALIZER("router-17"), .checks = checks, .check_count = 2, .users = users, .user_count = 2,
};

static struct question make(void)
{
	struct question question = { .action = CHECK_ADD, .expire = 1700003600 };

	question_put(&question, QUESTION_KEY, SPAN("ssh-ed25519 AAAA a \"b\""));
	question_put(&question, QUESTION_FINGERPRINT, SPAN("SHA256:x"));
	question_put(&question, QUESTION_REASON, SPAN("line\nbreak \xff <b>"));
	question_put(&question, QUESTION_REMOTE, SPAN("192.0.2.1"));
	question_put_signer(&question, SPAN("\x01\xab"), SPAN("Alice \xc3\x84 <a@b>"));
	question_put_signer(&question, SPAN("\x02"), SPAN(""));
	return question;
}

static bool is_right(const struct question *question)
{
	return question_is_right(question, question_size(question), &config);
}

static void test_what_the_program_sees(void **state)
{
	static uint8_t room[QUESTION_JSON_MAX];
	static const char *const expected[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"INKI_CHECK=on-call",
		"INKI_ACTION=add",
		"INKI_USER=alice",
		"INKI_HOST=router-17",
		"INKI_KEY=ssh-ed25519 AAAA a \"b\"",
		"INKI_FINGERPRINT=SHA256:x",
		"INKI_EXPIRE=2023-11-14T23:13:20Z",
		"INKI_REASON=line?break ? <b>",
		"INKI_REMOTE=192.0.2.1",
		"INKI_SIGNER_NAME=Alice \xc3\x84 <a@b>",
		"INKI_SIGNERS=01AB 02",
	};
	const char *variables[QUESTION_VARIABLES_MAX];
	struct writer writer = writer_of(room, sizeof(room));
	const struct question question = make();
	size_t i = 0;

	(void)state;
	assert_true(is_right(&question));
	question_write_json(&writer, &question, &config);
	assert_true(span_equal(
		writer_written(&writer),
		SPAN("{\"check\":\"on-call\",\"action\":\"add\",\"user\":\"alice\",\"host\":\"router-17\","
	             "\"key\":\"ssh-ed25519 AAAA a \\\"b\\\"\",\"fingerprint\":\"SHA256:x\","
	             "\"expire\":\"2023-11-14T23:13:20Z\",\"reason\":\"line?break ? \\u003cb\\u003e\","
	             "\"remote\":\"192.0.2.1\",\"signers\":[{\"fingerprint\":\"01AB\",\"user_id\":\"Alice \xc3\x84 "
	             "\\u003ca@b\\u003e\"},{\"fingerprint\":\"02\",\"user_id\":\"\"}]}\n")));
	writer_rewind(&writer, 0);
	assert_true(question_write_environment(&writer, &question, &config, variables));
	for (; variables[i]; i++)
		assert_string_equal(variables[i], expected[i]);
	assert_int_equal(i, sizeof(expected) / sizeof(expected[0]));
	writer = writer_of(room, 100);
	assert_false(question_write_environment(&writer, &question, &config, variables));
}

/* The largest of everything fits. */
static void test_limits(void **state)
{
	static uint8_t room[QUESTION_JSON_MAX], environment_room[QUESTION_ENVIRONMENT_MAX], large[2 * QUESTION_KEY_MAX];
	struct writer json = writer_of(room, sizeof(room)), environment;
	const char *variables[QUESTION_VARIABLES_MAX];
	struct question question = { .expire = INT64_C(253402300799) };

	(void)state;
	environment = writer_of(environment_room, sizeof(environment_room));
	memset(large, '"', sizeof(large));
	for (unsigned field = 0; field < QUESTION_SIGNERS; field++)
		question_put(&question, (enum question_field)field, span_of(large, sizeof(large)));
	for (unsigned i = 0; i < TABLE_SIGNERS_MAX + 2; i++)
		question_put_signer(&question, span_of(large, 32), span_of(large, sizeof(large)));
	assert_int_equal(question.signer_count, TABLE_SIGNERS_MAX);
	assert_int_equal(question_size(&question), offsetof(struct question, text) + QUESTION_TEXT_MAX);
	assert_true(is_right(&question));
	question_write_json(&json, &question, &config);
	assert_false(json.overflowed);
	assert_true(question_write_environment(&environment, &question, &config, variables));
}

/* What only an enemy sends. */
static void test_hostile(void **state)
{
	struct question question = make();

	(void)state;
	assert_false(question_is_right(&question, question_size(&question) - 1, &config));
	assert_false(question_is_right(&question, question_size(&question) + 1, &config));
	for (size_t size = 0; size < offsetof(struct question, text); size++)
		assert_false(question_is_right(&question, size, &config));
	/* a key for a file is of no check */
	question.check = question.action = UINT32_MAX;
	assert_true(question_is_of_user(&question, question_size(&question), &config) && !is_right(&question));
	question.user = 2;
	assert_false(question_is_of_user(&question, question_size(&question), &config));
#define WITH(change) \
	question = make(); \
	question.change; \
	assert_false(is_right(&question))
	WITH(user = 2);
	WITH(user = UINT32_MAX);
	WITH(user = 1); /* no check of his */
	WITH(check = 1); /* not for this action */
	WITH(check = 2);
	WITH(check = 40);
	WITH(action = CHECK_SERVE);
	WITH(action = CHECK_ACTION_COUNT);
	WITH(expire = -1);
	WITH(expire = INT64_MAX);
	WITH(text[0] = '\n');
	WITH(text[1] = '\0');
	WITH(text[2] = 0xff);
	WITH(signer_count = TABLE_SIGNERS_MAX + 1);
	WITH(signer_count = 1); /* and a second one, hidden */
	question = make();
	question.sizes[QUESTION_REMOTE] = QUESTION_REMOTE_MAX + 1;
	assert_false(question_is_right(&question, question_size(&question), &config));
	memset(question.sizes, 0xff, sizeof(question.sizes));
	assert_false(question_is_right(&question, sizeof(question), &config));
#undef WITH
}

/* Whatever comes over the line: it is taken as a question, or refused, and nothing else happens. */
static void test_random(void **state)
{
	struct random random = { 7 };
	unsigned right = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct question question = make();
		size_t size = question_size(&question);
		uint8_t *copy = malloc(size); /* exactly so large: the sanitizer guards what is behind */

		memcpy(copy, &question, size);
		for (uint32_t changes = random_below(&random, 3); changes > 0; changes--)
			copy[random_below(&random, (uint32_t)size)] ^= (uint8_t)(1 << random_below(&random, 8));
		memset(&question, 0, sizeof(question));
		memcpy(&question, copy, size);
		if (question_is_right(&question, size, &config)) {
			static uint8_t room[QUESTION_JSON_MAX];
			struct writer writer = writer_of(room, sizeof(room));

			question_write_json(&writer, &question, &config);
			assert_false(writer.overflowed);
			right++;
		}
		free(copy);
	}
	assert_true(right > 5000 && right < 20000);
}

/* ---- on the line ---- */

static void test_messages(void **state)
{
	struct message message = message_of(MESSAGE_CONFIG, 1, SPAN("a\nb")), taken;
	struct question question = make(), other;
	uint8_t bytes[sizeof(message) + 1] = { 0 };
	size_t size;
	int ends[2];

	(void)state;
	assert_true(channel_open(ends));
	assert_int_equal(message_take(ends[1], &taken), CHANNEL_NOTHING);
	assert_true(message_send(ends[0], &message));
	assert_int_equal(message_take(ends[1], &taken), CHANNEL_MESSAGE);
	assert_true(taken.kind == MESSAGE_CONFIG && taken.number == 1 && span_equal(message_text(&taken), SPAN("a?b")));
	message.kind = MESSAGE_ASK;
	assert_true(message_send_question(ends[0], &message, &question));
	assert_int_equal(message_take_any(ends[1], &taken, &other, &size), CHANNEL_MESSAGE);
	assert_int_equal(size, question_size(&question));
	assert_memory_equal(&other, &question, size);
	/* a question to whom it is not for, without itself, and with another kind */
	assert_true(message_send_question(ends[0], &message, &question));
	assert_int_equal(message_take(ends[1], &taken), CHANNEL_ENDED);
	assert_true(message_send(ends[0], &message));
	assert_int_equal(message_take_any(ends[1], &taken, &other, &size), CHANNEL_ENDED);
	message.kind = MESSAGE_CANCEL;
	assert_true(message_send_question(ends[0], &message, &question));
	assert_int_equal(message_take_any(ends[1], &taken, &other, &size), CHANNEL_ENDED);
	/* wrong in form */
	for (uint32_t kind = 0; kind < 100; kind = kind == 0 ? MESSAGE_KIND_COUNT : kind + 1) {
		message.kind = kind;
		assert_true(message_send(ends[0], &message));
		assert_int_equal(message_take(ends[1], &taken), CHANNEL_ENDED);
	}
	message = message_of(MESSAGE_END, 0, SPAN(""));
	message.text_size = MESSAGE_TEXT_MAX + 1;
	assert_true(message_send(ends[0], &message));
	assert_int_equal(message_take(ends[1], &taken), CHANNEL_ENDED);
	message.text_size = 1; /* a NUL */
	assert_true(message_send(ends[0], &message));
	assert_int_equal(message_take(ends[1], &taken), CHANNEL_ENDED);
	bytes[0] = MESSAGE_END;
	for (size = 1; size <= sizeof(bytes); size += sizeof(bytes) / 3) {
		assert_true(channel_send(ends[0], span_of(bytes, size)));
		assert_int_equal(message_take(ends[1], &taken), CHANNEL_ENDED);
	}
	close(ends[0]);
	assert_int_equal(message_take(ends[1], &taken), CHANNEL_ENDED);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_program_sees), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_hostile),               cmocka_unit_test(test_random),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
