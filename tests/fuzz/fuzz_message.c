/* A message against a keyring. The first line of the input names a good case of tests/vectors, whose keyring and time are taken;
 * the rest is the message. Nothing verifies but what the keys' owners have signed: each signature that counts is one of the cases',
 * octet for octet from its version through its hashed subpackets and in its numbers, over the text of that case. */
#include "fuzz.h"
#include "pgp/message.h"
#include "pgp_case.h"

#include <stdlib.h>
#include <string.h>

enum { KEYRING_ARENA_SIZE = 1024 * 1024, MESSAGE_ARENA_SIZE = 192 * 1024, SEEDS_MAX = 1024 };

struct seed {
	struct span name;
	int64_t now;
	struct arena arena; /* of the keyring */
	struct pgp_keyring keyring;
};

static struct seed seeds[SEEDS_MAX];
static size_t seed_count;
static struct fuzz_set genuine;

typedef void signature_sink(const uint8_t digest[static 32]);

static void learn(const uint8_t digest[static 32])
{
	fuzz_set_add(&genuine, digest);
}

static void check(const uint8_t digest[static 32])
{
	FUZZ_CHECK(fuzz_set_has(&genuine, digest));
}

static void tell(struct span text, const struct signature *signature, signature_sink *sink)
{
	uint8_t result[DIGEST_SIZE_MAX];
	struct digest digest;

	digest_start(&digest, DIGEST_SHA256);
	fuzz_digest_span(&digest, text);
	fuzz_digest_span(&digest, signature->hashed);
	fuzz_digest_span(&digest, signature->salt);
	fuzz_digest_span(&digest, signature->numbers[0]);
	fuzz_digest_span(&digest, signature->numbers[1]);
	digest_finish(&digest, result);
	sink(result);
}

/* Tells of each signature of the block that counts when it stands alone. */
static size_t tell_signatures(const struct pgp_message *message, const struct seed *seed, signature_sink *sink)
{
	struct cursor packets = cursor_of(message->signatures);
	size_t count = 0;

	while (cursor_has_more(&packets)) {
		struct pgp_message alone = { .text = message->text, .signatures = packets.rest };
		struct pgp_verdict verdict = { 0 };
		struct signature signature;
		struct packet packet;

		FUZZ_CHECK(packet_take(&packets, &packet) == STATUS_OK);
		alone.signatures.size -= packets.rest.size;
		if (message_verify(&alone, &seed->keyring, seed->now, &verdict) != STATUS_OK)
			continue;
		FUZZ_CHECK(packet.type == PACKET_SIGNATURE && verdict.count == 1);
		signature_read(packet.body, &signature);
		tell(message->text, &signature, sink);
		count++;
	}
	return count;
}

/* Returns whether the message is accepted. */
static bool verify(struct span body, const struct seed *seed, signature_sink *sink)
{
	struct arena arena = fuzz_take_arena(MESSAGE_ARENA_SIZE);
	struct pgp_verdict verdict = { 0 };
	struct pgp_message message;
	enum status status = message_read(body, &arena, &message);

	if (status == STATUS_OK) {
		status = message_verify(&message, &seed->keyring, seed->now, &verdict);
		FUZZ_CHECK((status == STATUS_OK) == (verdict.count > 0));
		FUZZ_CHECK(verdict.public_key_operations <= MESSAGE_SIGNATURES_MAX * MESSAGE_CANDIDATES_MAX);
	}
	if (status == STATUS_OK)
		FUZZ_CHECK(tell_signatures(&message, seed, sink) >= verdict.count);
	free(arena.data);
	return status == STATUS_OK;
}

/* Keeps the name and the keyring of a good case, and learns its signatures. */
static void learn_case(const char *name)
{
	static struct pgp_case read;
	struct seed *seed = &seeds[seed_count];

	FUZZ_CHECK(seed_count < SEEDS_MAX && pgp_case_read(name, &read));
	if (span_equal(read.expect, SPAN("OK"))) {
		*seed = (struct seed){ .name = span_of_string(strdup(name)), .now = read.now };
		seed->arena = fuzz_take_arena(KEYRING_ARENA_SIZE);
		/* a case that needs more than one keyring file is none of the seeds */
		if (pgp_keyring_add(&seed->keyring, read.keyring, &seed->arena) == STATUS_OK && verify(read.message, seed, learn))
			seed_count++;
		else
			free(seed->arena.data);
	}
	free((void *)(uintptr_t)read.file.data);
}

static void learn_cases(void)
{
	struct span index = pgp_case_file("index"), rest = index, line;

	while (span_take_line(&rest, &line)) {
		char name[256] = { 0 };

		FUZZ_CHECK(line.size < sizeof(name));
		memcpy(name, line.data, line.size);
		learn_case(name);
	}
	FUZZ_CHECK(seed_count > 100);
	free((void *)(uintptr_t)index.data);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	(void)count;
	(void)arguments;
	fuzz_start_crypto();
	learn_cases();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size), name;
	size_t number = 0;

	if (!span_take_line(&input, &name))
		return 0;
	while (number < seed_count && !span_equal(seeds[number].name, name))
		number++;
	if (number < seed_count)
		verify(input, &seeds[number], check);
	return 0;
}
