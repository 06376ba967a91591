/* usage: sign SECRET-KEY TEXT NOW [PASSPHRASE...]
 *
 * Signs a text as a client does, with each pass phrase in turn until one is right, judges the message as the server does, and prints it;
 * or prints the name of the status that is in the way, and ends with exit code 1. The signature's entropy is a digest of the arguments:
 * the same each time. */
#include "base/kconfig.h"
#include "crypto/crypto.h"
#include "host/file.h"
#include "host/tell.h"
#include "pgp/message.h"
#include "pgp/secret_key.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t crypto_memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];
static uint8_t secret_memory[PGP_SECRET_ARENA_SIZE];
static uint8_t message_memory[CONFIG_REQUEST_ARENA_KB * 1024], key_file[PGP_SECRET_FILE_SIZE_MAX];
static uint8_t text_file[MESSAGE_SIZE_MAX], message_room[MESSAGE_SIZE_MAX];

static void end_unless(bool right, const char *words)
{
	if (right)
		return;
	puts(words);
	exit(1);
}

static void end_unless_ok(enum status status)
{
	end_unless(status == STATUS_OK, status_name(status));
}

static struct span read_file(const char *path, uint8_t *room, size_t size)
{
	const char *why_not;
	struct span bytes;

	end_unless(file_read_start(path, room, size, &bytes, &why_not), path);
	return bytes;
}

static enum status unlock(struct pgp_secret_key *secret, int count, char **passphrases)
{
	enum status status = secret->needs_passphrase ? STATUS_PASSPHRASE_NEEDED : STATUS_OK;

	for (int i = 0; i < count && secret->needs_passphrase; i++)
		status = pgp_secret_key_unlock(secret, span_of_string(passphrases[i]));
	return status;
}

static void check(struct span written, const struct pgp_secret_key *secret, int64_t now)
{
	struct arena arena = arena_of(message_memory, sizeof(message_memory));
	struct pgp_verdict verdict = { 0 };
	struct pgp_message message;

	end_unless_ok(message_read(written, &arena, &message));
	end_unless_ok(message_verify(&message, &secret->keyring, now, &verdict));
	end_unless(verdict.count == 1 && verdict.signers[0].key == secret->key, "another key has signed");
}

int main(int count, char **arguments)
{
	struct arena arena = arena_of(secret_memory, sizeof(secret_memory));
	struct writer message = writer_of(message_room, sizeof(message_room));
	uint8_t entropy[DIGEST_SIZE_MAX] = { 0 };
	struct pgp_secret_key secret;
	struct span file, text;
	int64_t now;

	end_unless(count >= 4, "usage: sign SECRET-KEY TEXT NOW [PASSPHRASE...]");
	file = read_file(arguments[1], key_file, sizeof(key_file));
	text = read_file(arguments[2], text_file, sizeof(text_file));
	now = strtoll(arguments[3], NULL, 10);
	digest_compute(DIGEST_SHA256, text, entropy);
	crypto_start(crypto_memory, sizeof(crypto_memory));
	end_unless_ok(pgp_secret_key_open(&secret, file, now, &arena));
	end_unless_ok(unlock(&secret, count - 4, arguments + 4));
	end_unless_ok(pgp_secret_key_sign(&secret, text, now, entropy, &message));
	check(writer_written(&message), &secret, now);
	pgp_secret_key_close(&secret);
	return tell_result(writer_written(&message));
}
