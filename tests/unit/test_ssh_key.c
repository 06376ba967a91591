#include "base/encoding.h"
#include "crypto/crypto.h"
#include "ssh/key.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/kconfig.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	enum ssh_key_type type;
	const char *type_name;
	unsigned bits;
} keys[] = {
	{ "ed25519", SSH_KEY_ED25519, "ssh-ed25519", 0 },
	{ "sk-ed25519", SSH_KEY_SK_ED25519, "sk-ssh-ed25519@openssh.com", 0 },
	{ "p256", SSH_KEY_ECDSA_P256, "ecdsa-sha2-nistp256", 0 },
	{ "p384", SSH_KEY_ECDSA_P384, "ecdsa-sha2-nistp384", 0 },
	{ "p521", SSH_KEY_ECDSA_P521, "ecdsa-sha2-nistp521", 0 },
	{ "sk-p256", SSH_KEY_SK_ECDSA_P256, "sk-ecdsa-sha2-nistp256@openssh.com", 0 },
	{ "rsa1024", SSH_KEY_RSA, "ssh-rsa", 1024 },
	{ "rsa2048", SSH_KEY_RSA, "ssh-rsa", 2048 },
	{ "rsa3072", SSH_KEY_RSA, "ssh-rsa", 3072 },
};

static int start(void **state)
{
	static uint64_t memory[CONFIG_CRYPTO_ARENA_KB * 1024 / 8];

	(void)state;
	crypto_start(memory, sizeof(memory));
	return 0;
}

static uint8_t blob_room[SSH_KEY_ROOM_MAX];

/* Reads from a copy of exactly the line's size, which the caller frees. */
static enum status read_copy(struct span line, uint8_t **copy, struct ssh_key *key)
{
	struct writer room = writer_of(blob_room, sizeof(blob_room));

	*copy = malloc(line.size ? line.size : 1);
	if (line.size > 0)
		memcpy(*copy, line.data, line.size);
	return ssh_key_read(span_of(*copy, line.size), &room, key);
}

static enum status read_line(struct span line)
{
	struct ssh_key key;
	uint8_t *copy;
	enum status status = read_copy(line, &copy, &key);

	free(copy);
	return status;
}

static void test_types(void **state)
{
	static const char *const unknown[] = { "", "ssh-dss", "ssh-ed25519 ", "SSH-ED25519", "ssh-ed2551", "ssh-ed448", "rsa-sha2-256" };
	enum ssh_key_type type;

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		assert_string_equal(ssh_key_type_name(keys[i].type), keys[i].type_name);
		assert_true(ssh_key_type_find(span_of_string(keys[i].type_name), &type));
		assert_int_equal(type, keys[i].type);
	}
	for (size_t i = 0; i < COUNT(unknown); i++)
		assert_false(ssh_key_type_find(span_of_string(unknown[i]), &type));
}

/* Real keys: read, and written anew as they were. */
static void test_real(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct span line = vector_of("ssh.%s", keys[i].name), blob = vector_of("ssh.%s.blob", keys[i].name);
		uint8_t written[4096], *copy;
		struct writer writer = writer_of(written, sizeof(written));
		struct ssh_key key;

		assert_int_equal(read_copy(line, &copy, &key), STATUS_OK);
		assert_int_equal(key.type, keys[i].type);
		assert_int_equal(key.rsa_bits, keys[i].bits);
		assert_true(span_equal(key.blob, blob));
		ssh_key_write(&writer, &key);
		writer_put_byte(&writer, '\n');
		assert_true(span_equal(writer_written(&writer), line));
		free(copy);
	}
}

/* ---- lines: E stands for a good Ed25519 base64 ---- */

static struct span expand(const char *form, uint8_t *room, size_t size)
{
	struct span line = vector("ssh.ed25519");
	struct span base64 = span_skip(line, sizeof("ssh-ed25519 ") - 1);
	struct writer writer = writer_of(room, size);

