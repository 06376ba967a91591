#include "fuzz.h"

#include "base/kconfig.h"
#include "crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

void fuzz_start_crypto(void)
{
	static uint64_t memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];
	static bool is_started;

	if (!is_started)
		crypto_start(memory, sizeof(memory));
	is_started = true;
}

struct arena fuzz_take_arena(size_t size)
{
	struct arena arena = arena_of(malloc(size ? size : 1), size);

	FUZZ_CHECK(arena.data);
	return arena;
}

bool fuzz_set_has(const struct fuzz_set *set, const uint8_t digest[static 32])
{
	for (size_t i = 0; i < set->count; i++)
		if (memcmp(set->digests[i], digest, 32) == 0)
			return true;
	return false;
}

void fuzz_set_add(struct fuzz_set *set, const uint8_t digest[static 32])
{
	if (fuzz_set_has(set, digest))
		return;
	FUZZ_CHECK(set->count < FUZZ_SET_MAX);
	memcpy(set->digests[set->count++], digest, 32);
}

void fuzz_digest_span(struct digest *digest, struct span bytes)
{
	const uint64_t size = bytes.size;

	digest_update(digest, span_of(&size, sizeof(size)));
	digest_update(digest, bytes);
}
