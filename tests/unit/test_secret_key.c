#include "base/kconfig.h"
#include "crypto/crypto.h"
#include "pgp/message.h"
#include "pgp/secret_key.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/encoding.h"

enum { NOW = 1780000000, ARENA_SIZE = 64 * 1024, MESSAGE_ARENA_SIZE = 96 * 1024 };

static const struct span passphrase = SPAN_INITIALIZER("a pass phrase, \xc3\xa4");
static const struct span text = SPAN_INITIALIZER("first  \n-dashes\r\n\n- - \n \t\nlast");
static const struct span signed_text = SPAN_INITIALIZER("first\n-dashes\n\n- -\n\nlast");
static const uint8_t entropy[PGP_ENTROPY_SIZE] = { 1, 2, 3 };
static uint64_t memory[ARENA_SIZE / 8], message_memory[MESSAGE_ARENA_SIZE / 8];
static uint8_t room[8192];

static int start(void **state)
{
	static uint64_t crypto_memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];

	(void)state;
	crypto_start(crypto_memory, sizeof(crypto_memory));
	return 0;
}

/* ---- one file, from opening to a message that the verifier takes ---- */

/* Unlocks if need be, and signs. */
static enum status unlock_and_sign(struct pgp_secret_key *secret, struct writer *message)
{
	enum status status = STATUS_OK;

	if (secret->needs_passphrase)
		status = pgp_secret_key_unlock(secret, passphrase);
	return status == STATUS_OK ? pgp_secret_key_sign(secret, text, NOW, entropy, message) : status;
}

/* Who of the keyring has signed; NULL if nobody. */
static const struct pgp_key *signer_of(struct span written, const struct pgp_keyring *keyring)
{
	struct arena arena = arena_of(message_memory, sizeof(message_memory));
	struct pgp_verdict verdict = { 0 };
	struct pgp_message message;

	if (message_read(written, &arena, &message) != STATUS_OK || !span_equal(message.text, signed_text) ||
	    message_verify(&message, keyring, NOW, &verdict) != STATUS_OK || verdict.count != 1)
		return NULL;
	return verdict.signers[0].key;
}

static bool is_wiped(void)
{
	for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
		if (memory[i])
			return false;
	return true;
}

/* ---- the cases of tests/vectors/secret_keys.py ---- */

/* A line of secret.cases. */
struct secret_case {
	struct span name, file;
	struct span opened, signs, signer; /* names of statuses, a fingerprint in hex or "-" */
	bool is_protected;
};

static struct span take_word(struct span *line)
{
	struct span word = span_first(*line, span_find_byte(*line, ' '));

	*line = span_skip(*line, word.size + 1);
	return word;
}

static bool take_case(struct span *rest, struct secret_case *read)
{
	struct span line;

	if (!span_take_line(rest, &line))
		return false;
	read->name = take_word(&line);
	read->file = vector_of("secret.%.*s", (int)read->name.size, (const char *)read->name.data);
	read->opened = take_word(&line);
	read->signs = take_word(&line);
	read->is_protected = take_word(&line).data[0] == 'y';
	read->signer = take_word(&line);
	return true;
}

static void assert_named(enum status status, struct span name, const struct secret_case *each)
{
	if (!span_equal(span_of_string(status_name(status)), name))
		fail_msg("%.*s: %s in place of %.*s", (int)each->name.size, (const char *)each->name.data,
		         status_name(status), (int)name.size, (const char *)name.data);
}

static bool is_named(enum status status, struct span name)
{
	return span_equal(span_of_string(status_name(status)), name);
}

/* Is it of an algorithm or a version that this build was made without? */
static bool is_left_out(enum status status, const struct secret_case *each)
{
	if (IS_ENABLED(CONFIG_SIGN) && IS_ENABLED(CONFIG_PGP_V6) && IS_ENABLED(CONFIG_RSA) &&
	    IS_ENABLED(CONFIG_ECDSA_P256) && IS_ENABLED(CONFIG_ECDSA_P384) && IS_ENABLED(CONFIG_ECDSA_P521) &&
	    IS_ENABLED(CONFIG_ECDSA_BRAINPOOL) && IS_ENABLED(CONFIG_ED25519))
		return false;
	return !is_named(status, each->opened) &&
	       (status == STATUS_SECRET_KEY_LEFT_OUT || status == STATUS_KEY_ALGORITHM ||
	        status == STATUS_KEYRING_EMPTY || status == STATUS_SECRET_KEY_STUB);
}

