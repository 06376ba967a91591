/* usage: verify KEYRING MESSAGE MILLISECONDS
 *
 * Judges the message again and again for that time, as the server does for each request, and prints how often it did so in a second; both
 * of the processor's time, as openssl speed counts it. */
#include "base/kconfig.h"
#include "crypto/crypto.h"
#include "host/clock.h"
#include "host/file.h"
#include "pgp/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FILE_MAX = 1 << 20 };

static uint8_t crypto_memory[CONFIG_CRYPTO_ARENA_KB * 1024], keyring_memory[CONFIG_SETTINGS_ARENA_KB * 1024];
static uint8_t message_memory[CONFIG_REQUEST_ARENA_KB * 1024], keyring_file[FILE_MAX], message_file[FILE_MAX];

static void end_unless(bool right, const char *words)
{
	if (right)
		return;
	fprintf(stderr, "%s\n", words);
	exit(1);
}

static struct span read_file(const char *path, uint8_t room[static FILE_MAX])
{
	const char *why_not;
	struct span bytes;

	end_unless(file_read_start(path, room, FILE_MAX, &bytes, &why_not), path);
	return bytes;
}

static enum status judge(struct span file, const struct pgp_keyring *keyring, int64_t now)
{
	struct arena arena = arena_of(message_memory, sizeof(message_memory));
	struct pgp_message message;
	struct pgp_verdict verdict = { 0 };
	enum status status = message_read(file, &arena, &message);

	return status == STATUS_OK ? message_verify(&message, keyring, now, &verdict) : status;
}

int main(int count, char **arguments)
{
	struct arena arena = arena_of(keyring_memory, sizeof(keyring_memory));
	struct pgp_keyring keyring = { 0 };
	struct span message;
	clock_t start;
	int64_t now = clock_wall();
	long turns = 0, most, took;

	end_unless(count == 4, "usage: verify KEYRING MESSAGE MILLISECONDS");
	crypto_start(crypto_memory, sizeof(crypto_memory));
	end_unless(pgp_keyring_add(&keyring, read_file(arguments[1], keyring_file), &arena) == STATUS_OK, "this is no keyring");
	message = read_file(arguments[2], message_file);
	most = strtol(arguments[3], NULL, 10);
	start = clock();
	do {
		end_unless(judge(message, &keyring, now) == STATUS_OK, "the message is not accepted");
		turns++;
		took = (long)((clock() - start) / (CLOCKS_PER_SEC / 1000));
	} while (took < most);
	printf("%ld\n", turns * 1000 / (took > 0 ? took : 1));
	return 0;
}
