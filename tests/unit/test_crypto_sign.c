#include "base/kconfig.h"
#include "crypto/cipher.h"
#include "crypto/crypto.h"
#include "crypto/s2k.h"
#include "crypto/sign.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t entropy[SIGN_ENTROPY_SIZE] = { 1 };
static const size_t key_sizes[] = { 16, 24, 32 }, data_sizes[] = { 0, 1, 15, 16, 17, 32, 47, 64, 100 };

static int start(void **state)
{
	static uint64_t memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];

	(void)state;
	crypto_start(memory, sizeof(memory));
	return 0;
}

/* 0, 1, 2, ... */
static struct span counting(uint8_t room[static 32], size_t size)
{
	for (size_t i = 0; i < size; i++)
		room[i] = (uint8_t)i;
	return span_of(room, size);
}

static bool is_zero(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i])
			return false;
	return true;
}

/* ---- from pass phrase to key to plain text ---- */

static void test_s2k(void **state)
{
	static const struct {
		const char *name;
		enum digest_algorithm algorithm;
	} digests[] = {
		{ "md5", DIGEST_MD5 }, { "sha1", DIGEST_SHA1 }, { "sha256", DIGEST_SHA256 }, { "sha512", DIGEST_SHA512 }
	};
	const struct span passphrase = SPAN("a pass phrase, \xc3\xa4");
	uint8_t key[32];

	(void)state;
	for (size_t kind = 0; kind < 4; kind += kind == 1 ? 2 : 1) {
		for (size_t i = 0; i < COUNT(digests) * COUNT(key_sizes); i++) {
			const size_t size = key_sizes[i % COUNT(key_sizes)];
			struct s2k s2k = { .algorithm = digests[i / COUNT(key_sizes)].algorithm };

			if (kind > 0) {
				memcpy(s2k.salt, "\1\2\3\4\5\6\7\x8", 8);
				s2k.salt_size = 8;
			}
			s2k.count = kind == 3 ? s2k_count(0x12) : 0;
			s2k_derive(&s2k, passphrase, key, size);
			assert_true(
				span_equal(span_of(key, size), vector_of("s2k.%zu.%s.%zu", kind,
			                                                 digests[i / COUNT(key_sizes)].name, size)));
		}
	}
}

static void test_s2k_count(void **state)
{
	(void)state;
	assert_int_equal(s2k_count(0), 1024);
	assert_int_equal(s2k_count(96), 65536);
	assert_int_equal(s2k_count(255), 65011712);
}

/* An empty pass phrase without a salt is nothing to hash; a count below its size hashes it once. */
static void test_s2k_odd(void **state)
{
	struct s2k s2k = { .algorithm = DIGEST_SHA256 };
	uint8_t key[32], expected[DIGEST_SIZE_MAX], text[2000] = { 0 };

	(void)state;
	s2k_derive(&s2k, (struct span){ 0 }, key, 32);
	digest_compute(DIGEST_SHA256, (struct span){ 0 }, expected);
	assert_memory_equal(key, expected, 32);
	s2k.count = 1024;
	s2k_derive(&s2k, span_of(text, sizeof(text)), key, 32);
	digest_compute(DIGEST_SHA256, span_of(text, sizeof(text)), expected);
	assert_memory_equal(key, expected, 32);
}

static void test_cfb(void **state)
{
	uint8_t key[32], iv[32], data[100];

	(void)state;
	counting(iv, 16);
	for (size_t i = 0; i < COUNT(key_sizes) * COUNT(data_sizes); i++) {
		const size_t size = data_sizes[i / COUNT(key_sizes)], key_size = key_sizes[i % COUNT(key_sizes)];

		memcpy(data, vector_of("cfb.%zu.%zu", key_size, size).data, size);
		assert_true(aes_cfb_decrypt(counting(key, key_size), iv, data, size));
		assert_true(is_zero(data, size));
	}
	assert_false(aes_cfb_decrypt(span_of(key, 17), iv, data, 1));
}