static void check_signer(const struct secret_case *each, const struct pgp_secret_key *secret)
{
	uint8_t hex[2 * PGP_FINGERPRINT_SIZE_MAX];
	struct writer writer = writer_of(hex, sizeof(hex));

	hex_write(&writer, pgp_key_fingerprint(secret->key));
	assert_true(span_equal(each->signer, SPAN("-")) || span_equal(writer_written(&writer), each->signer));
}

static void check_case(const struct secret_case *each)
{
	struct arena arena = arena_of(memory, sizeof(memory));
	struct writer message = writer_of(room, sizeof(room));
	struct pgp_secret_key secret;
	enum status status = pgp_secret_key_open(&secret, each->file, NOW, &arena);

	if (is_left_out(status, each))
		return;
	assert_named(status, each->opened, each);
	if (status == STATUS_OK) {
		assert_int_equal(secret.needs_passphrase, each->is_protected);
		check_signer(each, &secret);
		if (each->is_protected) {
			assert_int_equal(pgp_secret_key_sign(&secret, text, NOW, entropy, &message),
			                 STATUS_PASSPHRASE_NEEDED);
			assert_int_equal(pgp_secret_key_unlock(&secret, SPAN("a pass phrase")),
			                 STATUS_PASSPHRASE_WRONG);
			assert_true(secret.needs_passphrase);
		}
		status = unlock_and_sign(&secret, &message);
		assert_named(status, each->signs, each);
		assert_int_equal(message.used > 0, status == STATUS_OK);
		if (status == STATUS_OK)
			assert_ptr_equal(signer_of(writer_written(&message), &secret.keyring), secret.key);
	}
	pgp_secret_key_close(&secret);
	assert_true(is_wiped() || !IS_ENABLED(CONFIG_SIGN));
}

static void test_cases(void **state)
{
	struct span rest = vector("secret.cases");
	struct secret_case each;

	(void)state;
	while (take_case(&rest, &each))
		check_case(&each);
}

/* ---- damaged files: whatever is made of one, it is nothing or a right signature by the key that it was ---- */

static struct pgp_keyring genuine;

static void learn(struct span file)
{
	static uint64_t genuine_memory[ARENA_SIZE / 8];
	static struct arena arena;
	struct pgp_secret_key secret;

	arena = arena_of(genuine_memory, sizeof(genuine_memory));
	assert_int_equal(pgp_secret_key_open(&secret, file, NOW, &arena), STATUS_OK);
	genuine = secret.keyring;
}

/* Tries a file, in an arena of that size. Returns whether it signed. */
static bool try_file(const uint8_t *data, size_t size, size_t arena_size)
{
	struct arena arena = arena_of(memory, arena_size);
	struct writer message = writer_of(room, sizeof(room));
	struct pgp_secret_key secret;
	enum status status = pgp_secret_key_open(&secret, span_of(data, size), NOW, &arena);

	if (status == STATUS_OK)
		status = unlock_and_sign(&secret, &message);
	if (status == STATUS_OK)
		assert_non_null(signer_of(writer_written(&message), &genuine));
	else
		assert_int_equal(message.used, 0);
	pgp_secret_key_close(&secret);
	return status == STATUS_OK;
}

static const char *const damaged[] = { "ed25519",       "ed25519_armored", "cfb_9_3_sha256", "ocb_9",
	                               "version_6_ocb", "nistp256",        "subkey" };

enum { DAMAGED_COUNT = sizeof(damaged) / sizeof(damaged[0]) };

/* Kconfig may have left one of these out. */
static bool can_be_tried(const char *name)
{
	const struct span file = vector_of("secret.%s", name);
	struct arena arena = arena_of(memory, sizeof(memory));
	struct pgp_secret_key secret;
	const bool can = pgp_secret_key_open(&secret, file, NOW, &arena) == STATUS_OK;

	pgp_secret_key_close(&secret);
	if (can)
		learn(file);
	return can;
}

/* How much less is tried where the tests are told to, as on the boards' CPUs under qemu. */
static size_t flip_step(void)
{
	const char *words = getenv("FLIP_STEP");

	return words ? (size_t)strtoul(words, NULL, 10) : 1;
}