	base64 = span_first(base64, span_find_byte(base64, ' '));
	for (; *form; form++)
		if (*form == 'E')
			writer_put(&writer, base64);
		else
			writer_put_byte(&writer, (uint8_t)*form);
	assert_false(writer.overflowed);
	return writer_written(&writer);
}

static void test_lines(void **state)
{
	static const struct {
		const char *form;
		enum status status;
	} cases[] = {
		{ "ssh-ed25519 E", STATUS_OK },
		{ "ssh-ed25519 E a comment", STATUS_OK },
		{ " \t ssh-ed25519 \t E \t c \t \r\n", STATUS_OK },
		{ "ssh-ed25519 E\n\n", STATUS_OK },
		{ "ssh-ed25519 E \xc3\xa4\xe2\x82\xac \"quoted\" <>&", STATUS_OK },
		{ "", STATUS_SSH_KEY_SYNTAX },
		{ "\n", STATUS_SSH_KEY_SYNTAX },
		{ " ", STATUS_SSH_KEY_SYNTAX },
		{ "ssh-ed25519", STATUS_SSH_KEY_SYNTAX },
		{ "ssh-ed25519 ", STATUS_SSH_KEY_SYNTAX },
		{ "E", STATUS_SSH_KEY_SYNTAX },
		{ "# a remark", STATUS_SSH_KEY_SYNTAX },
		{ "ssh-ed25519 E PuTTY-User-Key-File-", STATUS_OK }, /* a comment */
		{ "ssh-ed25519 E\nssh-ed25519 E", STATUS_SSH_KEY_LINES },
		{ "ssh-ed25519 E x\rssh-ed25519 E", STATUS_SSH_KEY_LINES },
		{ "ssh-ed25519 E\r\nx", STATUS_SSH_KEY_LINES },
		{ "\nssh-ed25519 E", STATUS_SSH_KEY_LINES },
		{ "restrict ssh-ed25519 E", STATUS_OK },
		{ "command=\"a b\" ssh-ed25519 E c", STATUS_OK },
		{ "from=\"ssh-rsa,x\" \t ssh-ed25519 E", STATUS_OK },
		{ "command=\"ssh-rsa E\" ssh-ed25519 E", STATUS_OK },
		{ "from=\"ssh-rsa x\" ssh-ed25519 E", STATUS_SSH_OPTION_VALUE },
		{ "cert-authority,principals=\"root\" ssh-ed25519 E", STATUS_SSH_OPTION_AUTHORITY },
		{ "@cert-authority ssh-ed25519 E", STATUS_SSH_OPTION_SYNTAX },
		{ "restrict,nonsense ssh-ed25519 E", STATUS_SSH_OPTION_UNKNOWN },
		{ "restrict, pty ssh-ed25519 E", STATUS_SSH_KEY_SYNTAX },
		{ "restrict ssh-ed25519", STATUS_SSH_KEY_SYNTAX },
		{ "restrict", STATUS_SSH_KEY_SYNTAX },
		{ "command=\"ssh-ed25519 E", STATUS_SSH_KEY_TYPE },
		{ "restrict ssh-ed25519 E?", STATUS_SSH_KEY_BLOB },
		{ "restrict\x1b ssh-ed25519 E", STATUS_SSH_OPTION_SYNTAX },
		{ "restrict ssh-dss E", STATUS_SSH_KEY_DSA },
		{ "ssh-dss E", STATUS_SSH_KEY_DSA },
		{ "ssh-ed25519-cert-v01@openssh.com E", STATUS_SSH_KEY_CERTIFICATE },
		{ "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com E c", STATUS_SSH_KEY_CERTIFICATE },
		{ "ssh-xmss-cert-v01@openssh.com E", STATUS_SSH_KEY_CERTIFICATE },
		{ "restrict ssh-rsa-cert-v01@openssh.com E", STATUS_SSH_KEY_CERTIFICATE },
		{ "ssh-ed448 E", STATUS_SSH_KEY_TYPE },
		{ "SSH-ED25519 E", STATUS_SSH_KEY_TYPE },
		{ "ssh-rsa E", STATUS_SSH_KEY_BLOB },
		{ "sk-ssh-ed25519@openssh.com E", STATUS_SSH_KEY_BLOB },
		{ "ssh-ed25519 E=", STATUS_SSH_KEY_BLOB },
		{ "ssh-ed25519 E E", STATUS_OK }, /* the second is a comment */
		{ "ssh-ed25519 EE", STATUS_SSH_KEY_BLOB },
		{ "ssh-ed25519 AAAA", STATUS_SSH_KEY_BLOB },
		{ "ssh-ed25519 AAAAB3NzaC1yc2E=", STATUS_SSH_KEY_BLOB },
		{ "ssh-ed25519 ?", STATUS_SSH_KEY_BLOB },
		{ "ssh-ed25519\vE", STATUS_SSH_KEY_SYNTAX },
		{ "ssh-ed25519 E a\vb", STATUS_SSH_KEY_COMMENT },
		{ "ssh-ed25519 E a\tb", STATUS_SSH_KEY_COMMENT },
		{ "ssh-ed25519 E \x1b[2J", STATUS_SSH_KEY_COMMENT },
		{ "ssh-ed25519 E \x7f", STATUS_SSH_KEY_COMMENT },
		{ "ssh-ed25519 E \xc2\x9b" "2J", STATUS_SSH_KEY_COMMENT },
		{ "ssh-ed25519 E \xc2\x85", STATUS_SSH_KEY_COMMENT },
		{ "ssh-ed25519 E \xff", STATUS_SSH_KEY_COMMENT },
		{ "ssh-ed25519 E \xed\xa0\x80", STATUS_SSH_KEY_COMMENT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t room[1024];
		enum status status = read_line(expand(cases[i].form, room, sizeof(room)));

		if (status != cases[i].status)
			fail_msg("%s: %s", cases[i].form, status_name(status));
	}
	assert_int_equal(read_line(SPAN("ssh-ed25519 \0")), STATUS_SSH_KEY_BLOB);
}

/* What people send in place of the .pub file. */
static void test_recognized(void **state)
{
	static const struct {
		const char *line;
		enum status status;
	} cases[] = {
		{ "-----BEGIN OPENSSH PRIVATE KEY-----", STATUS_SSH_KEY_PRIVATE },
		{ "-----BEGIN RSA PRIVATE KEY-----\nMIIE", STATUS_SSH_KEY_PRIVATE },
		{ "-----BEGIN PGP PRIVATE KEY BLOCK-----\n", STATUS_SSH_KEY_PRIVATE },
		{ "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", STATUS_SSH_KEY_PRIVATE },
		{ "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none", STATUS_SSH_KEY_PUTTY },
		{ "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"x\"\nAAAA", STATUS_SSH_KEY_SSH2 },
		{ "-----BEGIN PUBLIC KEY-----\nMCow", STATUS_SSH_KEY_PEM },
		{ "-----BEGIN RSA PUBLIC KEY-----\nMCow", STATUS_SSH_KEY_PEM },
		{ "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", STATUS_SSH_KEY_PGP },
		{ "-----BEGIN CERTIFICATE-----\nMIIE", STATUS_SSH_KEY_LINES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (read_line(span_of_string(cases[i].line)) != cases[i].status)
			fail_msg("%s", cases[i].line);
}

/* Options are kept in their canonical form, and written anew in front of the key. */
static void test_options(void **state)
{
	uint8_t form[1024], written[1024], *copy;
	struct writer writer = writer_of(written, sizeof(written));
	struct ssh_key key;

	(void)state;
	assert_int_equal(read_copy(expand("Restrict,Command=\"a \\\" b\" \t ssh-ed25519 E c d", form, sizeof(form)), &copy, &key),
	                 STATUS_OK);
	assert_true(span_equal(key.options, SPAN("restrict,command=\"a \\\" b\"")));
	ssh_key_write(&writer, &key);
	assert_true(span_equal(writer_written(&writer),
	                       expand("restrict,command=\"a \\\" b\" ssh-ed25519 E c d", form, sizeof(form))));
	free(copy);
	assert_int_equal(read_copy(expand("restrict,pti ssh-ed25519 E", form, sizeof(form)), &copy, &key),
	                 STATUS_SSH_OPTION_UNKNOWN);
	assert_true(span_equal(key.options, SPAN("pti")));
	free(copy);
}

static void test_options_size(void **state)
{
	(void)state;
	for (size_t size = SSH_KEY_OPTIONS_MAX - 1; size <= SSH_KEY_OPTIONS_MAX + 1; size++) {
		uint8_t room[2048];
		struct writer line = writer_of(room, sizeof(room));

		writer_put(&line, SPAN("command=\""));
		while (line.used < size - 1)
			writer_put_byte(&line, 'x');
		writer_put(&line, SPAN("\" "));
		line.used += expand("ssh-ed25519 E", room + line.used, sizeof(room) - line.used).size;
		assert_int_equal(read_line(writer_written(&line)),
		                 size > SSH_KEY_OPTIONS_MAX ? STATUS_SSH_OPTION_TOO_LARGE : STATUS_OK);
	}
}

static void test_comment_size(void **state)
{
	(void)state;
	for (size_t size = SSH_KEY_COMMENT_MAX - 1; size <= SSH_KEY_COMMENT_MAX + 1; size++) {
		uint8_t room[1024];
		size_t used = expand("ssh-ed25519 E ", room, sizeof(room)).size;

		memset(room + used, 'c', size);
		assert_int_equal(read_line(span_of(room, used + size)),
		                 size > SSH_KEY_COMMENT_MAX ? STATUS_SSH_KEY_COMMENT : STATUS_OK);
	}
}

/* No line that is cut anywhere before its comment is a key. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct span line = vector_of("ssh.%s", keys[i].name);
		size_t end = strlen(keys[i].type_name) + 1;

		end += span_find_byte(span_skip(line, end), ' ');
		for (size_t size = 0; size < end; size++)
			assert_int_not_equal(read_line(span_first(line, size)), STATUS_OK);
		for (size_t size = end; size <= line.size; size++)
			assert_int_equal(read_line(span_first(line, size)), STATUS_OK);
	}
}

/* ---- blobs ---- */

static void test_blob_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct span blob = vector_of("ssh.%s.blob", keys[i].name);
		uint8_t longer[SSH_KEY_BLOB_MAX] = { 0 };
		struct ssh_key key;

		for (size_t size = 0; size < blob.size; size++) {
			uint8_t *copy = malloc(size ? size : 1);

			memcpy(copy, blob.data, size);
			assert_int_not_equal(ssh_key_read_blob(span_of(copy, size), &key), STATUS_OK);
			free(copy);
		}
		memcpy(longer, blob.data, blob.size);
		assert_int_equal(ssh_key_read_blob(span_of(longer, blob.size), &key), STATUS_OK);
		assert_int_equal(ssh_key_read_blob(span_of(longer, blob.size + 1), &key), STATUS_SSH_KEY_BLOB);
		/* each length field, wrong or huge: the first one here names the type */
		longer[3]++;
		assert_int_equal(ssh_key_read_blob(span_of(longer, blob.size), &key), STATUS_SSH_KEY_TYPE);
		memset(longer, 0xff, 4);
		assert_int_equal(ssh_key_read_blob(span_of(longer, blob.size), &key), STATUS_SSH_KEY_TYPE);
		memcpy(longer, blob.data, blob.size);
		memset(longer + 4 + strlen(keys[i].type_name), 0xff, 4);
		assert_int_equal(ssh_key_read_blob(span_of(longer, blob.size), &key), STATUS_SSH_KEY_BLOB);
	}
}

static void put_string(struct writer *writer, struct span bytes)
{
	const uint8_t size[4] = { 0, 0, (uint8_t)(bytes.size >> 8), (uint8_t)bytes.size };

	writer_put(writer, span_of(size, 4));
	writer_put(writer, bytes);
}

static enum status read_strings(size_t count, const struct span *strings)
{
	uint8_t room[4096];
	struct writer writer = writer_of(room, sizeof(room));
	struct ssh_key key;

	for (size_t i = 0; i < count; i++)
		put_string(&writer, strings[i]);
	assert_false(writer.overflowed);
	return ssh_key_read_blob(writer_written(&writer), &key);
}

/* An RSA modulus of so many bits: a one, zeros and a one. */
static struct span modulus_of(unsigned bits, uint8_t *room)
{
	size_t size = bits / 8 + 1; /* with the zero in front where the top bit is the first of its byte */

	memset(room, 0, size);
	room[size - 1 - (bits - 1) / 8] = (uint8_t)(1U << (bits - 1) % 8);
	room[size - 1] |= 1;
	return span_of(room, size);
}

static void test_rsa_numbers(void **state)
{
	static const struct {
		unsigned bits;
		struct span exponent;
		enum status status;
	} cases[] = {
		{ 1024, SPAN_INITIALIZER("\x01\0\x01"), STATUS_OK },
		{ 16384, SPAN_INITIALIZER("\x01\0\x01"), STATUS_OK },
		{ 1023, SPAN_INITIALIZER("\x01\0\x01"), STATUS_SSH_KEY_BLOB },
		{ 16385, SPAN_INITIALIZER("\x01\0\x01"), STATUS_SSH_KEY_BLOB },
		{ 2048, SPAN_INITIALIZER("\x03"), STATUS_OK },
		{ 2048, SPAN_INITIALIZER("\0\xff"), STATUS_OK },
		{ 2048, SPAN_INITIALIZER("\x01"), STATUS_SSH_KEY_BLOB },
		{ 2048, SPAN_INITIALIZER("\x02"), STATUS_SSH_KEY_BLOB },
		{ 2048, SPAN_INITIALIZER(""), STATUS_SSH_KEY_BLOB },
		{ 2048, SPAN_INITIALIZER("\0"), STATUS_SSH_KEY_BLOB },
		{ 2048, SPAN_INITIALIZER("\0\x03"), STATUS_SSH_KEY_BLOB }, /* not the shortest form */
		{ 2048, SPAN_INITIALIZER("\xff"), STATUS_SSH_KEY_BLOB },   /* negative */
	};
	uint8_t room[2100];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct span strings[] = { SPAN("ssh-rsa"), cases[i].exponent, modulus_of(cases[i].bits, room) };

		if (read_strings(3, strings) != cases[i].status)
			fail_msg("case %zu: %s", i, status_name(read_strings(3, strings)));
	}
	assert_int_equal(modulus_of(2048, room).size, 257);
	room[256] = 0x02; /* even */
	assert_int_equal(read_strings(3, (struct span[]){ SPAN("ssh-rsa"), SPAN("\3"), span_of(room, 257) }),
	                 STATUS_SSH_KEY_BLOB);
	room[256] = 0x01;
	assert_int_equal(read_strings(3, (struct span[]){ SPAN("ssh-rsa"), SPAN("\3"), span_of(room + 1, 256) }),
	                 STATUS_SSH_KEY_BLOB); /* negative */
	assert_int_equal(read_strings(3, (struct span[]){ SPAN("ssh-rsa"), SPAN("\3"), SPAN("") }), STATUS_SSH_KEY_BLOB);
	assert_int_equal(read_strings(2, (struct span[]){ SPAN("ssh-rsa"), SPAN("\3") }), STATUS_SSH_KEY_BLOB);
}