static void check_ocb(size_t key_size, size_t size, size_t associated_size)
{
	const struct span sealed = vector_of("ocb.%zu.%zu.%zu", key_size, size, associated_size);
	uint8_t key[32], data[116], nonce[OCB_NONCE_SIZE] = { 0 }, associated[64] = { 0 };
	const struct span key_span = counting(key, key_size);

	nonce[14] = (uint8_t)size;
	memcpy(data, sealed.data, sealed.size);
	assert_int_equal(sealed.size, size + OCB_TAG_SIZE);
	assert_true(aes_ocb_decrypt(key_span, nonce, span_of(associated, associated_size), data, size));
	assert_true(is_zero(data, size));
	/* each octet of the data and the tag changed */
	for (size_t i = 0; i < sealed.size; i++) {
		memcpy(data, sealed.data, sealed.size);
		data[i] ^= 0x80;
		assert_false(aes_ocb_decrypt(key_span, nonce, span_of(associated, associated_size), data, size));
		assert_true(is_zero(data, size));
	}
	memcpy(data, sealed.data, sealed.size);
	assert_false(aes_ocb_decrypt(key_span, nonce, span_of(associated, associated_size + 1), data, size));
	memcpy(data, sealed.data, sealed.size);
	nonce[0] ^= 1;
	assert_false(aes_ocb_decrypt(key_span, nonce, span_of(associated, associated_size), data, size));
}

static void test_ocb(void **state)
{
	static const size_t associated_sizes[] = { 0, 5, 16, 33 };

	(void)state;
	for (size_t i = 0; i < COUNT(key_sizes); i++)
		for (size_t j = 0; j < COUNT(data_sizes); j++)
			for (size_t k = 0; k < COUNT(associated_sizes); k++)
				check_ocb(key_sizes[i], data_sizes[j], associated_sizes[k]);
}

static void test_hkdf(void **state)
{
	uint8_t key[32], made[32];

	(void)state;
	for (size_t i = 0; i < COUNT(key_sizes); i++) {
		assert_true(hkdf_sha256(counting(key, key_sizes[i]), SPAN("info"), made, key_sizes[i]));
		assert_true(span_equal(span_of(made, key_sizes[i]), vector_of("hkdf.%zu", key_sizes[i])));
		/* over itself */
		assert_true(hkdf_sha256(counting(key, key_sizes[i]), SPAN("info"), key, key_sizes[i]));
		assert_memory_equal(key, made, key_sizes[i]);
	}
}

/* ---- signatures ---- */

static void test_ed25519(void **state)
{
	static const size_t sizes[] = { 0, 1, 32, 64, 200 };
	uint8_t message[200] = { 0 }, signature[64];

	(void)state;
	for (size_t i = 0; IS_ENABLED(CONFIG_ED25519) && i < COUNT(sizes); i++) {
		ed25519_sign(vector("ed25519_sign.seed").data, span_of(message, sizes[i]), signature);
		assert_true(span_equal(span_of(signature, 64), vector_of("ed25519_sign.%zu", sizes[i])));
	}
}

static void test_ecdsa(void **state)
{
	const struct span secret = vector("rfc6979.p256.secret");
	uint8_t r[ECDSA_NUMBER_SIZE_MAX], s[ECDSA_NUMBER_SIZE_MAX];

	(void)state;
	if (!IS_ENABLED(CONFIG_ECDSA_P256))
		return;
	assert_true(ecdsa_sign(ECDSA_P256, secret, DIGEST_SHA256, vector("rfc6979.p256.digest").data, entropy, r, s));
	assert_true(span_equal(span_of(r, 32), vector("rfc6979.p256.r")));
	assert_true(span_equal(span_of(s, 32), vector("rfc6979.p256.s")));
}

/* Secrets that are none: 0, n, and what is too large for any curve. */
static void test_ecdsa_wrong(void **state)
{
	static const uint8_t large[80] = { 1 };
	const struct span wrong[] = { { 0 }, SPAN("\0"), vector("p256.n"), span_of(large, 66), span_of(large, 80) };
	uint8_t r[ECDSA_NUMBER_SIZE_MAX], s[ECDSA_NUMBER_SIZE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(ecdsa_sign(ECDSA_P256, wrong[i], DIGEST_SHA256, entropy, entropy, r, s));
	for (enum digest_algorithm algorithm = DIGEST_NONE; algorithm <= DIGEST_SHA3_512; algorithm++) {
		const uint8_t digest[DIGEST_SIZE_MAX] = { 1 };
		const bool signs = algorithm >= DIGEST_SHA256 && algorithm <= DIGEST_SHA512;

		assert_int_equal(ecdsa_sign(ECDSA_P256, SPAN("\1"), algorithm, digest, entropy, r, s),
		                 signs && IS_ENABLED(CONFIG_ECDSA_P256));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_s2k),     cmocka_unit_test(test_s2k_count), cmocka_unit_test(test_s2k_odd),
		cmocka_unit_test(test_cfb),     cmocka_unit_test(test_ocb),       cmocka_unit_test(test_hkdf),
		cmocka_unit_test(test_ed25519), cmocka_unit_test(test_ecdsa),     cmocka_unit_test(test_ecdsa_wrong),
	};

	return cmocka_run_group_tests_name("crypto_sign", tests, start, NULL);
}
