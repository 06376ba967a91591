#include "crypto/digest.h"

#include "base/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The digests of "abc": RFC 1321, FIPS 180-4 and FIPS 202 examples. */
static const struct {
	enum digest_algorithm algorithm;
	size_t size;
	const char *abc;
} rows[] = {
	{ DIGEST_MD5, 16, "900150983cd24fb0d6963f7d28e17f72" },
	{ DIGEST_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ DIGEST_SHA256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ DIGEST_SHA384, 48,
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
	{ DIGEST_SHA512, 64,
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ DIGEST_SHA3_256, 32, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532" },
	{ DIGEST_SHA3_512, 64,
	  "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
	  "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0" },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void test_known(void **state)
{
	(void)state;
	assert_int_equal(digest_size(DIGEST_NONE), 0);
	for (size_t i = 0; i < ROWS; i++) {
		uint8_t expected[DIGEST_SIZE_MAX], result[DIGEST_SIZE_MAX + 1] = { 0 };

		assert_int_equal(digest_size(rows[i].algorithm), rows[i].size);
		assert_true(hex_read(span_of_string(rows[i].abc), expected, rows[i].size));
		result[rows[i].size] = 0x5a;
		digest_compute(rows[i].algorithm, SPAN("abc"), result);
		assert_memory_equal(result, expected, rows[i].size);
		assert_int_equal(result[rows[i].size], 0x5a); /* no byte more than its size */
	}
}

/* In pieces of each size, with empty ones between, across the blocks of all of them. */
static void test_pieces(void **state)
{
	uint8_t text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < ROWS; i++) {
		uint8_t whole[DIGEST_SIZE_MAX];

		digest_compute(rows[i].algorithm, span_of(text, sizeof(text)), whole);
		for (size_t piece = 1; piece < 200; piece += 13) {
			struct span rest = span_of(text, sizeof(text));
			uint8_t result[DIGEST_SIZE_MAX];
			struct digest digest;

			digest_start(&digest, rows[i].algorithm);
			for (; rest.size > 0; rest = span_skip(rest, piece)) {
				digest_update(&digest, span_first(rest, piece));
				digest_update(&digest, (struct span){ 0 });
			}
			digest_finish(&digest, result);
			assert_memory_equal(result, whole, rows[i].size);
		}
	}
}

/* A copy goes its own way. */
static void test_fork(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		uint8_t expected[DIGEST_SIZE_MAX], result[DIGEST_SIZE_MAX];
		struct digest digest, copy;

		digest_start(&digest, rows[i].algorithm);
		digest_update(&digest, SPAN("a"));
		copy = digest;
		digest_update(&digest, SPAN("something else"));
		digest_finish(&digest, result);
		digest_update(&copy, SPAN("bc"));
		digest_finish(&copy, result);
		digest_compute(rows[i].algorithm, SPAN("abc"), expected);
		assert_memory_equal(result, expected, rows[i].size);
		digest = (struct digest){ 0 };
		assert_memory_equal(&copy.state, &digest.state, sizeof(digest.state)); /* wiped */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