static void test_other_numbers(void **state)
{
	struct span p256 = vector("p256.point"), ed25519 = vector("ed25519.key");
	const struct {
		struct span strings[4];
		size_t count;
		enum status status;
	} cases[] = {
		{ { SPAN("ssh-ed25519"), ed25519 }, 2, STATUS_OK },
		{ { SPAN("ssh-ed25519"), vector("ed25519.small0") }, 2, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ssh-ed25519"), vector("ed25519.small1") }, 2, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ssh-ed25519"), vector("ed25519.not_a_point") }, 2, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ssh-ed25519"), vector("ed25519.not_canonical") }, 2, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ssh-ed25519"), span_first(ed25519, 31) }, 2, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ssh-ed25519"), ed25519, SPAN("") }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ssh-ed25519") }, 1, STATUS_SSH_KEY_BLOB },
		{ { SPAN("sk-ssh-ed25519@openssh.com"), ed25519, SPAN("ssh:") }, 3, STATUS_OK },
		{ { SPAN("sk-ssh-ed25519@openssh.com"), ed25519, SPAN("") }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("sk-ssh-ed25519@openssh.com"), ed25519 }, 2, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ecdsa-sha2-nistp256"), SPAN("nistp256"), p256 }, 3, STATUS_OK },
		{ { SPAN("ecdsa-sha2-nistp256"), SPAN("nistp384"), p256 }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ecdsa-sha2-nistp256"), SPAN("nistp384"), vector("p384.point") }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ecdsa-sha2-nistp384"), SPAN("nistp256"), p256 }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ecdsa-sha2-nistp256"), SPAN("nistp256"), vector("p256.off_curve") }, 3,
		  IS_ENABLED(CONFIG_ECDSA_P256) ? STATUS_SSH_KEY_BLOB : STATUS_OK },
		{ { SPAN("ecdsa-sha2-nistp256"), SPAN("nistp256"), vector("p256.compressed") }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ecdsa-sha2-nistp256"), SPAN("nistp256"), vector("p256.hybrid") }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ecdsa-sha2-nistp256"), SPAN("nistp256"), SPAN("\0") }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ecdsa-sha2-nistp256"), p256, SPAN("nistp256") }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("sk-ecdsa-sha2-nistp256@openssh.com"), SPAN("nistp256"), p256, SPAN("ssh:") }, 4, STATUS_OK },
		{ { SPAN("sk-ecdsa-sha2-nistp256@openssh.com"), SPAN("nistp256"), p256 }, 3, STATUS_SSH_KEY_BLOB },
		{ { SPAN("ssh-dss"), ed25519 }, 2, STATUS_SSH_KEY_TYPE },
		{ { SPAN("") }, 1, STATUS_SSH_KEY_TYPE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (read_strings(cases[i].count, cases[i].strings) != cases[i].status)
			fail_msg("case %zu", i);
}

