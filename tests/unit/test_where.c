#include "client/where.h"

#include "base/writer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* What is read, as "socket=…" or "[tls ][user@]host port", "" where it is refused. */
static const struct {
	const char *text, *result;
} cases[] = {
	{ "unix:/run/inki/inki.sock", "socket=/run/inki/inki.sock" },
	{ "/run/inki/inki.sock", "socket=/run/inki/inki.sock" },
	{ "unix:/a:b@c", "socket=/a:b@c" },
	{ "example.com", "example.com 3000" },
	{ "example.com/", "example.com 3000" },
	{ "example.com:8080", "example.com 8080" },
	{ "http://example.com", "example.com 80" },
	{ "HTTP://example.com/", "example.com 80" },
	{ "http://example.com:3000/", "example.com 3000" },
	{ "https://example.com", "tls example.com 443" },
	{ "https://root@example.com:1", "tls root@example.com 1" },
	{ "root@example.com", "root@example.com 3000" },
	{ "127.0.0.1:65535", "127.0.0.1 65535" },
	{ "[::1]", "::1 3000" },
	{ "[2001:db8::1]:80", "2001:db8::1 80" },
	{ "http://u@[::ffff:192.0.2.1]:80/", "u@::ffff:192.0.2.1 80" },
	{ "", "" },
	{ "/", "socket=/" },
	{ "unix:", "" },
	{ "unix:run", "" },
	{ "http://", "" },
	{ "http:///x", "" },
	{ "http://a/b", "" },
	{ "http://a?b", "" },
	{ "ftp://a", "" },
	{ "a b", "" },
	{ "a\r\nX: y", "" },
	{ "a\001", "" },
	{ "\303\244.example", "" },
	{ ":80", "" },
	{ "a:", "" },
	{ "a:0", "" },
	{ "a:65536", "" },
	{ "a:80x", "" },
	{ "a:80:80", "" },
	{ "::1", "" },
	{ "[::1", "" },
	{ "[]", "" },
	{ "[::1]x", "" },
	{ "[::1%eth0]", "" },
	{ "[a.example]", "" },
	{ "u@", "" },
	{ "u@v@a", "" },
};

static void test_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t room[200];
		struct writer text = writer_of(room, sizeof(room));
		struct where where;
		const char *why_not = NULL;

		if (!where_read(span_of_string(cases[i].text), &where, &why_not)) {
			assert_non_null(why_not);
		} else if (where.socket.size > 0) {
			writer_put_string(&text, "socket=");
			writer_put(&text, where.socket);
		} else {
			writer_put_string(&text, where.is_tls ? "tls " : "");
			writer_put(&text, where.user);
			writer_put_string(&text, where.user.size > 0 ? "@" : "");
			writer_put(&text, where.host);
			writer_put_byte(&text, ' ');
			writer_put_number(&text, where.port);
		}
		writer_put_byte(&text, '\0');
		assert_string_equal((char *)room, cases[i].result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_where) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