static void test_cut_off(void **state)
{
	const size_t step = flip_step() > 1 ? 9 : 1;

	(void)state;
	for (size_t i = 0; i < DAMAGED_COUNT; i++) {
		const struct span file = vector_of("secret.%s", damaged[i]);
		size_t signs = 0;

		if (!can_be_tried(damaged[i]))
			continue;
		for (size_t size = file.size % step; size <= file.size; size += step) {
			/* a copy of its very size, for the sanitizer to see a read behind it */
			uint8_t *copy = malloc(size ? size : 1);

			assert_non_null(copy);
			memcpy(copy, file.data, size);
			signs += try_file(copy, size, sizeof(memory));
			free(copy);
		}
		/* whole, and perhaps without a line end or without a subkey behind it */
		assert_in_range(signs, 1, 3);
	}
}

static void test_flipped(void **state)
{
	const size_t step = 11 * flip_step();

	(void)state;
	for (size_t i = 0; i < DAMAGED_COUNT; i++) {
		const struct span file = vector_of("secret.%s", damaged[i]);
		uint8_t copy[2048];

		assert_true(file.size <= sizeof(copy));
		if (!can_be_tried(damaged[i]))
			continue;
		memcpy(copy, file.data, file.size);
		for (size_t bit = i % step; bit < 8 * file.size; bit += step) {
			copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
			try_file(copy, file.size, sizeof(memory));
			copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
		}
	}
}

static void test_arenas(void **state)
{
	const struct span file = vector("secret.subkey");
	size_t size = 0;

	(void)state;
	if (!can_be_tried("subkey"))
		return;
	while (!try_file(file.data, file.size, size))
		size += 41;
	assert_in_range(size, file.size, ARENA_SIZE / 2);
}

/* ---- texts and rooms ---- */

static void test_texts(void **state)
{
	static const struct {
		const char *text, *canonical;
	} texts[] = {
		{ "", "" },
		{ "\n", "" },
		{ "\n\n", "\n" },
		{ "a", "a" },
		{ "a\n", "a" },
		{ "a\r\n", "a" },
		{ "a\r\nb", "a\nb" },
		{ "-", "-" },
		{ "- -", "- -" },
		{ "a \t \n \nb", "a\n\nb" },
		{ "From x", "From x" },
		{ "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP SIGNATURE-----" },
	};
	struct arena arena = arena_of(memory, sizeof(memory));
	struct pgp_secret_key secret;

	(void)state;
	if (!can_be_tried("ed25519"))
		return;
	assert_int_equal(pgp_secret_key_open(&secret, vector("secret.ed25519"), NOW, &arena), STATUS_OK);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct arena message_arena = arena_of(message_memory, sizeof(message_memory));
		struct writer writer = writer_of(room, sizeof(room));
		struct pgp_verdict verdict = { 0 };
		struct pgp_message message;

		assert_int_equal(pgp_secret_key_sign(&secret, span_of_string(texts[i].text), NOW, entropy, &writer),
		                 STATUS_OK);
		assert_int_equal(message_read(writer_written(&writer), &message_arena, &message), STATUS_OK);
		assert_int_equal(message_verify(&message, &secret.keyring, NOW, &verdict), STATUS_OK);
		assert_true(span_equal(message.text, span_of_string(texts[i].canonical)));
	}
	pgp_secret_key_close(&secret);
}

/* A message goes behind what the writer has, whole or not at all. */
static void test_rooms(void **state)
{
	struct arena arena = arena_of(memory, sizeof(memory));
	struct pgp_secret_key secret;
	enum status status;
	size_t size = 0;

	(void)state;
	if (!can_be_tried("ed25519"))
		return;
	assert_int_equal(pgp_secret_key_open(&secret, vector("secret.ed25519"), NOW, &arena), STATUS_OK);
	do {
		struct writer writer = writer_of(room, 5 + size);

		writer_put_string(&writer, "front");
		status = pgp_secret_key_sign(&secret, text, NOW, entropy, &writer);
		if (status == STATUS_OK)
			break;
		assert_int_equal(status, STATUS_MESSAGE_TOO_LARGE);
		assert_int_equal(writer.used, 5);
		size += 7;
	} while (size < sizeof(room) - 5);
	assert_int_equal(status, STATUS_OK);
	assert_true(span_starts_with(span_of(room, size + 5),
	                             SPAN("front-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n")));
	pgp_secret_key_close(&secret);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),  cmocka_unit_test(test_cut_off), cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_arenas), cmocka_unit_test(test_texts),   cmocka_unit_test(test_rooms),
	};

	return cmocka_run_group_tests_name("secret_key", tests, start, NULL);
}
