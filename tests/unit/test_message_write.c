/* Messages that are written from their parts read as the same parts. */
#include "crypto/crypto.h"
#include "pgp/message.h"
#include "base/kconfig.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ROOM = 256 * 1024, NOW = 1700000000 };

static uint8_t arena_room[ROOM], written_room[MESSAGE_SIZE_MAX];
static struct arena arena;
static struct writer written;

static int clear(void **state)
{
	static uint64_t crypto[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];

	(void)state;
	crypto_start(crypto, sizeof(crypto));
	arena = arena_of(arena_room, sizeof(arena_room));
	written = writer_of(written_room, sizeof(written_room));
	return 0;
}

static struct pgp_message read_vector(const char *name)
{
	struct pgp_message message;

	assert_int_equal(message_read(vector_of("message.%s", name), &arena, &message), STATUS_OK);
	return message;
}

static void assert_same(const struct pgp_message *message)
{
	struct pgp_message again;

	writer_rewind(&written, 0);
	message_write(&written, message);
	assert_false(written.overflowed);
	assert_int_equal(message_read(writer_written(&written), &arena, &again), STATUS_OK);
	assert_true(span_equal(again.text, message->text));
	assert_true(span_equal(again.signatures, message->signatures));
}

static void test_written_as_read(void **state)
{
	static const char *const texts[] = { "", "a", "-", "- a\n--b\n\nc", "\n", "a\n", "\n\n-----BEGIN PGP SIGNATURE-----", "\xc3\xa4" };
	struct pgp_message message = read_vector("add.quorum");

	(void)state;
	assert_same(&message);
	for (size_t i = 0; i < COUNT(texts); i++) {
		message.text = span_of_string(texts[i]);
		assert_same(&message);
	}
	message = read_vector("add.crowd");
	assert_same(&message);
	for (size_t size = 0; size < written.used; size++) { /* what does not fit is noticed */
		struct writer small = writer_of(written_room, size);

		message_write(&small, &message);
		assert_true(small.overflowed);
	}
}

/* Two messages of one signer each are as good as one of both. */
static void test_joined(void **state)
{
	struct pgp_message alice = read_vector("add.quorum_of_one"), carol = read_vector("add.quorum_by_carol"), both;
	struct pgp_keyring keyring = { 0 };
	struct pgp_verdict verdict = { 0 };

	(void)state;
	assert_int_equal(pgp_keyring_add(&keyring, vector("cert.alice"), &arena), STATUS_OK);
	assert_int_equal(pgp_keyring_add(&keyring, vector("cert.carol"), &arena), STATUS_OK);
	assert_int_equal(message_join(&alice, &carol, &arena, &both), STATUS_OK);
	assert_same(&both);
	assert_int_equal(message_read(writer_written(&written), &arena, &both), STATUS_OK);
	assert_int_equal(message_verify(&both, &keyring, NOW + 20, &verdict), STATUS_OK);
	assert_int_equal(verdict.count, 2);
	assert_int_equal(verdict.failures, 0);
}

static void test_not_joined(void **state)
{
	struct pgp_message one = read_vector("add.quorum_of_one"), other = read_vector("add"), crowd = read_vector("add.crowd");
	struct pgp_message both, none = one;
	struct arena small = arena_of(written_room, one.signatures.size);

	(void)state;
	assert_int_equal(message_join(&one, &other, &arena, &both), STATUS_MESSAGE_OTHER_TEXT);
	assert_int_equal(both.signatures.size, 0);
	none.text.size--;
	assert_int_equal(message_join(&one, &none, &arena, &both), STATUS_MESSAGE_OTHER_TEXT);
	assert_int_equal(message_join(&crowd, &crowd, &arena, &both), STATUS_PACKET_TOO_MANY);
	assert_int_equal(message_join(&one, &one, &small, &both), STATUS_REQUEST_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_written_as_read, clear),
		cmocka_unit_test_setup(test_joined, clear),
		cmocka_unit_test_setup(test_not_joined, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
