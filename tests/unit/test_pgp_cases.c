/* Runs the OpenPGP cases of tests/vectors: honest messages are taken, and forged, damaged and outdated ones are not, each for its
 * own reason; nothing that is cut off, bit-flipped or short of memory ever verifies. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/kconfig.h"
#include "base/writer.h"
#include "crypto/crypto.h"
#include "pgp/keyring.h"
#include "pgp/message.h"
#include "pgp_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	KEYRING_ARENA_SIZE = 1024 * 1024,
	MESSAGE_ARENA_SIZE = 192 * 1024,
	CASES_MAX = 2000,
};

static uint8_t crypto_memory[CONFIG_CRYPTO_ARENA_KB * 1024], keyring_memory[KEYRING_ARENA_SIZE], message_memory[MESSAGE_ARENA_SIZE];

/* A copy of its very size, so that the sanitizer sees a read beyond the end. The caller frees it. */
static struct span copy_of(struct span bytes)
{
	uint8_t *copy = malloc(bytes.size ? bytes.size : 1);

	assert_non_null(copy);
	if (bytes.size > 0)
		memcpy(copy, bytes.data, bytes.size);
	return span_of(copy, bytes.size);
}

static void free_copy(struct span copy)
{
	free((void *)(uintptr_t)copy.data);
}

/* What came of a message. */
struct outcome {
	enum status status;
	struct pgp_message message; /* its spans point into the arena */
	struct pgp_verdict verdict;
};

static struct outcome verify(struct span message, const struct pgp_keyring *keyring, int64_t now, struct arena *arena)
{
	struct outcome outcome = { 0 };
	struct span copy = copy_of(message);

	outcome.status = message_read(copy, arena, &outcome.message);
	free_copy(copy); /* nothing points into it from now on */
	if (outcome.status == STATUS_OK)
		outcome.status = message_verify(&outcome.message, keyring, now, &outcome.verdict);
	return outcome;
}

static enum status add_file(struct span file, struct arena *arena, struct pgp_keyring *keyring)
{
	struct span copy = copy_of(file);
	enum status status = pgp_keyring_add(keyring, copy, arena);

	free_copy(copy);
	/* an error lets nobody in */
	if (status != STATUS_OK)
		assert_true(!keyring->first && keyring->count == 0);
	return status;
}

static enum status add_keyrings(const struct pgp_case *expected, struct arena *arena, struct pgp_keyring *keyring)
{
	enum status status;

	*keyring = (struct pgp_keyring){ 0 };
	status = add_file(expected->keyring, arena, keyring);
	return status == STATUS_OK && expected->second_keyring.size > 0 ? add_file(expected->second_keyring, arena, keyring)
	                                                                : status;
}

/* The case at work. */
struct run {
	const char *name;
	struct pgp_case expected;
	struct pgp_keyring keyring;
};

static bool is_good(const struct run *run)
{
	return span_equal(run->expected.expect, SPAN("OK"));
}

static void check_outcome(const struct run *run, const struct outcome *outcome)
{
	const struct pgp_case *expected = &run->expected;
	uint8_t room[2 * PGP_FINGERPRINT_SIZE_MAX];
	struct writer signer = writer_of(room, sizeof(room));

	if (!span_equal(span_of_string(status_name(outcome->status)), expected->expect))
		fail_msg("%s: %s in place of %.*s", run->name, status_name(outcome->status), (int)expected->expect.size,
		         (const char *)expected->expect.data);
	if ((int64_t)outcome->verdict.count != expected->signers)
		fail_msg("%s: %zu signers", run->name, outcome->verdict.count);
	if ((int64_t)outcome->verdict.public_key_operations > expected->operations)
		fail_msg("%s: %u public-key operations", run->name, outcome->verdict.public_key_operations);
	if (expected->has_text && !span_equal(outcome->message.text, expected->text))
		fail_msg("%s: the text is not the one that was signed", run->name);
	if (expected->signer.size == 0)
		return;
	hex_write(&signer, pgp_key_fingerprint(outcome->verdict.signers[0].key));
	if (!span_equal(writer_written(&signer), expected->signer))
		fail_msg("%s: another key is said to have signed", run->name);
}

