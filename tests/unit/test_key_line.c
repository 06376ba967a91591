/* Lines of the files that dropbear and sshd read: what may stand in them, and that nothing else does. */
#include "core/key_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define DIGITS "0123456789ABCDEF0123456789ABCDEF01234567"

static struct span span_if(const char *text)
{
	return text ? span_of_string(text) : (struct span){ 0 };
}

static void read_key(const char *line, struct ssh_key *key)
{
	static uint8_t parts[SSH_KEY_ROOM_MAX];
	struct writer room = writer_of(parts, sizeof(parts));

	assert_int_equal(ssh_key_read(span_of_string(line), &room, key), STATUS_OK);
}

#define ALL_OPTIONS (UINT32_MAX >> (32 - SSH_OPTION_COUNT))

static const struct {
	const char *host_options, *line, *user_id;
	enum status status;
	const char *result; /* without the comment's fingerprint; or the option in question */
} cases[] = {
	{ NULL, KEY " a comment", "Alice <alice@example.org>", STATUS_OK, KEY " inki-" DIGITS "-Alice_alice@example.org\n" },
	{ "no-pty", KEY, "a", STATUS_OK, "no-pty " KEY " inki-" DIGITS "-a\n" },
	{ "no-pty", "restrict " KEY, "a", STATUS_OK, "no-pty,restrict " KEY " inki-" DIGITS "-a\n" },
	{ "restrict,no-port-forwarding,no-agent-forwarding,no-X11-forwarding,permitopen=\"a:1\",verify-required,no-touch-required",
	  KEY, "a", STATUS_OK,
	  "restrict,no-port-forwarding,no-agent-forwarding,no-X11-forwarding,permitopen=\"a:1\",verify-required,"
	  "no-touch-required " KEY " inki-" DIGITS "-a\n" },
	{ NULL, "command=\"a b, c\" " KEY, "a", STATUS_OK, "command=\"a b, c\" " KEY " inki-" DIGITS "-a\n" },
	/* what sshd knows, and dropbear not or otherwise */
	{ "pty", KEY, "a", STATUS_KEY_FILE_OPTION, "pty" },
	{ "restrict,port-forwarding", KEY, "a", STATUS_KEY_FILE_OPTION, "port-forwarding" },
	{ "agent-forwarding", KEY, "a", STATUS_KEY_FILE_OPTION, "agent-forwarding" },
	{ "X11-forwarding", KEY, "a", STATUS_KEY_FILE_OPTION, "X11-forwarding" },
	{ "user-rc", KEY, "a", STATUS_KEY_FILE_OPTION, "user-rc" },
	{ "environment=\"A=b\"", KEY, "a", STATUS_KEY_FILE_OPTION, "environment" },
	{ "permitlisten=\"1\"", KEY, "a", STATUS_KEY_FILE_OPTION, "permitlisten" },
	{ "tunnel=\"1\"", KEY, "a", STATUS_KEY_FILE_OPTION, "tunnel" },
	{ "no-verify-required", KEY, "a", STATUS_KEY_FILE_OPTION, "no-verify-required" },
	{ NULL, "from=\"a\" " KEY, "a", STATUS_KEY_FILE_OPTION, "from" },
	{ NULL, "no-pty,expiry-time=\"20390101\" " KEY, "a", STATUS_KEY_FILE_OPTION, "expiry-time" },
	{ NULL, "no-user-rc " KEY, "a", STATUS_KEY_FILE_OPTION, "no-user-rc" },
	{ NULL, "touch-required " KEY, "a", STATUS_KEY_FILE_OPTION, "touch-required" },
	{ NULL, "command=\"a \\\"b\\\"\" " KEY, "a", STATUS_KEY_FILE_OPTION, "command" },
	{ NULL, "command=\"a\\\\ b\" " KEY, "a", STATUS_KEY_FILE_OPTION, "command" },
	/* and what the policy does not take (any more) */
	{ "command=\"a\"", "command=\"b\" " KEY, "a", STATUS_POLICY_OPTION_TAKEN, "command" },
	/* comments */
	{ NULL, KEY, NULL, STATUS_OK, KEY " inki-" DIGITS "\n" },
	{ NULL, KEY, "\x1b[31m\n ssh-rsa AAAA \xc3\x84 \"$(reboot)\"", STATUS_OK, KEY " inki-" DIGITS "-31m_ssh-rsa_AAAA_reboot\n" },
	{ NULL, KEY, "1234567890123456789012345678901234567890123456789012345678901234567890", STATUS_OK,
	  KEY " inki-" DIGITS "-1234567890123456789012345678901234567890123456789012345678901234\n" },
};

static void test_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config_user user = { .policy.options = span_if(cases[i].host_options), .policy.allow_options = ALL_OPTIONS };
		const struct key_line_signer signer = { SPAN(DIGITS), span_if(cases[i].user_id) };
		uint8_t text[KEY_LINE_MAX + 1], name[64];
		struct writer line = writer_of(text, sizeof(text)), detail = writer_of(name, sizeof(name));
		struct span written;
		struct ssh_key key;

		print_message("%s: %s\n", cases[i].host_options ? cases[i].host_options : "", cases[i].line);
		read_key(cases[i].line, &key);
		assert_int_equal(key_line_write(&line, &user, &key, &signer, &detail), cases[i].status);
		written = cases[i].status == STATUS_OK ? writer_written(&line) : writer_written(&detail);
		assert_true(span_equal(written, span_of_string(cases[i].result)));
		assert_int_equal(cases[i].status == STATUS_OK, line.used > 0);
	}
}

/* One byte more than there may be in a line, and as many. */
static void test_length(void **state)
{
	static const char key_text[] = KEY;
	const size_t around = strlen("command=\"\" ") + strlen(key_text) + strlen(" inki-" DIGITS);
	const struct key_line_signer signer = { .fingerprint = SPAN(DIGITS) };
	static char options[KEY_LINE_MAX];

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		uint8_t text[KEY_LINE_MAX + 1];
		struct writer line = writer_of(text, sizeof(text)), detail = { 0 };
		struct writer list = writer_of(options, sizeof(options));
		struct config_user user = { 0 };
		struct ssh_key key;

		read_key(key_text, &key);
		writer_put_string(&list, "command=\"");
		for (size_t i = around; i < KEY_LINE_MAX + more; i++)
			writer_put_byte(&list, 'x');
		writer_put_byte(&list, '"');
		user.policy.options = writer_written(&list);
		assert_int_equal(key_line_write(&line, &user, &key, &signer, &detail), more ? STATUS_KEY_FILE_LINE : STATUS_OK);
		assert_int_equal(line.used, more ? 0 : KEY_LINE_MAX + 1);
	}
}

static void test_is_ours(void **state)
{
	static const char *const others[] = { "", "inki-", "ssh-ed25519 AAAA", "ssh-ed25519 AAAA inki", "a inki-b c", "a xinki-b" };

	(void)state;
	assert_true(key_line_is_ours(SPAN("ssh-ed25519 AAAA inki-0123")));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(key_line_is_ours(span_of_string(others[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
