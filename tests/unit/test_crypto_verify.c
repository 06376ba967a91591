#include "base/encoding.h"
#include "crypto/crypto.h"
#include "crypto/verify.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/kconfig.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct span text = SPAN_INITIALIZER("the signed text");

static const struct {
	const char *name;
	enum digest_algorithm algorithm;
} digests[] = {
	{ "sha1", DIGEST_SHA1 },     { "sha256", DIGEST_SHA256 },     { "sha384", DIGEST_SHA384 },
	{ "sha512", DIGEST_SHA512 }, { "sha3_256", DIGEST_SHA3_256 }, { "sha3_512", DIGEST_SHA3_512 },
};

static int start(void **state)
{
	static uint64_t memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];

	(void)state;
	crypto_start(memory, sizeof(memory));
	return 0;
}

/* value in size bytes, with zeros in front. */
static struct span widened(struct span value, uint8_t *room, size_t size)
{
	memset(room, 0, size);
	memcpy(room + size - value.size, value.data, value.size);
	return span_of(room, size);
}

/* For what Kconfig can leave out. */
static void skip_unless(bool is_enabled)
{
	if (!is_enabled)
		skip();
}

/* What was left out is never right. */
static void test_left_out(void **state)
{
	const struct rsa_key key = { vector("rsa2048.n"), vector("rsa2048.e"), { 0 } };
	const uint8_t *point = vector("ed25519.key").data;
	uint8_t digest[DIGEST_SIZE_MAX], room[RSA_SIZE_MAX];

	(void)state;
	digest_compute(DIGEST_SHA256, text, digest);
	assert_int_equal(rsa_verify(&key, DIGEST_SHA256, digest, vector("rsa2048.sha256")), IS_ENABLED(CONFIG_RSA));
	assert_int_equal(rsa_prepare(&key, room).size, IS_ENABLED(CONFIG_RSA) ? 256 : 0);
	assert_int_equal(ed25519_check_key(point), IS_ENABLED(CONFIG_ED25519));
	assert_int_equal(ed25519_verify(point, text, vector("ed25519.signature").data), IS_ENABLED(CONFIG_ED25519));
}

/* ---- RSA ---- */

static struct rsa_key rsa_key(unsigned bits)
{
	return (struct rsa_key){ vector_of("rsa%u.n", bits), vector_of("rsa%u.e", bits), { 0 } };
}

/* A key that was made ready judges as one that was not. */
static bool verify_rsa(const struct rsa_key *key, enum digest_algorithm algorithm, struct span signature)
{
	uint8_t value[DIGEST_SIZE_MAX], room[RSA_SIZE_MAX];
	struct rsa_key ready = *key;
	bool good;

	digest_compute(algorithm, text, value);
	good = rsa_verify(key, algorithm, value, signature);
	ready.ready = rsa_prepare(key, room);
	assert_int_equal(rsa_verify(&ready, algorithm, value, signature), good);
	return good;
}

static void test_rsa(void **state)
{
	const struct rsa_key key = rsa_key(2048);

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_RSA));
	for (size_t i = 0; i < COUNT(digests); i++)
		for (size_t other = 0; other < COUNT(digests); other++)
			assert_int_equal(verify_rsa(&key, digests[i].algorithm, vector_of("rsa2048.%s", digests[other].name)),
			                 i == other);
	for (unsigned bits = 3072; bits <= 4096; bits += 1024) {
		const struct rsa_key larger = rsa_key(bits);

		assert_true(verify_rsa(&larger, DIGEST_SHA256, vector_of("rsa%u.sha256", bits)));
		assert_false(verify_rsa(&larger, DIGEST_SHA256, vector("rsa2048.sha256")));
		assert_false(verify_rsa(&key, DIGEST_SHA256, vector_of("rsa%u.sha256", bits)));
	}
}