/* What a key of RSA costs each time is spent when the keyring is read. */
static void check_ready(const struct run *run, const struct pgp_verdict *verdict)
{
	for (size_t i = 0; i < verdict->count; i++) {
		const struct pgp_key *key = verdict->signers[i].key;

		if (key->algorithm <= PUBLIC_KEY_RSA_SIGN_ONLY &&
		    key->material.rsa.ready.size != key->material.rsa.modulus.size)
			fail_msg("%s: the key that signed was not made ready", run->name);
	}
}

static struct arena message_arena(void)
{
	return arena_of(message_memory, sizeof(message_memory));
}

/* Every size counts, but for the few large messages, where all would take minutes. */
static size_t next_size(size_t size, size_t most)
{
	const size_t step = 1 + most / 4096;

	return size < most && most - size < step ? most : size + step;
}

/* Cut off anywhere, it is refused, but where only white space is missing. */
static void check_truncations(const struct run *run)
{
	const size_t most = run->expected.message.size - 1;

	for (size_t size = 0; size <= most; size = next_size(size, most)) {
		struct arena arena = message_arena();
		struct outcome outcome = verify(span_first(run->expected.message, size), &run->keyring, run->expected.now, &arena);

		if ((outcome.status == STATUS_OK) != pgp_case_contains(&run->expected.whole, size))
			fail_msg("%s: cut off at %zu: %s", run->name, size, status_name(outcome.status));
	}
}

/* An emulated CPU takes some of the flips only. */
static size_t flip_step(void)
{
	const char *step = getenv("FLIP_STEP");

	return step ? (size_t)strtoul(step, NULL, 10) : 1;
}

/* With any bit flipped it is refused, but where the octet means nothing (tests/vectors/meaningless.py). */
static void check_flips(const struct run *run)
{
	const struct span message = run->expected.message;
	uint8_t *flipped = malloc(message.size);

	assert_non_null(flipped);
	memcpy(flipped, message.data, message.size);
	for (size_t i = 0; i < 8 * message.size; i += flip_step()) {
		struct arena arena = message_arena();
		struct outcome outcome;

		flipped[i / 8] ^= (uint8_t)(1U << i % 8);
		outcome = verify(span_of(flipped, message.size), &run->keyring, run->expected.now, &arena);
		flipped[i / 8] ^= (uint8_t)(1U << i % 8);
		if ((outcome.status == STATUS_OK) != pgp_case_contains(&run->expected.flips, i))
			fail_msg("%s: bit %zu of octet %zu flipped: %s", run->name, i % 8, i / 8, status_name(outcome.status));
	}
	free(flipped);
}

/* In an arena of any size there is the right verdict, or the word that it is too small. */
static void check_message_arenas(const struct run *run)
{
	struct arena whole = message_arena();

	verify(run->expected.message, &run->keyring, run->expected.now, &whole);
	for (size_t size = 0; size <= whole.peak; size = next_size(size, whole.peak)) {
		void *memory = malloc(size ? size : 1);
		struct arena arena = arena_of(memory, size);
		struct outcome outcome;

		assert_non_null(memory);
		outcome = verify(run->expected.message, &run->keyring, run->expected.now, &arena);
		if (outcome.status == STATUS_OK ? (int64_t)outcome.verdict.count != run->expected.signers
		                                : outcome.status != STATUS_REQUEST_TOO_LARGE)
			fail_msg("%s: arena of %zu bytes: %s", run->name, size, status_name(outcome.status));
		if (size == whole.peak)
			assert_int_equal(outcome.status, STATUS_OK);
		free(memory);
	}
}

