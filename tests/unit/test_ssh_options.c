/* Options in front of a key: what sshd takes and what not, and that what is written is what was read. */
#include "ssh/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Reads a copy of exactly the text's size. */
static enum status read_text(const char *text, struct writer *room, char *wrong, size_t wrong_size)
{
	size_t size = strlen(text);
	uint8_t *copy = malloc(size ? size : 1);
	struct span options;
	enum status status;

	memcpy(copy, text, size);
	status = ssh_options_read(span_of(copy, size), room, &options);
	assert_true(options.size < wrong_size);
	if (options.size > 0)
		memcpy(wrong, options.data, options.size);
	wrong[options.size] = '\0';
	free(copy);
	return status;
}

static void test_read(void **state)
{
	/* the third: the canonical form (NULL: as it was), or the option that is wrong */
	static const struct {
		const char *text;
		enum status status;
		const char *result;
	} cases[] = {
		{ "", STATUS_OK, NULL },
		{ "restrict", STATUS_OK, NULL },
		{ "RESTRICT,Pty,no-x11-FORWARDING", STATUS_OK, "restrict,pty,no-X11-forwarding" },
		{ "no-agent-forwarding,no-port-forwarding,no-pty,no-user-rc,touch-required,verify-required", STATUS_OK, NULL },
		{ "agent-forwarding,port-forwarding,pty,user-rc,X11-forwarding,no-touch-required,no-verify-required",
		  STATUS_OK, NULL },
		{ "restrict,restrict,pty,no-pty", STATUS_OK, NULL }, /* the last one counts; each list is kept as it is */
		{ "Command=\"/bin/echo \\\"a, b\\\" \\\\ c\"", STATUS_OK, "command=\"/bin/echo \\\"a, b\\\" \\\\ c\"" },
		{ "command=\"\\\\\"\",pty", STATUS_OK, NULL }, /* a backslash in front of \" is one of the text */
		{ "command=\"\xc3\xa4\"", STATUS_OK, NULL },
		{ "from=\"10.0.0.0/8,!10.1.*,*.example.org,2001:db8::/32\"", STATUS_OK, NULL },
		{ "expiry-time=\"20261231\",expiry-time=\"202612312359Z\",expiry-time=\"20261231235959\"", STATUS_OK, NULL },
		{ "environment=\"A_1=x y\",environment=\"B=\"", STATUS_OK, NULL },
		{ "permitopen=\"host:80\",permitopen=\"[::1]:*\",permitlisten=\"8080\",permitlisten=\"*:1\"", STATUS_OK, NULL },
		{ "tunnel=\"0\"", STATUS_OK, NULL },
		{ "tunnel=\"any\"", STATUS_OK, NULL },
		/* grammar */
		{ ",", STATUS_SSH_OPTION_SYNTAX, "" },
		{ "command=\"rm a\u200eb\"", STATUS_SSH_OPTION_SYNTAX, "command=\"rm a\u200eb\"" },
		{ "command=\"\u2028\"", STATUS_SSH_OPTION_SYNTAX, "command=\"\u2028\"" },
		{ "pty\x7f", STATUS_SSH_OPTION_SYNTAX, "pty\x7f" },
		{ "pty,", STATUS_SSH_OPTION_SYNTAX, "pty" },
		{ ",pty", STATUS_SSH_OPTION_SYNTAX, "" },
		{ "pty,,pty", STATUS_SSH_OPTION_SYNTAX, "" },
		{ "pty pty", STATUS_SSH_OPTION_SYNTAX, "pty" },
		{ "pty, restrict", STATUS_SSH_OPTION_SYNTAX, "" },
		{ "restrict#", STATUS_SSH_OPTION_SYNTAX, "restrict" },
		{ "from=10.0.0.1", STATUS_SSH_OPTION_SYNTAX, "from" },
		{ "from='10.0.0.1'", STATUS_SSH_OPTION_SYNTAX, "from" },
		{ "from=", STATUS_SSH_OPTION_SYNTAX, "from" },
		{ "from=\"", STATUS_SSH_OPTION_SYNTAX, "from" },
		{ "from=\"a", STATUS_SSH_OPTION_SYNTAX, "from" },
		{ "command=\"a\\\"", STATUS_SSH_OPTION_SYNTAX, "command" },
		{ "command=\"a\"b", STATUS_SSH_OPTION_SYNTAX, "command" },
		{ "command=\"a\"\"b\"", STATUS_SSH_OPTION_SYNTAX, "command" },
		{ "command =\"a\"", STATUS_SSH_OPTION_SYNTAX, "command" },
		{ "command=\"a\",", STATUS_SSH_OPTION_SYNTAX, "command" },
		{ "command=\"a\nb\"", STATUS_SSH_OPTION_SYNTAX, NULL },
		{ "command=\"a\tb\"", STATUS_SSH_OPTION_SYNTAX, NULL },
		{ "command=\"a\x7f\"", STATUS_SSH_OPTION_SYNTAX, NULL },
		{ "command=\"\xff\"", STATUS_SSH_OPTION_SYNTAX, NULL },
		{ "\"pty\"", STATUS_SSH_OPTION_SYNTAX, "" },
		/* names */
		{ "ptyx", STATUS_SSH_OPTION_UNKNOWN, "ptyx" },
		{ "pt", STATUS_SSH_OPTION_UNKNOWN, "pt" },
		{ "no-restrict", STATUS_SSH_OPTION_UNKNOWN, "no-restrict" },
		{ "no-command=\"x\"", STATUS_SSH_OPTION_UNKNOWN, "no-command" },
		{ "zos-key-ring-label=\"x\"", STATUS_SSH_OPTION_UNKNOWN, "zos-key-ring-label" },
		{ "restrict,cert-authority", STATUS_SSH_OPTION_AUTHORITY, "cert-authority" },
		{ "Cert-Authority", STATUS_SSH_OPTION_AUTHORITY, "Cert-Authority" },
		{ "principals=\"root\"", STATUS_SSH_OPTION_AUTHORITY, "principals" },
		/* values */
		{ "restrict=\"yes\"", STATUS_SSH_OPTION_VALUE, "restrict" },
		{ "pty=\"\"", STATUS_SSH_OPTION_VALUE, "pty" },
		{ "command", STATUS_SSH_OPTION_VALUE, "command" },
		{ "command=\"\"", STATUS_SSH_OPTION_VALUE, "command" },
		{ "from", STATUS_SSH_OPTION_VALUE, "from" },
		{ "from=\"\"", STATUS_SSH_OPTION_VALUE, "from" },
		{ "from=\"a,\"", STATUS_SSH_OPTION_VALUE, "from" },
		{ "from=\"a,,b\"", STATUS_SSH_OPTION_VALUE, "from" },
		{ "from=\"a,!\"", STATUS_SSH_OPTION_VALUE, "from" },
		{ "from=\"a, b\"", STATUS_SSH_OPTION_VALUE, "from" },
		{ "from=\"a\\\"b\"", STATUS_SSH_OPTION_VALUE, "from" },
		{ "expiry-time=\"\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "expiry-time=\"2026123\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "expiry-time=\"2026123123\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "expiry-time=\"20261331\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "expiry-time=\"20261200\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "expiry-time=\"202612312400\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "expiry-time=\"2026-12-31\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "expiry-time=\"+1h\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "expiry-time=\"ZZZZZZZZ\"", STATUS_SSH_OPTION_VALUE, "expiry-time" },
		{ "environment=\"A\"", STATUS_SSH_OPTION_VALUE, "environment" },
		{ "environment=\"=x\"", STATUS_SSH_OPTION_VALUE, "environment" },
		{ "environment=\"A-B=x\"", STATUS_SSH_OPTION_VALUE, "environment" },
		{ "permitopen=\"80\"", STATUS_SSH_OPTION_VALUE, "permitopen" },
		{ "permitopen=\":80\"", STATUS_SSH_OPTION_VALUE, "permitopen" },
		{ "permitopen=\"h:0\"", STATUS_SSH_OPTION_VALUE, "permitopen" },
		{ "permitopen=\"h:65536\"", STATUS_SSH_OPTION_VALUE, "permitopen" },
		{ "permitopen=\"h:\"", STATUS_SSH_OPTION_VALUE, "permitopen" },
		{ "permitlisten=\"x\"", STATUS_SSH_OPTION_VALUE, "permitlisten" },
		{ "tunnel=\"x\"", STATUS_SSH_OPTION_VALUE, "tunnel" },
		{ "tunnel=\"123456789\"", STATUS_SSH_OPTION_VALUE, "tunnel" },
		/* what sshd takes but once */
		{ "from=\"a\",pty,From=\"a\"", STATUS_SSH_OPTION_TWICE, "From" },
		{ "command=\"a\",command=\"b\"", STATUS_SSH_OPTION_TWICE, "command" },
		{ "tunnel=\"1\",tunnel=\"1\"", STATUS_SSH_OPTION_TWICE, "tunnel" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t bytes[512];
		char result[512];
		struct writer room = writer_of(bytes, sizeof(bytes));
		enum status status = read_text(cases[i].text, &room, result, sizeof(result));

		if (status != cases[i].status ||
		    strcmp(result, cases[i].result ? cases[i].result : cases[i].text) != 0)
			fail_msg("%s: %s: %s", cases[i].text, status_name(status), result);
	}
}

/* No room is a refusal, however much is missing. */
static void test_room(void **state)
{
	static const char text[] = "restrict,from=\"a\"";

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		uint8_t *bytes = malloc(size ? size : 1);
		char result[64];
		struct writer room = writer_of(bytes, size);

		assert_int_equal(read_text(text, &room, result, sizeof(result)),
		                 size + 1 < sizeof(text) ? STATUS_ARENA_FULL : STATUS_OK);
		free(bytes);
	}
}