/* What was made ready is used, and what is not right there is a no. */
static void test_rsa_ready(void **state)
{
	uint8_t room[RSA_SIZE_MAX], other_room[RSA_SIZE_MAX], value[DIGEST_SIZE_MAX];
	struct rsa_key key = rsa_key(2048), other = rsa_key(2048);

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_RSA));
	digest_compute(DIGEST_SHA256, text, value);
	key.ready = rsa_prepare(&key, room);
	assert_int_equal(key.ready.size, 256);
	assert_true(rsa_verify(&key, DIGEST_SHA256, value, vector("rsa2048.sha256")));
	for (size_t bit = 0; bit < 2048; bit += 61) {
		room[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(rsa_verify(&key, DIGEST_SHA256, value, vector("rsa2048.sha256")));
		room[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	memset(room, 0, sizeof(room));
	assert_false(rsa_verify(&key, DIGEST_SHA256, value, vector("rsa2048.sha256")));
	other.exponent = SPAN("\x03");
	other.ready = rsa_prepare(&other, other_room);
	key.ready = rsa_prepare(&key, room);
	assert_true(span_equal(key.ready, other.ready));
	key.modulus = span_first(key.modulus, 255);
	key.ready = (struct span){ 0 };
	assert_int_equal(rsa_prepare(&key, room).size, 0);
}

/* All that is next to the right number. */
static void test_rsa_forged(void **state)
{
	static const char *const forged[] = { "s+n", "n-s", "head2", "filler", "no_null", "bare", "garbage", "n" };
	const struct rsa_key key = rsa_key(2048);
	struct span good = vector("rsa2048.sha256");
	uint8_t room[RSA_SIZE_MAX + 1] = { 0 };

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_RSA));
	for (size_t i = 0; i < COUNT(forged); i++)
		assert_false(verify_rsa(&key, DIGEST_SHA256, vector_of("rsa2048.%s", forged[i])));
	assert_false(verify_rsa(&key, DIGEST_SHA256, (struct span){ 0 }));
	assert_false(verify_rsa(&key, DIGEST_SHA256, SPAN("\0")));
	assert_false(verify_rsa(&key, DIGEST_SHA256, SPAN("\1")));
	for (size_t size = 0; size < good.size; size += 15)
		assert_false(verify_rsa(&key, DIGEST_SHA256, span_first(good, size)));
	memcpy(room, good.data, good.size);
	assert_false(verify_rsa(&key, DIGEST_SHA256, span_of(room, good.size + 1)));
	for (size_t bit = 0; bit < 8 * good.size; bit += 61) {
		memcpy(room, good.data, good.size);
		room[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(verify_rsa(&key, DIGEST_SHA256, span_of(room, good.size)));
	}
	/* leading zeros mean nothing */
	assert_true(verify_rsa(&key, DIGEST_SHA256, widened(good, room, sizeof(room))));
}

/* Digests that sign nothing. */
static void test_rsa_digest(void **state)
{
	const struct rsa_key key = rsa_key(2048);
	uint8_t value[DIGEST_SIZE_MAX] = { 0 };

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_RSA));
	assert_false(rsa_verify(&key, DIGEST_NONE, value, vector("rsa2048.bare")));
	assert_false(rsa_verify(&key, DIGEST_MD5, value, vector("rsa2048.sha256")));
	assert_false(rsa_verify(&key, DIGEST_SHA256, value, vector("rsa2048.sha256")));
}

static void test_rsa_key(void **state)
{
	static const struct {
		unsigned bits;
		struct span exponent; /* empty: its own */
		enum rsa_verdict verdict;
	} cases[] = {
		{ 2048, { 0 }, RSA_KEY_GOOD },
		{ 4096, { 0 }, RSA_KEY_GOOD },
		{ 1024, { 0 }, RSA_KEY_BAD_SIZE },
		{ 2048, SPAN_INITIALIZER("\x03"), RSA_KEY_GOOD },
		{ 2048, SPAN_INITIALIZER("\0\0\0\0\0\x03"), RSA_KEY_GOOD },
		{ 2048, SPAN_INITIALIZER("\xff\xff\xff\xff"), RSA_KEY_GOOD },
		{ 2048, SPAN_INITIALIZER("\0"), RSA_KEY_BAD_NUMBERS },
		{ 2048, SPAN_INITIALIZER("\x01"), RSA_KEY_BAD_NUMBERS },
		{ 2048, SPAN_INITIALIZER("\x02"), RSA_KEY_BAD_NUMBERS },
		{ 2048, SPAN_INITIALIZER("\x01\0\0"), RSA_KEY_BAD_NUMBERS },
		{ 2048, SPAN_INITIALIZER("\x01\0\0\0\x01"), RSA_KEY_BAD_NUMBERS },
	};

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_RSA));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rsa_key key = rsa_key(cases[i].bits);

		if (cases[i].exponent.size > 0)
			key.exponent = cases[i].exponent;
		assert_int_equal(rsa_check_key(&key), cases[i].verdict);
		assert_int_equal(verify_rsa(&key, DIGEST_SHA256, vector_of("rsa%u.sha256", cases[i].bits)),
		                 cases[i].exponent.size == 0 && cases[i].verdict == RSA_KEY_GOOD);
	}
}