static void check_keyring_arenas(const struct run *run)
{
	enum status status = STATUS_ARENA_FULL;
	struct pgp_keyring keyring;

	for (size_t size = 0; status != STATUS_OK; size += (size_t)run->expected.arenas) {
		void *memory = malloc(size ? size : 1);
		struct arena arena = arena_of(memory, size);

		assert_non_null(memory);
		status = add_keyrings(&run->expected, &arena, &keyring);
		if (status == STATUS_OK) {
			struct arena room = message_arena();
			struct outcome outcome = verify(run->expected.message, &keyring, run->expected.now, &room);

			check_outcome(run, &outcome);
		}
		free(memory);
		if (size > KEYRING_ARENA_SIZE || (status != STATUS_OK && status != STATUS_ARENA_FULL))
			fail_msg("%s: keyring arena of %zu bytes: %s", run->name, size, status_name(status));
	}
}

/* Where Kconfig left out an algorithm that the case is about: what a good case then ends with, if it is told; else that nothing more
 * is accepted than with it. */
static void check_left_out(const struct run *run, const struct outcome *outcome)
{
	const struct span without = run->expected.without;

	if (without.size > 0 && !span_equal(span_of_string(status_name(outcome->status)), without))
		fail_msg("%s: %s in place of %.*s", run->name, status_name(outcome->status), (int)without.size,
		         (const char *)without.data);
	if ((outcome->status == STATUS_OK && !is_good(run)) || (int64_t)outcome->verdict.count > run->expected.signers)
		fail_msg("%s: accepted because of what was left out", run->name);
}

static void check_case(struct run *run)
{
	struct arena keyring_arena = arena_of(keyring_memory, sizeof(keyring_memory)), arena = message_arena();
	struct outcome outcome = { .status = add_keyrings(&run->expected, &keyring_arena, &run->keyring) };

	if (outcome.status == STATUS_OK)
		outcome = verify(run->expected.message, &run->keyring, run->expected.now, &arena);
	if (run->expected.is_left_out) {
		check_left_out(run, &outcome);
		return;
	}
	check_outcome(run, &outcome);
	check_ready(run, &outcome.verdict);
	if (run->expected.has_flips)
		check_flips(run);
	if (run->expected.arenas > 0)
		check_keyring_arenas(run);
	if (!is_good(run))
		return;
	check_truncations(run);
	check_message_arenas(run);
}

static void test_case(void **state)
{
	static struct run run;

	run = (struct run){ .name = *state };
	if (!pgp_case_read(run.name, &run.expected))
		fail_msg("%s: not a case", run.name);
	check_case(&run);
	free_copy(run.expected.file);
}

/* One test a line of the index. */
static size_t list_tests(struct span index, struct CMUnitTest tests[static CASES_MAX])
{
	struct span line;
	size_t count = 0;

	while (span_take_line(&index, &line)) {
		char *name = malloc(line.size + 1);

		if (!name || count == CASES_MAX)
			exit(1);
		memcpy(name, line.data, line.size);
		name[line.size] = '\0';
		tests[count++] = (struct CMUnitTest){ .name = name, .test_func = test_case, .initial_state = name };
	}
	return count;
}

/* Without arguments all cases are run, else those that are named. */
int main(int count, char **names)
{
	static struct CMUnitTest tests[CASES_MAX];
	struct span index = pgp_case_file("index");
	size_t number = 0;
	int failed;

	crypto_start(crypto_memory, sizeof(crypto_memory));
	if (count > 1)
		for (; number < (size_t)count - 1 && number < CASES_MAX; number++)
			tests[number] = (struct CMUnitTest){ names[number + 1], test_case, NULL, NULL, names[number + 1] };
	else if (index.data)
		number = list_tests(index, tests);
	failed = number == 0 ? 1 : _cmocka_run_group_tests("cases", tests, number, NULL, NULL);
	for (size_t i = 0; count <= 1 && i < number; i++)
		free((void *)(uintptr_t)tests[i].name);
	free_copy(index);
	return failed;
}