static void test_take(void **state)
{
	struct span options = SPAN("restrict,command=\"a,b \\\" c\",from=\"x\"");
	struct ssh_option option;

	(void)state;
	assert_true(ssh_options_have(options, SSH_OPTION_FROM));
	assert_true(ssh_options_have(options, SSH_OPTION_RESTRICT));
	assert_false(ssh_options_have(options, SSH_OPTION_PTY));
	assert_true(ssh_options_take(&options, &option));
	assert_int_equal(option.name, SSH_OPTION_RESTRICT);
	assert_int_equal(option.value.size, 0);
	assert_true(ssh_options_take(&options, &option));
	assert_int_equal(option.name, SSH_OPTION_COMMAND);
	assert_true(span_equal(option.value, SPAN("a,b \\\" c")));
	assert_true(ssh_options_take(&options, &option));
	assert_true(span_equal(option.value, SPAN("x")));
	assert_false(ssh_options_take(&options, &option));
}

/* What a signer may bring is none of what gives something. */
static void test_narrowing(void **state)
{
	static const char *const widening[] = {
		"agent-forwarding", "port-forwarding", "pty", "user-rc", "X11-forwarding", "no-touch-required",
		"no-verify-required", "environment", "permitopen", "permitlisten", "tunnel", "cert-authority", "principals",
	};
	enum ssh_option_name option;
	size_t narrowing = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(widening); i++) {
		assert_true(ssh_option_find(span_of_string(widening[i]), &option));
		assert_false(ssh_option_narrows(option));
		assert_string_equal(ssh_option_text(option), widening[i]);
	}
	for (unsigned i = 0; i < SSH_OPTION_COUNT; i++)
		narrowing += ssh_option_narrows((enum ssh_option_name)i);
	assert_int_equal(narrowing + COUNT(widening), SSH_OPTION_COUNT);
	assert_true(ssh_option_is_single(SSH_OPTION_COMMAND) && ssh_option_is_single(SSH_OPTION_FROM));
	assert_false(ssh_option_is_single(SSH_OPTION_EXPIRY_TIME));
}

static void test_measure(void **state)
{
	static const struct {
		const char *line;
		size_t size;
	} cases[] = {
		{ "", 0 }, { "a b", 1 }, { "a=\"b c\" d", 7 }, { "a=\"b \\\" c\" d", 10 }, { "a=\"b c", 6 }, { "a\tb", 1 },
		{ "a=\"\\\\\" d\" e", 9 }, /* sshd, too, takes \\" for a backslash and an escaped quote */
		{ "\\\" b", 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (ssh_options_measure(span_of_string(cases[i].line)) != cases[i].size)
			fail_msg("%s: %zu", cases[i].line, ssh_options_measure(span_of_string(cases[i].line)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read), cmocka_unit_test(test_room), cmocka_unit_test(test_take),
		cmocka_unit_test(test_narrowing), cmocka_unit_test(test_measure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