static void test_rsa_modulus(void **state)
{
	struct rsa_key key = rsa_key(2048);
	uint8_t room[RSA_SIZE_MAX + 1];

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_RSA));
	key.modulus = widened(vector("rsa4096.n"), room, sizeof(room));
	assert_int_equal(rsa_check_key(&key), RSA_KEY_GOOD);
	assert_true(verify_rsa(&key, DIGEST_SHA256, vector("rsa4096.sha256")));
	room[0] = 1; /* of 4097 bits */
	assert_int_equal(rsa_check_key(&key), RSA_KEY_BAD_SIZE);
	assert_false(verify_rsa(&key, DIGEST_SHA256, vector("rsa4096.sha256")));
	key.modulus = widened(vector("rsa2048.n"), room, 256);
	room[255] &= 0xfe;
	assert_int_equal(rsa_check_key(&key), RSA_KEY_BAD_NUMBERS);
	assert_false(verify_rsa(&key, DIGEST_SHA256, vector("rsa2048.sha256")));
	room[255] |= 1;
	room[0] = 0x7f; /* of 2047 bits */
	assert_int_equal(rsa_check_key(&key), RSA_KEY_BAD_SIZE);
	for (size_t size = 0; size < 256; size += 5) {
		key.modulus = span_first(vector("rsa2048.n"), size);
		assert_int_equal(rsa_check_key(&key), RSA_KEY_BAD_SIZE);
		assert_false(verify_rsa(&key, DIGEST_SHA256, vector("rsa2048.sha256")));
	}
	key = (struct rsa_key){ 0 };
	assert_int_equal(rsa_check_key(&key), RSA_KEY_BAD_SIZE);
}

/* ---- ECDSA ---- */

static const struct {
	enum ecdsa_curve curve;
	const char *name;
	unsigned bits;
	bool is_enabled;
} curves[] = {
	{ ECDSA_P256, "p256", 256, IS_ENABLED(CONFIG_ECDSA_P256) },
	{ ECDSA_P384, "p384", 384, IS_ENABLED(CONFIG_ECDSA_P384) },
	{ ECDSA_P521, "p521", 521, IS_ENABLED(CONFIG_ECDSA_P521) },
};

static void test_ecdsa(void **state)
{
	/* the names of r and s, and whether they verify */
	static const struct {
		const char *r, *s;
		bool good;
	} cases[] = {
		{ "r", "s", true },     { "r", "n-s", true }, /* a high s is fine */
		{ "r", "s+n", false },  { "r+n", "s", false }, { "n", "s", false }, { "r", "n", false },
		{ "s", "r", false },    { "r", "r", false },   { "n", "n", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(curves); i++) {
		const char *name = curves[i].name;
		struct span point = vector_of("%s.point", name), digest = vector_of("%s.digest", name);

		assert_int_equal(ecdsa_curve_bits(curves[i].curve), curves[i].bits);
		assert_int_equal(ecdsa_curve_is_supported(curves[i].curve), curves[i].is_enabled);
		for (size_t at = 0; at < COUNT(cases); at++)
			assert_int_equal(ecdsa_verify(curves[i].curve, point, digest, vector_of("%s.%s", name, cases[at].r),
			                              vector_of("%s.%s", name, cases[at].s)),
			                 cases[at].good && curves[i].is_enabled);
	}
}

static void test_ecdsa_forged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(curves); i++) {
		const char *name = curves[i].name;
		enum ecdsa_curve curve = curves[i].curve;
		struct span point = vector_of("%s.point", name), digest = vector_of("%s.digest", name);
		struct span r = vector_of("%s.r", name), s = vector_of("%s.s", name);
		const struct span zeros[] = { { 0 }, SPAN("\0"), SPAN("\0\0\0") };
		uint8_t room[80];

		for (size_t zero = 0; zero < COUNT(zeros); zero++) {
			assert_false(ecdsa_verify(curve, point, digest, zeros[zero], s));
			assert_false(ecdsa_verify(curve, point, digest, r, zeros[zero]));
			assert_false(ecdsa_verify(curve, point, digest, zeros[zero], zeros[zero]));
		}
		assert_false(ecdsa_verify(curve, point, digest, SPAN("\1"), SPAN("\1")));
		assert_false(ecdsa_verify(curve, point, span_first(digest, digest.size - 1), r, s));
		assert_false(ecdsa_verify(curve, point, digest, span_first(r, r.size - 1), s));
		assert_false(ecdsa_verify(curve, point, digest, r, span_first(s, s.size - 1)));
		assert_int_equal(ecdsa_verify(curve, point, digest, widened(r, room, sizeof(room)), s), curves[i].is_enabled);
		memcpy(room, digest.data, digest.size);
		room[0] ^= 1;
		assert_false(ecdsa_verify(curve, point, span_of(room, digest.size), r, s));
		for (size_t other = 0; other < COUNT(curves); other++)
			assert_int_equal(ecdsa_verify(curves[other].curve, point, digest, r, s), other == i && curves[i].is_enabled);
	}
}