static void test_too_large(void **state)
{
	uint8_t line[4096] = "ssh-rsa ", room[100];
	struct writer small = writer_of(room, sizeof(room));
	struct ssh_key key;

	(void)state;
	memset(line + 8, 'A', 2820);
	assert_int_equal(read_line(span_of(line, 8 + 2820)), STATUS_SSH_KEY_TOO_LARGE);
	assert_int_equal(read_line(span_of(line, 8 + 2816)), STATUS_SSH_KEY_BLOB);
	assert_int_equal(ssh_key_read_blob(span_of(line, SSH_KEY_BLOB_MAX + 1), &key), STATUS_SSH_KEY_TOO_LARGE);
	assert_int_equal(ssh_key_read(vector("ssh.rsa2048"), &small, &key), STATUS_SSH_KEY_TOO_LARGE);
	assert_int_equal(read_line(vector("ssh.certificate")), STATUS_SSH_KEY_CERTIFICATE);
}

/* The blob lies behind what is in the room already. */
static void test_room(void **state)
{
	uint8_t bytes[200];
	struct writer room = writer_of(bytes, sizeof(bytes));
	struct ssh_key first, second;

	(void)state;
	assert_int_equal(ssh_key_read(vector("ssh.ed25519"), &room, &first), STATUS_OK);
	assert_int_equal(ssh_key_read(vector("ssh.p256"), &room, &second), STATUS_OK);
	assert_true(span_equal(first.blob, vector("ssh.ed25519.blob")));
	assert_true(span_equal(second.blob, vector("ssh.p256.blob")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_recognized),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_options_size),
		cmocka_unit_test(test_comment_size),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_blob_damaged),
		cmocka_unit_test(test_rsa_numbers),
		cmocka_unit_test(test_other_numbers),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
