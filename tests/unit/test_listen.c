/* Listeners: what is in the way of a Unix socket, its permissions, and the names of TCP ones. */
#include "host/listen.h"

#include "base/address.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test_listen.XXXXXX";
static char path[64];

static int start(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/socket", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void test_modes(void **state)
{
	static const unsigned modes[] = { 0600, 0660, 0666, 0777, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		mode_t mask = umask(022);
		const char *why_not;
		int listener = listen_unix(span_of_string(path), modes[i], &why_not);
		struct stat found;

		assert_true(listener >= 0);
		assert_int_equal(umask(mask), 022); /* as it was */
		assert_int_equal(stat(path, &found), 0);
		assert_int_equal(found.st_mode, S_IFSOCK | modes[i]);
		listen_forget_unix(span_of_string(path));
		close(listener);
		assert_int_not_equal(stat(path, &found), 0);
	}
}

/* A file is in the way, of this type. */
static void test_other_file(void **state)
{
	static const mode_t types[] = { S_IFREG, S_IFDIR, S_IFIFO, S_IFLNK };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *why_not = NULL;
		struct stat found;

		if (types[i] == S_IFDIR)
			assert_int_equal(mkdir(path, 0700), 0);
		else if (types[i] == S_IFLNK)
			assert_int_equal(symlink("/nowhere", path), 0);
		else
			assert_int_equal(mknod(path, types[i] | 0600, 0), 0);
		assert_true(listen_unix(span_of_string(path), 0600, &why_not) < 0);
		assert_string_equal(why_not, "there is something at this path that is not a socket");
		assert_int_equal(lstat(path, &found), 0);
		assert_int_equal(found.st_mode & S_IFMT, types[i]);
		assert_int_equal(types[i] == S_IFDIR ? rmdir(path) : unlink(path), 0);
	}
}

static void test_other_server(void **state)
{
	const char *why_not = NULL;
	int first = listen_unix(span_of_string(path), 0600, &why_not), second;

	(void)state;
	assert_true(first >= 0);
	assert_true(listen_unix(span_of_string(path), 0600, &why_not) < 0);
	assert_string_equal(why_not, "another server answers at this socket");
	close(first); /* as a server that was killed: the file stays */
	second = listen_unix(span_of_string(path), 0600, &why_not);
	assert_true(second >= 0);
	listen_forget_unix(span_of_string(path));
	close(second);
}

static void test_bad_paths(void **state)
{
	char longer[120];
	const char *why_not = NULL;

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[0] = '/';
	assert_true(listen_unix(span_of(longer, 0), 0600, &why_not) < 0);
	assert_true(listen_unix(span_of(longer, 108), 0600, &why_not) < 0);
	assert_true(listen_unix(SPAN("/nowhere/at/all"), 0600, &why_not) < 0);
	assert_string_equal(why_not, "No such file or directory");
}

static void test_tcp(void **state)
{
	static const struct {
		struct span address;
		const char *prefix; /* NULL: refused */
	} cases[] = {
		{ { (const uint8_t *)"127.0.0.1", 9 }, "127.0.0.1:" },
		{ { (const uint8_t *)"0.0.0.0", 7 }, "0.0.0.0:" },
		{ { (const uint8_t *)"::1", 3 }, "[::1]:" },
		{ { (const uint8_t *)"127.0.0.1x", 10 }, NULL },
		{ { (const uint8_t *)"127.1", 5 }, NULL },
		{ { (const uint8_t *)"localhost", 9 }, NULL },
		{ { (const uint8_t *)"", 0 }, NULL },
		{ { (const uint8_t *)"192.0.2.1", 9 }, NULL }, /* nobody's */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t room[64];
		struct writer name = writer_of(room, sizeof(room));
		const char *why_not = NULL, *again = NULL;
		uint16_t port;
		int listener = listen_tcp(cases[i].address, 0, &why_not);

		if (listener == LISTEN_NO_ADDRESS && cases[i].prefix && strchr(cases[i].prefix, '['))
			continue; /* no IPv6 here */
		assert_int_equal(listener >= 0, cases[i].prefix != NULL);
		if (listener < 0) {
			assert_non_null(why_not);
			continue;
		}
		listen_write_name(listener, &name);
		writer_put_byte(&name, '\0');
		assert_int_equal(strncmp((char *)room, cases[i].prefix, strlen(cases[i].prefix)), 0);
		assert_true(address_read_port(span_of_string((char *)room + strlen(cases[i].prefix)), &port));
		assert_int_not_equal(port, 0);
		assert_int_equal(listen_tcp(cases[i].address, port, &again), LISTEN_TAKEN);
		assert_non_null(again);
		close(listener);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_other_file),
		cmocka_unit_test(test_other_server),
		cmocka_unit_test(test_bad_paths),
		cmocka_unit_test(test_tcp),
	};

	return cmocka_run_group_tests(tests, start, end);
}