static void test_ecdsa_point(void **state)
{
	static const char *const bad[] = { "compressed", "hybrid", "off_curve", "x=p", "zero" };

	(void)state;
	for (size_t i = 0; i < COUNT(curves); i++) {
		const char *name = curves[i].name;
		enum ecdsa_curve curve = curves[i].curve;
		struct span point = vector_of("%s.point", name), digest = vector_of("%s.digest", name);
		struct span r = vector_of("%s.r", name), s = vector_of("%s.s", name);
		uint8_t longer[200] = { 0 };

		assert_int_equal(ecdsa_check_key(curve, point), curves[i].is_enabled);
		for (size_t at = 0; at < COUNT(bad); at++) {
			assert_false(ecdsa_check_key(curve, vector_of("%s.%s", name, bad[at])));
			assert_false(ecdsa_verify(curve, vector_of("%s.%s", name, bad[at]), digest, r, s));
		}
		assert_false(ecdsa_check_key(curve, vector_of("%s.x+p", name)));
		assert_false(ecdsa_check_key(curve, SPAN("\0"))); /* infinity */
		for (size_t size = 0; size < point.size; size++)
			assert_false(ecdsa_check_key(curve, span_first(point, size)));
		memcpy(longer, point.data, point.size);
		assert_false(ecdsa_check_key(curve, span_of(longer, point.size + 1)));
		for (size_t other = 0; other < COUNT(curves); other++)
			assert_int_equal(ecdsa_check_key(curves[other].curve, point), other == i && curves[i].is_enabled);
	}
}

/* RFC 6979 appendix A.2.5, SHA-256 of "sample": the arithmetic of vectors.py might share a mistake with the library. */
static void test_ecdsa_known(void **state)
{
	uint8_t point[65] = { 4 }, r[32], s[32], digest[32];

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_ECDSA_P256));
	assert_true(hex_read(SPAN("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"), point + 1, 32));
	assert_true(hex_read(SPAN("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"), point + 33, 32));
	assert_true(hex_read(SPAN("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"), r, 32));
	assert_true(hex_read(SPAN("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"), s, 32));
	digest_compute(DIGEST_SHA256, SPAN("sample"), digest);
	assert_true(ecdsa_verify(ECDSA_P256, span_of(point, 65), span_of(digest, 32), span_of(r, 32), span_of(s, 32)));
	digest_compute(DIGEST_SHA256, SPAN("Sample"), digest);
	assert_false(ecdsa_verify(ECDSA_P256, span_of(point, 65), span_of(digest, 32), span_of(r, 32), span_of(s, 32)));
}

