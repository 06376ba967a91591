/* A keyring file of any content. No self-signature, binding or revocation counts that is not in a keyring of the seeds: nobody but
 * the owners of their keys can have made one. */
#include "fuzz.h"
#include "pgp/certificate.h"
#include "pgp/keyring.h"
#include "pgp_case.h"

#include <stdlib.h>

enum { ARENA_SIZE = 512 * 1024 };

static struct fuzz_set genuine;

/* What is done with each fact of a keyring. */
typedef void fact_sink(const uint8_t digest[static 32]);

static void learn(const uint8_t digest[static 32])
{
	fuzz_set_add(&genuine, digest);
}

static void check(const uint8_t digest[static 32])
{
	FUZZ_CHECK(fuzz_set_has(&genuine, digest));
}

/* A fact is a kind, the key that says it, what it says it about, and up to four numbers. */
static void tell(fact_sink *sink, const char *kind, const struct pgp_certificate *certificate, struct span object,
                 const int64_t numbers[static 4])
{
	uint8_t result[DIGEST_SIZE_MAX];
	struct digest digest;

	digest_start(&digest, DIGEST_SHA256);
	fuzz_digest_span(&digest, span_of_string(kind));
	fuzz_digest_span(&digest, certificate->primary.body);
	fuzz_digest_span(&digest, object);
	fuzz_digest_span(&digest, span_of(numbers, 4 * sizeof(numbers[0])));
	digest_finish(&digest, result);
	sink(result);
}

static void tell_list(fact_sink *sink, const char *kind, const struct pgp_certificate *certificate, struct span object,
                      const struct pgp_self_signature *list)
{
	for (; list; list = list->next) {
		const int64_t flags = list->has_flags | list->may_sign << 1 | list->is_primary_user_id << 2;

		tell(sink, kind, certificate, object, (int64_t[4]){ list->created, list->expires, list->key_lifetime, flags });
		/* of several back-signatures one counts: which, and so its times, may change with the others */
		if (list->back_from != INT64_MAX)
			tell(sink, "back", certificate, object, (int64_t[4]){ 0 });
	}
}

static void tell_certificate(fact_sink *sink, const struct pgp_certificate *certificate)
{
	const int64_t none[4] = { 0 };

	tell_list(sink, "direct", certificate, (struct span){ 0 }, certificate->direct_key_signatures);
	if (certificate->is_revoked)
		tell(sink, "revoked", certificate, (struct span){ 0 }, none);
	for (const struct pgp_user_id *each = certificate->user_ids; each; each = each->next) {
		const char *kind = each->packet_type == PACKET_USER_ID ? "user ID" : "attribute";

		tell_list(sink, kind, certificate, each->text, each->certifications);
		/* a damaged revocation counts for all time, and of several the newest: no time is told */
		if (each->revoked != INT64_MIN)
			tell(sink, "revoked", certificate, each->text, none);
	}
	for (const struct pgp_subkey *each = certificate->subkeys; each; each = each->next) {
		tell_list(sink, "subkey", certificate, each->key.body, each->bindings);
		if (each->is_revoked)
			tell(sink, "revoked", certificate, each->key.body, none);
	}
}

static void read_keyring(struct span file, fact_sink *sink)
{
	struct arena arena = fuzz_take_arena(ARENA_SIZE);
	struct pgp_keyring keyring = { 0 };
	size_t count = 0;

	pgp_keyring_add(&keyring, file, &arena);
	for (const struct pgp_certificate *each = keyring.first; each; each = each->next, count++) {
		tell_certificate(sink, each);
		/* questions that may be asked of any */
		certificate_user_id(each, 1780000000);
		if (certificate_may_sign(each, NULL, 1780000000) == STATUS_OK)
			FUZZ_CHECK(each->direct_key_signatures || each->user_ids);
		for (const struct pgp_subkey *subkey = each->subkeys; subkey; subkey = subkey->next)
			if (certificate_may_sign(each, subkey, 1780000000) == STATUS_OK)
				FUZZ_CHECK(subkey->bindings);
	}
	FUZZ_CHECK(count == keyring.count || keyring.count == 0);
	free(arena.data);
}

static void learn_seeds(void)
{
	struct span index = pgp_case_file("index"), rest = index, line;
	static struct pgp_case seed;
	static struct fuzz_set known;

	while (span_take_line(&rest, &line)) {
		char name[256] = { 0 };
		uint8_t digest[32];

		FUZZ_CHECK(line.size < sizeof(name));
		for (size_t i = 0; i < line.size; i++)
			name[i] = (char)line.data[i];
		FUZZ_CHECK(pgp_case_read(name, &seed));
		digest_compute(DIGEST_SHA256, seed.keyring, digest);
		if (!fuzz_set_has(&known, digest))
			read_keyring(seed.keyring, learn);
		fuzz_set_add(&known, digest);
		free((void *)(uintptr_t)seed.file.data);
	}
	free((void *)(uintptr_t)index.data);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	(void)count;
	(void)arguments;
	fuzz_start_crypto();
	learn_seeds();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_keyring(span_of(data, size), check);
	return 0;
}
