/* Fingerprints of SSH keys: those that ssh-keygen tells, and all forms in which people write them. */
#include "ssh/key.h"

#include "base/kconfig.h"
#include "crypto/crypto.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int start(void **state)
{
	static uint64_t memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];

	(void)state;
	crypto_start(memory, sizeof(memory));
	return 0;
}

static void test_of_keys(void **state)
{
	static const char *const keys[] = { "ed25519", "sk-ed25519", "p256", "p384", "p521", "sk-p256", "rsa1024", "rsa2048", "rsa3072" };

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct span sha256 = vector_of("ssh.%s.sha256", keys[i]), md5 = vector_of("ssh.%s.md5", keys[i]);
		struct ssh_fingerprint computed, read;
		enum ssh_fingerprint_kind kind;
		uint8_t room[64];
		struct writer writer = writer_of(room, sizeof(room));

		ssh_fingerprint_compute(vector_of("ssh.%s.blob", keys[i]), &computed);
		ssh_fingerprint_write_sha256(&writer, computed.sha256);
		assert_true(span_equal(writer_written(&writer), sha256));
		assert_true(ssh_fingerprint_read(sha256, &kind, &read));
		assert_int_equal(kind, SSH_FINGERPRINT_SHA256);
		assert_memory_equal(read.sha256, computed.sha256, 32);
		assert_true(ssh_fingerprint_read(md5, &kind, &read)); /* MD5:aa:bb:… */
		assert_int_equal(kind, SSH_FINGERPRINT_MD5);
		assert_memory_equal(read.md5, computed.md5, 16);
		writer_rewind(&writer, 0);
		ssh_fingerprint_write_md5(&writer, computed.md5);
		assert_int_equal(writer.used, 32);
		assert_true(ssh_fingerprint_read(writer_written(&writer), &kind, &read));
		assert_memory_equal(read.md5, computed.md5, 16);
	}
}

static void test_forms(void **state)
{
	static const char a43[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true },
		{ "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true },
		{ "SHA256:-_-_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true },
		{ "SHA256:+/+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true },
		{ "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", false }, /* unused bits */
		{ "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
		{ "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
		{ "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", false },
		{ "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", false },
		{ "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA AAAAA", false },
		{ "SHA256:", false },
		{ "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
		{ a43, false },
		{ "0123456789abcdefABCDEF0123456789", true },
		{ "MD5:0123456789abcdefABCDEF0123456789", true },
		{ "01:23:45:67:89:ab:cd:ef:AB:CD:EF:01:23:45:67:89", true },
		{ "MD5:01:23:45:67:89:ab:cd:ef:AB:CD:EF:01:23:45:67:89", true },
		{ "01:23:45:67:89:ab:cd:ef:AB:CD:EF:01:23:45:67:8", false },
		{ "01:23:45:67:89:ab:cd:ef:AB:CD:EF:01:23:45:67:899", false },
		{ "01:23:45:67:89:ab:cd:ef:AB:CD:EF:01:23:45:67-89", false },
		{ "0:123:45:67:89:ab:cd:ef:AB:CD:EF:01:23:45:67:89", false },
		{ "01:23:45:67:89:ab:cd:ef:AB:CD:EF:01:23:45:67:89:", false },
		{ "0123456789abcdefABCDEF012345678", false },
		{ "0123456789abcdefABCDEF01234567890", false },
		{ "0123456789abcdefABCDEF012345678g", false },
		{ "MD5:MD5:0123456789abcdefABCDEF0123456789", false },
		{ "MD5:", false },
		{ "", false },
		{ " 0123456789abcdefABCDEF0123456789", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t size = strlen(cases[i].text);
		uint8_t *copy = malloc(size ? size : 1);
		struct ssh_fingerprint fingerprint;
		enum ssh_fingerprint_kind kind;

		memcpy(copy, cases[i].text, size);
		if (ssh_fingerprint_read(span_of(copy, size), &kind, &fingerprint) != cases[i].good)
			fail_msg("%s", cases[i].text);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_keys),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
