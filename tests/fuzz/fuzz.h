/* What the fuzzers have in common. */
#ifndef INKI_TESTS_FUZZ_FUZZ_H
#define INKI_TESTS_FUZZ_FUZZ_H

#include "base/arena.h"
#include "crypto/digest.h"

/* The one function of a fuzzer: libFuzzer's and replay.c's entry. data is a copy of its very size on the heap, so that the
 * sanitizer sees a read behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is done once before, where a fuzzer has such: libFuzzer does not count its time. */
int LLVMFuzzerInitialize(int *count, char ***arguments) __attribute__((weak));

/* Ends the program, and so makes a finding of the input, unless the condition holds. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* Hands the cryptographic library its memory; the first call counts. */
void fuzz_start_crypto(void);

/* An arena over memory of its own that the sanitizer guards; the caller frees .data. */
struct arena fuzz_take_arena(size_t size);

/* A set of what is genuine, as digests. Full, it ends the program. */
enum { FUZZ_SET_MAX = 16384 };

struct fuzz_set {
	uint8_t digests[FUZZ_SET_MAX][32];
	size_t count;
};

void fuzz_set_add(struct fuzz_set *set, const uint8_t digest[static 32]);
bool fuzz_set_has(const struct fuzz_set *set, const uint8_t digest[static 32]);

/* Appends a span to a digest together with its size, so that no two lists of spans are the same bytes. */
void fuzz_digest_span(struct digest *digest, struct span bytes);

#endif
