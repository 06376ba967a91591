/* A secret-key file of any content, with the pass phrase of the seeds. Whatever signs has made a message that the verifier takes; and
 * nothing of the file is left in the memory afterwards. */
#include "base/kconfig.h"
#include "fuzz.h"
#include "pgp/message.h"
#include "pgp/secret_key.h"

#include <stdlib.h>

enum { ARENA_SIZE = 64 * 1024, MESSAGE_SIZE = 8192, NOW = 1780000000, COUNT_MAX = 65536 /* more is only slower */ };

static void check_message(const struct pgp_secret_key *secret, struct span written)
{
	struct arena arena = fuzz_take_arena(4 * MESSAGE_SIZE);
	struct pgp_verdict verdict = { 0 };
	struct pgp_message message;

	FUZZ_CHECK(message_read(written, &arena, &message) == STATUS_OK);
	FUZZ_CHECK(message_verify(&message, &secret->keyring, NOW, &verdict) == STATUS_OK);
	FUZZ_CHECK(verdict.count == 1);
	free(arena.data);
}

static void sign(struct pgp_secret_key *secret)
{
	static uint8_t room[MESSAGE_SIZE];
	const uint8_t entropy[PGP_ENTROPY_SIZE] = { 0 };
	struct writer message = writer_of(room, sizeof(room));

	FUZZ_CHECK(secret->key && secret->certificate);
	if (secret->needs_passphrase && secret->protection.s2k.count <= COUNT_MAX)
		pgp_secret_key_unlock(secret, SPAN("a pass phrase, \xc3\xa4"));
	if (pgp_secret_key_sign(secret, SPAN("text\n- "), NOW, entropy, &message) == STATUS_OK)
		check_message(secret, writer_written(&message));
	else
		FUZZ_CHECK(message.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = fuzz_take_arena(ARENA_SIZE);
	struct pgp_secret_key secret;

	fuzz_start_crypto();
	if (pgp_secret_key_open(&secret, span_of(data, size), NOW, &arena) == STATUS_OK)
		sign(&secret);
	pgp_secret_key_close(&secret);
	for (size_t i = 0; IS_ENABLED(CONFIG_SIGN) && i < ARENA_SIZE; i++)
		FUZZ_CHECK(arena.data[i] == 0);
	free(arena.data);
	return 0;
}
