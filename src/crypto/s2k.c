#include "crypto/s2k.h"

#include "base/memory.h"

#include <string.h>

uint32_t s2k_count(uint8_t coded)
{
	return (16U + (coded & 15)) << ((coded >> 4) + 6);
}

/* Hashes the salt and the pass phrase, over and over up to the count. */
static void digest_repeated(struct digest *digest, const struct s2k *s2k, struct span passphrase)
{
	const struct span parts[2] = { span_of(s2k->salt, s2k->salt_size), passphrase };
	size_t left = parts[0].size + parts[1].size;

	if (left == 0)
		return;
	if (left < s2k->count)
		left = s2k->count;
	for (size_t i = 0; left > 0; i = 1 - i) {
		struct span part = span_first(parts[i], left);

		digest_update(digest, part);
		left -= part.size;
	}
}

/* A key that is longer than the digest is made of several, the second over one zero octet in front, and so on. */
void s2k_derive(const struct s2k *s2k, struct span passphrase, uint8_t *key, size_t size)
{
	static const uint8_t zero = 0;
	const size_t piece = digest_size(s2k->algorithm);
	uint8_t result[DIGEST_SIZE_MAX];

	for (size_t done = 0, zeros = 0; piece > 0 && done < size; done += piece, zeros++) {
		struct digest digest;

		digest_start(&digest, s2k->algorithm);
		for (size_t i = 0; i < zeros; i++)
			digest_update(&digest, span_of(&zero, 1));
		digest_repeated(&digest, s2k, passphrase);
		digest_finish(&digest, result);
		memcpy(key + done, result, piece < size - done ? piece : size - done);
	}
	memory_wipe(result, sizeof(result));
}