/* Memory that runs out in the middle is a no, whatever its size, and does not spoil the next try. */
static void test_little_memory(void **state)
{
	const struct rsa_key key = rsa_key(2048);
	uint8_t value[DIGEST_SIZE_MAX], room[RSA_SIZE_MAX];
	size_t refused = 0, accepted = 0;

	skip_unless(IS_ENABLED(CONFIG_RSA) && IS_ENABLED(CONFIG_ECDSA_P521));
	digest_compute(DIGEST_SHA256, text, value);
	for (size_t size = 256; size <= 24576; size += 256) {
		uint64_t *memory = malloc(size);
		bool good;

		crypto_start(memory, size);
		good = rsa_verify(&key, DIGEST_SHA256, value, vector("rsa2048.sha256"));
		assert_true(rsa_prepare(&key, room).size == 256 || !good);
		refused += !good;
		accepted += good;
		assert_false(rsa_verify(&key, DIGEST_SHA256, value, vector("rsa2048.n-s")));
		assert_false(ecdsa_verify(ECDSA_P521, vector("p521.point"), vector("p521.digest"), vector("p521.r"), vector("p521.r")));
		if (ecdsa_verify(ECDSA_P521, vector("p521.point"), vector("p521.digest"), vector("p521.r"), vector("p521.s")))
			accepted++;
		else
			refused++;
		free(memory);
	}
	start(state);
	/* our own arithmetic takes none */
	assert_true((refused > 5 || IS_ENABLED(CONFIG_FAST_VERIFY)) && accepted > 5);
	assert_true(verify_rsa(&key, DIGEST_SHA256, vector("rsa2048.sha256")));
}

/* ---- Ed25519 ---- */

static void test_ed25519(void **state)
{
	const uint8_t *key = vector("ed25519.key").data, *good = vector("ed25519.signature").data;
	uint8_t changed[64];

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_ED25519));
	assert_true(ed25519_check_key(key));
	assert_true(ed25519_verify(key, text, good));
	assert_false(ed25519_verify(key, SPAN("The signed text"), good));
	assert_false(ed25519_verify(key, (struct span){ 0 }, good));
	assert_false(ed25519_verify(key, text, vector("ed25519.s+l").data));
	assert_false(ed25519_verify(key, text, vector("ed25519.small_r").data));
	for (size_t bit = 0; bit < 512; bit++) {
		memcpy(changed, good, sizeof(changed));
		changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(ed25519_verify(key, text, changed));
	}
	memset(changed, 0, sizeof(changed));
	assert_false(ed25519_verify(key, text, changed));
}

/* Keys for which anybody can make signatures, and second names of good ones. */
static void test_ed25519_key(void **state)
{
	static const char *const bad[] = { "not_a_point", "not_canonical" };
	/* R is the neutral element, S is 0: right for a small key and a challenge that is a multiple of 8 */
	uint8_t forged[64] = { 1 };

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_ED25519));
	for (unsigned i = 0; i <= 10; i++) {
		const uint8_t *small = vector_of("ed25519.small%u", i).data;

		assert_false(ed25519_check_key(small));
		for (unsigned tries = 0; tries < 64; tries++) {
			uint8_t message = (uint8_t)tries;

			assert_false(ed25519_verify(small, span_of(&message, 1), forged));
		}
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(ed25519_check_key(vector_of("ed25519.%s", bad[i]).data));
		assert_false(ed25519_verify(vector_of("ed25519.%s", bad[i]).data, text, vector("ed25519.signature").data));
	}
}

/* RFC 8032 section 7.1, tests 1 and 2. */
static void test_ed25519_known(void **state)
{
	static const struct {
		const char *key, *signature;
		struct span message;
	} cases[] = {
		{ "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
		  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
		  SPAN_INITIALIZER("") },
		{ "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
		  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
		  SPAN_INITIALIZER("\x72") },
	};

	(void)state;
	skip_unless(IS_ENABLED(CONFIG_ED25519));
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t key[32], signature[64];

		assert_true(hex_read(span_of_string(cases[i].key), key, sizeof(key)));
		assert_true(hex_read(span_of_string(cases[i].signature), signature, sizeof(signature)));
		assert_true(ed25519_verify(key, cases[i].message, signature));
		assert_false(ed25519_verify(key, cases[1 - i].message, signature));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_rsa),
		cmocka_unit_test(test_rsa_ready),
		cmocka_unit_test(test_rsa_forged),
		cmocka_unit_test(test_rsa_digest),
		cmocka_unit_test(test_rsa_key),
		cmocka_unit_test(test_rsa_modulus),
		cmocka_unit_test(test_ecdsa),
		cmocka_unit_test(test_ecdsa_forged),
		cmocka_unit_test(test_ecdsa_point),
		cmocka_unit_test(test_ecdsa_known),
		cmocka_unit_test(test_little_memory),
		cmocka_unit_test(test_ed25519),
		cmocka_unit_test(test_ed25519_key),
		cmocka_unit_test(test_ed25519_known),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
