/* The configuration file: what is read, and what is refused with which words. */
#include "base/writer.h"
#include "conf/conf.h"
#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef CONFIG_EVENTS
#define EVENTS_KEY ", events"
#define EVENTS_WRITE "2:3: whoever sees the events sees all keys; events: true goes with access: read or all"
#else
#define EVENTS_KEY ""
#define EVENTS_WRITE "2:31: this version of inki does not have \"events\" yet; take it out"
#endif

/* Ed25519 keys that were made for these tests and never expire; one of them with its secret half. */
#define ALICE \
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\n" \
	"\n" \
	"mDMEawKqVhYJKwYBBAHaRw8BAQdALb4iZBnS15GW47N3k2S1/u+OiPJB09wHmO7t\n" \
	"zBGKQeu0EWFsaWNlQGV4YW1wbGUub3JniJAEExYIADgWIQSSQO24F1PVPnRyYrU4\n" \
	"uIK6i4HB0QUCawKqVgIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRA4uIK6\n" \
	"i4HB0Q07AP964upsVZjmNC8JU/nvuUMiXjyDskPnTXjzzyhobZsqmwEA8XCMuduu\n" \
	"ecJmweaYem+t1uaaWCy3Ej+dS9sQQQvn2Qw=\n" \
	"=rhcs\n" \
	"-----END PGP PUBLIC KEY BLOCK-----\n"

#define BOB \
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\n" \
	"\n" \
	"mDMEawKqVhYJKwYBBAHaRw8BAQdAvfFQLcFJEW2UzbL/EjtB+VCAL50CSRSbcz5P\n" \
	"KHa1hLi0D2JvYkBleGFtcGxlLm9yZ4iQBBMWCAA4FiEESfuosQAoJAqRVWvAwuTR\n" \
	"/qsyRAQFAmsCqlYCGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQwuTR/qsy\n" \
	"RATfxQEAubCIZ7BiY+tXs0PptLecwdNwZ/zFgpuUgWG9SMZF1bkA/iK+jp0BS2+g\n" \
	"oRReGElslgJ99jGD7xA6nmak7ItyHjEJ\n" \
	"=8b7U\n" \
	"-----END PGP PUBLIC KEY BLOCK-----\n"

#define ALICE_SECRET \
	"-----BEGIN PGP PRIVATE KEY BLOCK-----\n" \
	"\n" \
	"lFgEawKqVhYJKwYBBAHaRw8BAQdALb4iZBnS15GW47N3k2S1/u+OiPJB09wHmO7t\n" \
	"zBGKQesAAP9Bf+YBI3b4ar4bxVJwlikuUC6qsiRbSDQtQsc9hOQRFQ3EtBFhbGlj\n" \
	"ZUBleGFtcGxlLm9yZ4iQBBMWCAA4FiEEkkDtuBdT1T50cmK1OLiCuouBwdEFAmsC\n" \
	"qlYCGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQOLiCuouBwdENOwD/euLq\n" \
	"bFWY5jQvCVP577lDIl48g7JD5014888oaG2bKpsBAPFwjLnbrnnCZsHmmHpvrdbm\n" \
	"mlgstxI/nUvbEEEL59kM\n" \
	"=cDiR\n" \
	"-----END PGP PRIVATE KEY BLOCK-----\n"

/* ---- the world of a test ---- */

static const struct {
	const char *path, *text, *why_not;
} files[] = {
	{ "/k/alice", ALICE, NULL },
	{ "/k/bob", BOB, NULL },
	{ "/k/both", ALICE "and\n" BOB, NULL },
	{ "/k/secret", ALICE_SECRET, NULL },
	{ "/k/text", "this is no keyring\n", NULL },
	{ "/k/empty", "", NULL },
	{ "/k/missing", NULL, "No such file or directory" },
	{ "/etc/inki/root.asc", ALICE, NULL },
};

static bool read_file(void *context, struct span path, struct span *bytes, const char **why_not)
{
	(void)context;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (!span_equal(path, span_of_string(files[i].path)))
			continue;
		*why_not = files[i].why_not;
		*bytes = files[i].text ? span_of_string(files[i].text) : (struct span){ 0 };
		return files[i].text != NULL;
	}
	*why_not = "there is no such file in this test";
	return false;
}

static uint8_t memory[256 * 1024];

struct result {
	bool right;
	struct config config;
	struct arena arena;
	char error[1024]; /* terminated */
	size_t error_size;
};

/* Reads a copy of yaml that ends where its memory ends, so that the sanitizer sees a read beyond it. */
static void read_with(struct result *result, struct span yaml, uint16_t port, size_t memory_size)
{
	uint8_t *copy = malloc(yaml.size > 0 ? yaml.size : 1);
	struct writer error = writer_of(result->error, sizeof(result->error) - 1);
	struct conf_input input = {
		.file_name = "inki.conf", .host_name = SPAN("system"), .port = port, .read_file = read_file,
	};

	assert_non_null(copy);
	if (yaml.size > 0)
		memcpy(copy, yaml.data, yaml.size);
	input.yaml = span_of(copy, yaml.size);
	result->arena = arena_of(memory, memory_size);
	memset(&result->config, 0xa5, sizeof(result->config));
	result->right = conf_read(&input, &result->arena, &result->config, &error);
	assert_false(error.overflowed);
	result->error_size = error.used;
	result->error[error.used] = '\0';
	free(copy);
}

/* What holds for each result: a config and no words, or no trace of a config and one printable line. */
static void check_result(const struct result *result)
{
	static const struct config none;

	if (result->right) {
		assert_string_equal(result->error, "");
		assert_true(result->config.listener_count > 0 && result->config.host.size > 0);
		return;
	}
	assert_int_equal(strncmp(result->error, "inki.conf:", 10), 0);
	for (size_t i = 0; i < result->error_size; i++)
		assert_true(result->error[i] >= ' ' && result->error[i] <= '~');
	assert_memory_equal(&result->config, &none, sizeof(none));
	assert_int_equal(result->arena.used, 0);
}

static void read_yaml(struct result *result, struct span yaml)
{
	read_with(result, yaml, 0, sizeof(memory));
	check_result(result);
}

/* ---- what is read ---- */

static void put_span(struct writer *writer, struct span text)
{
	writer_put(writer, text);
	writer_put_byte(writer, ' ');
}

static void put_number(struct writer *writer, const char *name, int64_t number)
{
	writer_put_string(writer, name);
	writer_put_number(writer, number);
	writer_put_byte(writer, ' ');
}

static void put_listener(struct writer *writer, const struct config_listener *listener)
{
	if (listener->socket.size > 0) {
		writer_put(writer, listener->socket);
		put_number(writer, ":0", (int64_t)(listener->mode >> 6) * 100 + (listener->mode >> 3 & 7) * 10 + (listener->mode & 7));
	} else {
		writer_put(writer, listener->address);
		put_number(writer, ":", listener->port);
	}
	put_number(writer, listener->optional ? "optional access=" : "access=", (int64_t)listener->access);
	writer_put_string(writer, listener->shows_events ? "events " : "");
}

static void put_user(struct writer *writer, const struct config_user *user)
{
	put_span(writer, user->name);
	put_number(writer, "keyring=", (int64_t)user->keyring.count);
	put_number(writer, "life=", user->policy.max_lifetime);
	put_number(writer, "signatures=", user->policy.signatures);
	put_number(writer, "bind=", user->policy.bind_host);
	put_number(writer, "types=", user->policy.key_types);
	put_number(writer, "rsa=", user->policy.min_rsa_bits);
	put_number(writer, "keys=", user->policy.max_keys);
	if (user->policy.options.size > 0)
		put_span(writer, user->policy.options);
	if (user->policy.allow_options > 0)
		put_number(writer, "allowed=", user->policy.allow_options);
}

/* The configuration as one line. */
static void put_config(struct writer *writer, const struct config *config)
{
	put_span(writer, config->host);
	put_number(writer, "age=", config->max_request_age);
	put_number(writer, "log=", (int64_t)config->log_target);
	put_number(writer, "level=", (int64_t)config->log_level);
	if (config->clock_is_signed)
		put_number(writer, "signed=", 1);
	for (size_t i = 0; i < config->listener_count; i++)
		put_listener(writer, &config->listeners[i]);
	for (size_t i = 0; i < config->user_count; i++)
		put_user(writer, &config->users[i]);
}

#define ROOT "users: [{name: root, keyring_file: /k/alice}]\n"
#define TOP "system age=3600 log=0 level=2 "
#define PORT_3000 "0.0.0.0:3000 access=3 :::3000 optional access=3 "
#define POLICY "life=86400 signatures=1 bind=0 types=127 rsa=2048 keys=16 "
#define ROOT_LINE "root keyring=1 " POLICY

static const struct {
	const char *name;
	const char *yaml;
	uint16_t port; /* of the command line */
	const char *config;
} good_cases[] = {
	{ "the least", ROOT, 0, TOP PORT_3000 ROOT_LINE },
	{ "nobody", "users: []\n", 0, TOP PORT_3000 },
	{ "flow style", "{\"port\": 3000, \"users\": [{\"name\": \"root\", \"keyring_file\": \"/k/alice\"}]}", 0,
	  TOP PORT_3000 ROOT_LINE },
	{ "explicit document", "%YAML 1.1\n---\n" ROOT "...\n", 0, TOP PORT_3000 ROOT_LINE },
	{ "byte order mark", "\xef\xbb\xbf" ROOT, 0, TOP PORT_3000 ROOT_LINE },
	{ "CR LF", "port: 3000\r\nusers:\r\n- name: root\r\n  keyring_file: /k/alice\r\n", 0, TOP PORT_3000 ROOT_LINE },
	{ "port", "port: 65535\n" ROOT, 0, TOP "0.0.0.0:65535 access=3 :::65535 optional access=3 " ROOT_LINE },
	{ "port of the command line", "port: 4000\nusers: []\n", 3000, TOP PORT_3000 },
	{ "port of the command line without one", "users: []\n", 8080,
	  TOP "0.0.0.0:8080 access=3 :::8080 optional access=3 " },
	{ "listen alone", "listen: [{address: 127.0.0.1:3000}]\nusers: []\n", 0, TOP "127.0.0.1:3000 access=3 " },
	{ "listen and port", "listen: [{address: 127.0.0.1:0}, {address: 127.0.0.1:0}]\nport: 3000\nusers: []\n", 0,
	  TOP "127.0.0.1:0 access=3 127.0.0.1:0 access=3 " PORT_3000 },
	{ "IPv6", "listen: [{address: \"[::1]:1\"}, {address: \"[2001:db8::1:0:A0f]:2\"}, {address: \"[1:2:3:4:5:6:7:8]:3\"},\n"
		  "  {address: \"[::]:4\"}, {address: \"[::ffff:192.0.2.1]:5\"}, {address: \"[1:2:3:4:5:6:192.0.2.1]:6\"},\n"
		  "  {address: \"[1::]:7\"}]\nusers: []\n", 0,
	  TOP "::1:1 access=3 2001:db8::1:0:A0f:2 access=3 1:2:3:4:5:6:7:8:3 access=3 :::4 access=3 "
	      "::ffff:192.0.2.1:5 access=3 1:2:3:4:5:6:192.0.2.1:6 access=3 1:::7 access=3 " },
	{ "sockets", "listen:\n- socket: /a b\n- {socket: /b, mode: \"0666\", access: read}\n"
		     "- {socket: /c, mode: 0600, access: write}\n- {socket: /d, access: all}\nusers: []\n", 0,
	  TOP "/a b:0660 access=3 events /b:0666 access=1 /c:0600 access=2 /d:0660 access=3 events " },
#ifdef CONFIG_EVENTS
	{ "events", "listen:\n- {socket: /a, access: read, events: true}\n- {socket: /b, events: false}\n"
		    "- {address: 127.0.0.1:1, events: true}\n- {address: 127.0.0.1:2, access: read, events: true}\n"
		    "- {address: 127.0.0.1:3}\nusers: []\n", 0,
	  TOP "/a:0660 access=1 events /b:0660 access=3 127.0.0.1:1 access=3 events 127.0.0.1:2 access=1 events "
	      "127.0.0.1:3 access=3 " },
#endif
	{ "the other keys", "host: router-17\nlog: syslog\nlevel: debug\nmax_request_age: 1h30m\nusers: []\n", 0,
	  "router-17 age=5400 log=1 level=3 " PORT_3000 },
	{ "defaults", "defaults: {max_lifetime: 2d, signatures: 1, bind_host: true, key_types: [ssh-rsa, ssh-ed25519],\n"
		      "  min_rsa_bits: 4096, max_keys: 2}\n" ROOT, 0,
	  TOP PORT_3000 "root keyring=1 life=172800 signatures=1 bind=1 types=65 rsa=4096 keys=2 " },
	{ "defaults after users, and a user's own", "users:\n"
		"- {name: a, keyring_file: /k/alice, bind_host: false, max_keys: 3, key_types: [ssh-ed25519]}\n"
		"- {signatures: 2, max_lifetime: 90s, min_rsa_bits: 3072, keyring_file: /k/both, name: b}\n"
		"defaults: {bind_host: true, max_keys: 5}\n", 0,
	  TOP PORT_3000 "a keyring=1 life=86400 signatures=1 bind=0 types=1 rsa=2048 keys=3 "
			"b keyring=2 life=90 signatures=2 bind=1 types=127 rsa=3072 keys=5 " },
	{ "the system's clock", "clock: system\n" ROOT, 0, TOP PORT_3000 ROOT_LINE },
	{ "signatures' clock", "clock: signed\n" ROOT, 0, TOP "signed=1 " PORT_3000 ROOT_LINE },
	{ "options", "defaults: {options: 'Restrict,from=\"10.0.0.0/8\"', allow_options: [Command, no-pty]}\n"
		     "users: [{name: a, keyring_file: /k/alice, options: ''}, {name: b, keyring_file: /k/alice, allow_options: []},\n"
		     "  {name: c, keyring_file: /k/alice, options: 'environment=\"A=b\",pty', allow_options: [restrict]}]\n", 0,
	  TOP PORT_3000 "a keyring=1 " POLICY "allowed=264 b keyring=1 " POLICY "restrict,from=\"10.0.0.0/8\" "
			"c keyring=1 " POLICY "environment=\"A=b\",pty allowed=1 " },
	{ "empty defaults", "defaults: {}\n" ROOT, 0, TOP PORT_3000 ROOT_LINE },
	{ "names", "users: [{name: 007, keyring_file: /k/alice}, {name: \"null\", keyring_file: /k/bob},\n"
		   "{name: J\xc3\xb6rg, keyring_file: /k/bob}, {name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "
		   "keyring_file: /k/bob}]\n", 0,
	  TOP PORT_3000 "007 keyring=1 " POLICY "null keyring=1 " POLICY "J\xc3\xb6rg keyring=1 " POLICY
	      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa keyring=1 " POLICY },
};

static void test_good_cases(void **state)
{
	static struct result result;

	(void)state;
	for (size_t i = 0; i < sizeof(good_cases) / sizeof(good_cases[0]); i++) {
		char line[2048];
		struct writer writer = writer_of(line, sizeof(line) - 1);

		read_with(&result, span_of_string(good_cases[i].yaml), good_cases[i].port, sizeof(memory));
		check_result(&result);
		if (result.right)
			put_config(&writer, &result.config);
		else
			writer_put_string(&writer, result.error);
		line[writer.used] = '\0';
		if (strcmp(line, good_cases[i].config) != 0)
			print_error("case: %s\n", good_cases[i].name);
		assert_string_equal(line, good_cases[i].config);
	}
}

/* ---- what is refused ---- */

#define KNOWN_KEYS "port, listen, host, run_as, require_confinement, log, level, max_request_age, clock, failures, defaults, users, tls, checks, export"
#define FOLDER_TAKES "the path of a folder from / on, without a slash at its end"
#define EXPORT(words) (IS_ENABLED(CONFIG_EXPORT) ? (words) : "1:9: this inki was built without files of keys (CONFIG_EXPORT); take export out")
#define DURATION "it takes a duration such as 90s, 15m, 12h, 2d or 1h30m"
#define ADDRESS "it takes a numeric address and a port, such as 127.0.0.1:3000, or with quotes \"[::1]:3000\""
#define NAME "it takes a user's name of at most 64 bytes, without spaces and slashes, that does not start with a dash"
#define HINT "; indent with spaces, and put what holds special characters in quotes"
#define UTF8 "; write the file in UTF-8"
#define KEY_TYPES \
	"it takes a list of one or more of ssh-ed25519, sk-ssh-ed25519@openssh.com, ecdsa-sha2-nistp256, " \
	"ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, sk-ecdsa-sha2-nistp256@openssh.com and ssh-rsa, each once"
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct bad_case {
	const char *yaml, *error; /* behind inki.conf: */
};

static const struct bad_case bad_cases[] = {
	/* the file as a whole */
	{ "", "1:1: the file cannot be nothing; it takes a mapping of keys such as port and users" },
	{ "# nothing\n", "2:1: the file cannot be nothing; it takes a mapping of keys such as port and users" },
	{ "---\n", "2:1: the file cannot be nothing; it takes a mapping of keys such as port and users" },
	{ "inki", "1:1: the file cannot be \"inki\"; it takes a mapping of keys such as port and users" },
	{ "- port: 1\n", "1:1: the file cannot be a list; it takes a mapping of keys such as port and users" },
	{ "port: 3000\n", "1:1: there are no users; name them below users, or write users: []" },
	{ ROOT "---\n" ROOT, "2:1: a second document starts here; there may be but one" },
	{ "port: 1\n...\n---\nport: 2\n", "3:1: a second document starts here; there may be but one" },
	/* not the YAML that has one meaning */
	{ "port: &p 3000\nusers: []\n", "1:7: an anchor (&) is not allowed here; write each value out" },
	{ "users: &u []\n", "1:8: an anchor (&) is not allowed here; write each value out" },
	{ "&m {users: []}\n", "1:1: an anchor (&) is not allowed here; write each value out" },
	{ "&k port: 3000\n", "1:1: an anchor (&) is not allowed here; write each value out" },
	{ "users: [*a]\n", "1:9: an alias (*) is not allowed here; write the value out" },
	{ "host: !!str 7\n", "1:7: a tag (!) is not allowed here; the types are known" },
	{ "host: ! 7\n", "1:7: a tag (!) is not allowed here; the types are known" },
	{ "users: !list []\n", "1:8: a tag (!) is not allowed here; the types are known" },
	{ "users: !e!list []\n", "1:8: found undefined tag handle while parsing a node from line 1" HINT },
	{ "users: !!set {}\n", "1:8: a tag (!) is not allowed here; the types are known" },
	{ "<<: {port: 1}\n", "1:1: \"<<\" is no key here; there are " KNOWN_KEYS },
	{ "a: &a [&b [x,x],*b]\n", "1:1: \"a\" is no key here; there are " KNOWN_KEYS },
	/* not YAML */
	{ "port: 3000\n\thost: a\n",
	  "2:1: found a tab character that violates indentation while scanning a plain scalar from line 1" HINT },
	{ "\tport: 3000\n", "1:1: found character that cannot start any token while scanning for the next token from line 1" HINT },
	{ "users: [\n", "2:1: did not find expected node content while parsing a flow node from line 2" HINT },
	{ "host: \"a\n", "2:1: found unexpected end of stream while scanning a quoted scalar from line 1" HINT },
	{ "port: 1\n  host: a\n", "1:7: port cannot be \"1 host\"; it takes a whole number from 1 to 65535" },
	{ "host: b: c\n", "1:8: mapping values are not allowed in this context" HINT },
	{ "host: a\x01\n", "1:8: control characters are not allowed" UTF8 },
	{ "host: a\nlog: \xff\n", "2:6: invalid leading UTF-8 octet" UTF8 },
	{ "host: J\xc3\xb6\xc3(\n", "1:10: invalid trailing UTF-8 octet" UTF8 },
	{ "\xff\xfep\0o\0r\0t\0", "1:1: invalid leading UTF-8 octet" UTF8 },
	{ "%YAML 3.0\n---\nport: 1\n", "1:1: found incompatible YAML document" HINT },
	/* keys */
	{ "prot: 3000\n", "1:1: \"prot\" is no key here; there are " KNOWN_KEYS },
	{ "Port: 3000\n", "1:1: \"Port\" is no key here; there are " KNOWN_KEYS },
	{ "\"a\\e[31m\\n\": 1\n", "1:1: \"a?[31m?\" is no key here; there are " KNOWN_KEYS },
	{ "? [a]\n: b\n", "1:3: a list is no key here; there are " KNOWN_KEYS },
	{ "? {a: b}\n: b\n", "1:3: a mapping is no key here; there are " KNOWN_KEYS },
	{ "~: b\n", "1:1: nothing is no key here; there are " KNOWN_KEYS },
	{ "port: 3000\nhost: a\nport: 3000\n", "3:1: \"port\" is there twice; take one out" },
	{ "users: [{name: a, name: b}]\n", "1:19: \"name\" is there twice; take one out" },
	{ "defaults: {bind_host: true, \"bind_host\": true}\n", "1:29: \"bind_host\" is there twice; take one out" },
	{ "defaults: {name: a}\n", "1:12: \"name\" is no key here; there are max_lifetime, signatures, bind_host, key_types, "
				    "min_rsa_bits, max_keys, options, allow_options, checks" },
	{ "users:\n- nmae: a\n", "2:3: \"nmae\" is no key here; there are name, keyring, keyring_file, max_lifetime, "
				  "signatures, bind_host, key_types, min_rsa_bits, max_keys, options, allow_options, checks" },
	{ "listen:\n- port: 1\n", "2:3: \"port\" is no key here; there are address, socket, mode, tls, access" EVENTS_KEY },
	{ "listen:\n- {socket: /a, access: write, events: true}\n", EVENTS_WRITE },
	/* keys of a later version */
	{ "run_as: two words\n", "1:9: run_as cannot be \"two words\"; it takes the name or the number of a user of the system" },
	{ "run_as: \n", "1:8: run_as cannot be nothing; it takes the name or the number of a user of the system" },
	{ "require_confinement: yes\n", "1:22: require_confinement cannot be \"yes\"; it takes true or false" },
	{ "failures: {burst: 0}\n", "1:11: burst and per_minute are both 0, which is no limit, or both more" },
	{ "failures: {burst: 9, per_minute: 0}\n", "1:11: burst and per_minute are both 0, which is no limit, or both more" },
	{ "failures: {burst: 10001}\n", "1:19: burst cannot be \"10001\"; it takes a whole number from 0 to 10000" },
	{ "failures: {minute: 1}\n", "1:12: \"minute\" is no key here; there are burst, per_minute" },
	{ "failures: 30\n", "1:11: failures cannot be \"30\"; it takes a mapping of burst and per_minute" },
	/* files of keys */
	{ "export: /a\n", EXPORT("1:9: export cannot be \"/a\"; it takes a mapping of directory, the path of a folder") },
	{ "export: {}\n", EXPORT("1:9: export needs a directory, the path of a folder") },
	{ "export: {folder: /a}\n", EXPORT("1:10: \"folder\" is no key here; there are directory") },
	{ "export: {directory: a}\n", EXPORT("1:21: directory cannot be \"a\"; it takes " FOLDER_TAKES) },
	{ "export: {directory: /a/}\n", EXPORT("1:21: directory cannot be \"/a/\"; it takes " FOLDER_TAKES) },
	{ "export: {directory: /a}\nusers:\n- {name: a, keyring_file: /k/alice}\n- {name: b, keyring_file: /k/bob, options: 'no-pty,pty'}\n",
	  EXPORT("4:3: no key of this user could be exported, as dropbear does not know his option pty, or takes it otherwise than "
		 "sshd; take it out of his options, or take export out") },
	{ "listen: [{address: 127.0.0.1:1, tls: true}]\nusers: []\n",
	  "1:10: tls: true needs a certificate; add tls: {certificate: FILE, key: FILE}" },
	{ "listen: [{address: 127.0.0.1:1, tls: yes}]\n", "1:38: tls cannot be \"yes\"; it takes true or false" },
	{ "clock: build\n", "1:8: clock cannot be \"build\"; it takes system or signed" },
	/* options in front of keys */
	{ "defaults: {options: 'restrict,pti'}\n",
	  "1:21: options: \"pti\": in front of the key stands what is no option of sshd" },
	{ "defaults: {options: 'from=10.0.0.1'}\n",
	  "1:21: options: \"from\": the options in front of the key are no list of names with commas between them, and with "
	  "values in double quotes" },
	{ "users: [{options: cert-authority}]\n",
	  "1:19: options: \"cert-authority\": cert-authority and principals would let in whoever holds a certificate by this "
	  "key; only keys are let in here" },
	{ "defaults: {options: [restrict]}\n",
	  "1:21: options cannot be a list; it takes options as in front of a key in authorized_keys, in quotes, of at most "
	  "1024 bytes" },
	{ "defaults: {options: }\n",
	  "1:21: options cannot be nothing; it takes options as in front of a key in authorized_keys, in quotes, of at most "
	  "1024 bytes" },
	{ "defaults: {allow_options: [from, no-pty, pty]}\n",
	  "1:42: allow_options: \"pty\": it could give more than the host does, so no signer may bring it; put it into options "
	  "if all keys shall have it" },
	{ "users: [{allow_options: [Environment]}]\n",
	  "1:26: allow_options: \"Environment\": it could give more than the host does, so no signer may bring it; put it into "
	  "options if all keys shall have it" },
	{ "users:\n- allow_options:\n  - permitopen\n",
	  "3:5: allow_options: \"permitopen\": it could give more than the host does, so no signer may bring it; put it into "
	  "options if all keys shall have it" },
	{ "defaults: {allow_options: from}\n",
	  "1:27: allow_options cannot be \"from\"; it takes a list of any of restrict, no-agent-forwarding, "
	  "no-port-forwarding, no-pty, no-user-rc, no-X11-forwarding, touch-required, verify-required, command, from and "
	  "expiry-time" },
	{ "defaults: {allow_options: ['from=\"a\"']}\n",
	  "1:28: allow_options cannot be \"from=\"a\"\"; it takes a list of any of restrict, no-agent-forwarding, "
	  "no-port-forwarding, no-pty, no-user-rc, no-X11-forwarding, touch-required, verify-required, command, from and "
	  "expiry-time" },
	/* numbers, durations, choices */
	{ "port: http\n", "1:7: port cannot be \"http\"; it takes a whole number from 1 to 65535" },
	{ "port: 0\n", "1:7: port cannot be \"0\"; it takes a whole number from 1 to 65535" },
	{ "port: 65536\n", "1:7: port cannot be \"65536\"; it takes a whole number from 1 to 65535" },
	{ "port: -1\n", "1:7: port cannot be \"-1\"; it takes a whole number from 1 to 65535" },
	{ "port: 03000\n", "1:7: port cannot be \"03000\"; it takes a whole number from 1 to 65535" },
	{ "port: 0x10\n", "1:7: port cannot be \"0x10\"; it takes a whole number from 1 to 65535" },
	{ "port: 3_000\n", "1:7: port cannot be \"3_000\"; it takes a whole number from 1 to 65535" },
	{ "port: 3000.0\n", "1:7: port cannot be \"3000.0\"; it takes a whole number from 1 to 65535" },
	{ "port: 4294968296\n", "1:7: port cannot be \"4294968296\"; it takes a whole number from 1 to 65535" },
	{ "port: \"3000\"\n", "1:7: port cannot be \"3000\"; it takes a whole number from 1 to 65535" },
	{ "port:\n", "1:6: port cannot be nothing; it takes a whole number from 1 to 65535" },
	{ "port: [1]\n", "1:7: port cannot be a list; it takes a whole number from 1 to 65535" },
	{ "defaults: {signatures: 0}\n", "1:24: signatures cannot be \"0\"; it takes a whole number from 1 to 16" },
	{ "defaults: {signatures: 17}\n", "1:24: signatures cannot be \"17\"; it takes a whole number from 1 to 16" },
	{ "defaults: {min_rsa_bits: 1024}\n",
	  "1:26: min_rsa_bits cannot be \"1024\"; it takes a whole number from 2048 to 16384" },
	{ "defaults: {bind_host: yes}\n", "1:23: bind_host cannot be \"yes\"; it takes true or false" },
	{ "defaults: {bind_host: \"true\"}\n", "1:23: bind_host cannot be \"true\"; it takes true or false" },
	{ "defaults: {bind_host: }\n", "1:23: bind_host cannot be nothing; it takes true or false" },
	{ "defaults: {max_lifetime: 24}\n", "1:26: max_lifetime cannot be \"24\"; " DURATION },
	{ "defaults: {max_lifetime: 0s}\n", "1:26: max_lifetime cannot be \"0s\"; " DURATION },
	{ "defaults: {max_lifetime: -1h}\n", "1:26: max_lifetime cannot be \"-1h\"; " DURATION },
	{ "max_request_age: {h: 1}\n", "1:18: max_request_age cannot be a mapping; " DURATION },
	{ "max_request_age: 999999d\n", "1:18: max_request_age cannot be \"999999d\"; " DURATION },
	{ "log: file\n", "1:6: log cannot be \"file\"; it takes stderr or syslog" },
	{ "log: {target: stderr}\n", "1:6: log cannot be a mapping; it takes stderr or syslog" },
	{ "level: warning\n", "1:8: level cannot be \"warning\"; it takes error, warn, info or debug" },
	{ "host: a b\n", "1:7: host cannot be \"a b\"; it takes a name of at most 255 bytes without spaces" },
	{ "host: null\n", "1:7: host cannot be nothing; it takes a name of at most 255 bytes without spaces" },
	{ "host: \"\"\n", "1:7: host cannot be \"\"; it takes a name of at most 255 bytes without spaces" },
	{ "host: \"a\\x85b\"\n", "1:7: host cannot be \"a??b\"; it takes a name of at most 255 bytes without spaces" },
	{ "host: " A64 A64 A64 A64 "\n", "1:7: host cannot be \"" A64 A64 "...\"; it takes a name of at most 255 bytes without spaces" },
	{ "defaults: []\n", "1:11: defaults cannot be a list; it takes a mapping of keys such as max_lifetime" },
	{ "defaults:\n", "1:10: defaults cannot be nothing; it takes a mapping of keys such as max_lifetime" },
	{ "defaults: {key_types: ssh-rsa}\n", "1:23: key_types cannot be \"ssh-rsa\"; " KEY_TYPES },
	{ "defaults: {key_types: [ssh-dss]}\n", "1:24: key_types cannot be \"ssh-dss\"; " KEY_TYPES },
	{ "defaults: {key_types: [ssh-rsa, ssh-rsa]}\n", "1:33: key_types cannot be \"ssh-rsa\"; " KEY_TYPES },
	{ "defaults: {key_types: [[ssh-rsa]]}\n", "1:24: key_types cannot be a list; " KEY_TYPES },
	{ "defaults: {key_types: []}\n", "1:23: key_types is empty; " KEY_TYPES },
	/* listeners */
	{ "listen: 3000\n", "1:9: listen cannot be \"3000\"; it takes a list of listeners, each with address or socket" },
	{ "listen: {address: 127.0.0.1:1}\n",
	  "1:9: listen cannot be a mapping; it takes a list of listeners, each with address or socket" },
	{ "listen: [127.0.0.1:1]\n",
	  "1:10: listen cannot be \"127.0.0.1:1\"; it takes listeners, each a mapping with address or socket" },
	{ "listen: []\nusers: []\n", "1:1: listen is empty and there is no port; give one of them" },
	{ "listen:\n- {access: all}\n", "2:3: a listener has either an address or a socket" },
	{ "listen:\n- address: 127.0.0.1:1\n  socket: /a\n", "2:3: a listener has either an address or a socket" },
	{ "listen:\n- address: 127.0.0.1:1\n  mode: \"0600\"\n", "2:3: an address has no mode; only a socket has one" },
	{ "listen: [{socket: run/a}]\n",
	  "1:19: socket cannot be \"run/a\"; it takes the path of a Unix socket from / on, of at most 107 bytes" },
	{ "listen: [{socket: /run/}]\n",
	  "1:19: socket cannot be \"/run/\"; it takes the path of a Unix socket from / on, of at most 107 bytes" },
	{ "listen: [{socket: \"/a\\0b\"}]\n",
	  "1:19: socket cannot be \"/a?b\"; it takes the path of a Unix socket from / on, of at most 107 bytes" },
	{ "listen: [{socket: /a, mode: 660}]\n", "1:29: mode cannot be \"660\"; it takes four octal digits, such as \"0660\"" },
	{ "listen: [{socket: /a, mode: \"0888\"}]\n",
	  "1:29: mode cannot be \"0888\"; it takes four octal digits, such as \"0660\"" },
	{ "listen: [{socket: /a, mode: \"4660\"}]\n",
	  "1:29: mode cannot be \"4660\"; it takes four octal digits, such as \"0660\"" },
	{ "listen: [{socket: /a, access: none}]\n", "1:31: access cannot be \"none\"; it takes read, write or all" },
	{ "listen: [{socket: /a}, {socket: /a, mode: \"0600\"}]\n", "1:24: this is listened on twice; take one out" },
	{ "listen: [{address: 127.0.0.1:1}, {address: 127.0.0.1:1}]\n", "1:34: this is listened on twice; take one out" },
	{ "listen: [{address: 127.0.0.1:3000}]\nusers: []\nport: 3000\n", "3:7: this is listened on twice; take one out" },
	{ "listen: [{address: 0.0.0.0:1}, {address: 127.0.0.1:1}]\n", "1:32: this is listened on twice; take one out" },
	{ "listen: [{address: 0.0.0.0:3000}]\nusers: []\nport: 3000\n", "3:7: this is listened on twice; take one out" },
	{ "listen: [{address: localhost:1}]\n", "1:20: address cannot be \"localhost:1\"; " ADDRESS },
	{ "listen: [{address: 127.0.0.1}]\n", "1:20: address cannot be \"127.0.0.1\"; " ADDRESS },
	{ "listen: [{address: \"127.0.0.1:\"}]\n", "1:20: address cannot be \"127.0.0.1:\"; " ADDRESS },
	{ "listen: [{address: 127.0.0.1:65536}]\n", "1:20: address cannot be \"127.0.0.1:65536\"; " ADDRESS },
	{ "listen: [{address: 127.0.0.1:01}]\n", "1:20: address cannot be \"127.0.0.1:01\"; " ADDRESS },
	{ "listen: [{address: 127.0.0.1:1a}]\n", "1:20: address cannot be \"127.0.0.1:1a\"; " ADDRESS },
	{ "listen: [{address: 256.0.0.1:1}]\n", "1:20: address cannot be \"256.0.0.1:1\"; " ADDRESS },
	{ "listen: [{address: 127.0.0.01:1}]\n", "1:20: address cannot be \"127.0.0.01:1\"; " ADDRESS },
	{ "listen: [{address: 127.0.1:1}]\n", "1:20: address cannot be \"127.0.1:1\"; " ADDRESS },
	{ "listen: [{address: 127.0.0.1.1:1}]\n", "1:20: address cannot be \"127.0.0.1.1:1\"; " ADDRESS },
	{ "listen: [{address: \":3000\"}]\n", "1:20: address cannot be \":3000\"; " ADDRESS },
	{ "listen: [{address: \"::1:3000\"}]\n", "1:20: address cannot be \"::1:3000\"; " ADDRESS },
	{ "listen: [{address: \"[127.0.0.1]:1\"}]\n", "1:20: address cannot be \"[127.0.0.1]:1\"; " ADDRESS },
	{ "listen: [{address: \"[::1\"}]\n", "1:20: address cannot be \"[::1\"; " ADDRESS },
	{ "listen: [{address: \"[::1]\"}]\n", "1:20: address cannot be \"[::1]\"; " ADDRESS },
	{ "listen: [{address: \"[]:1\"}]\n", "1:20: address cannot be \"[]:1\"; " ADDRESS },
	{ "listen: [{address: \"[:::]:1\"}]\n", "1:20: address cannot be \"[:::]:1\"; " ADDRESS },
	{ "listen: [{address: \"[1::2::3]:1\"}]\n", "1:20: address cannot be \"[1::2::3]:1\"; " ADDRESS },
	{ "listen: [{address: \"[1:2:3:4:5:6:7]:1\"}]\n", "1:20: address cannot be \"[1:2:3:4:5:6:7]:1\"; " ADDRESS },
	{ "listen: [{address: \"[1:2:3:4:5:6:7:]:1\"}]\n", "1:20: address cannot be \"[1:2:3:4:5:6:7:]:1\"; " ADDRESS },
	{ "listen: [{address: \"[1:2:3:4::5:6:7:8]:1\"}]\n", "1:20: address cannot be \"[1:2:3:4::5:6:7:8]:1\"; " ADDRESS },
	{ "listen: [{address: \"[12345::]:1\"}]\n", "1:20: address cannot be \"[12345::]:1\"; " ADDRESS },
	{ "listen: [{address: \"[fe80::1%eth0]:1\"}]\n", "1:20: address cannot be \"[fe80::1%eth0]:1\"; " ADDRESS },
	{ "listen: [{address: [::1]:3000}]\n", "1:20: address cannot be a list; " ADDRESS },
	/* users */
	{ "users: root\n", "1:8: users cannot be \"root\"; it takes a list of users, each with name, and keyring or keyring_file" },
	{ "users:\n", "1:7: users cannot be nothing; it takes a list of users, each with name, and keyring or keyring_file" },
	{ "users:\n  root: {keyring: a}\n",
	  "2:3: users cannot be a mapping; it takes a list of users, each with name, and keyring or keyring_file" },
	{ "users: [root]\n", "1:9: users cannot be \"root\"; it takes users, each a mapping with name, and keyring or keyring_file" },
	{ "users:\n- keyring_file: /k/alice\n", "2:3: this user has no name; each needs one" },
	{ "users: [{}]\n", "1:9: this user has no name; each needs one" },
	{ "users:\n- name: root\n", "2:3: this user has no keyring; each needs keyring, keyring_file, or both" },
	{ "users:\n- {name: a, keyring_file: /k/alice}\n- {name: a, keyring_file: /k/bob}\n",
	  "3:3: there is another user of this name; each may be there but once" },
	{ "users: [{name: a/b}]\n", "1:16: name cannot be \"a/b\"; " NAME },
	{ "users: [{name: -a}]\n", "1:16: name cannot be \"-a\"; " NAME },
	{ "users: [{name: ..}]\n", "1:16: name cannot be \"..\"; " NAME },
	{ "users: [{name: a b}]\n", "1:16: name cannot be \"a b\"; " NAME },
	{ "users: [{name: \"\"}]\n", "1:16: name cannot be \"\"; " NAME },
	{ "users: [{name: \"a\\n\"}]\n", "1:16: name cannot be \"a?\"; " NAME },
	{ "users: [{name: \"a\\x7f\"}]\n", "1:16: name cannot be \"a?\"; " NAME },
	{ "users: [{name: a" A64 "}]\n", "1:16: name cannot be \"a" A64 "\"; " NAME },
	{ "users: [{name: a, keyring_file: /k/alice, signatures: 2}]\n",
	  "1:9: this user needs more signatures than there are certificates in the keyring; nobody could ever sign for him" },
	{ "defaults: {signatures: 2}\nusers:\n- {name: b, keyring_file: /k/both}\n- {name: a, keyring_file: /k/alice}\n",
	  "4:3: this user needs more signatures than there are certificates in the keyring; nobody could ever sign for him" },
	/* keyrings */
	{ "users: [{name: a, keyring: []}]\n", "1:28: keyring cannot be a list; it takes armored public keys "
		"(gpg --armor --export), indented below \"keyring: |\"" },
	{ "users: [{name: a, keyring: /etc/inki/root.asc}]\n",
	  "1:28: keyring of user \"a\": there is no OpenPGP certificate in the keyring (gpg --armor --export makes one)" },
	{ "users: [{name: a, keyring_file: root.asc}]\n",
	  "1:33: keyring_file cannot be \"root.asc\"; it takes the path of a file from / on, which holds public keys (gpg --export)" },
	{ "users: [{name: a, keyring_file: /k/missing}]\n",
	  "1:33: keyring_file \"/k/missing\" of user \"a\": No such file or directory" },
	{ "users: [{keyring_file: /k/missing, name: a}]\n", "1:24: keyring_file \"/k/missing\": No such file or directory" },
	{ "users: [{name: a, keyring_file: /k/text}]\n",
	  "1:33: keyring_file \"/k/text\" of user \"a\": there is no OpenPGP certificate in the keyring (gpg --armor --export makes one)" },
	{ "users: [{name: a, keyring_file: /k/empty}]\n",
	  "1:33: keyring_file \"/k/empty\" of user \"a\": there is no OpenPGP certificate in the keyring (gpg --armor --export makes one)" },
	{ "users: [{name: a, keyring_file: /k/secret}]\n", "1:33: keyring_file \"/k/secret\" of user \"a\": this is a secret key; "
		"a keyring holds public keys (gpg --armor --export)" },
	{ "users:\n- name: a\n  keyring_file: /k/alice\n  keyring: |\n    -----BEGIN PGP PUBLIC KEY BLOCK-----\n\n    AAAA\n",
	  "4:12: keyring of user \"a\": the ASCII armor is malformed" },
};

/* What is told names a key of the configuration that this build has. */
static bool is_of_this_build(const struct bad_case *each)
{
	return (IS_ENABLED(CONFIG_CHECKS) || !strstr(each->error, ", checks")) &&
	       (IS_ENABLED(CONFIG_TLS) || !strstr(each->error, "tls: true needs"));
}

static void run_bad_cases(const struct bad_case *cases, size_t count)
{
	static struct result result;
	unsigned failed = 0;

	for (const struct bad_case *each = cases; each < cases + count; each++) {
		read_yaml(&result, span_of_string(each->yaml));
		if (!is_of_this_build(each))
			continue;
		if (!result.right && strcmp(result.error + strlen("inki.conf:"), each->error) == 0)
			continue;
		print_error("%s\nwants: %s\nis:    %s\n", each->yaml, each->error, result.error);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void test_bad_cases(void **state)
{
	(void)state;
	run_bad_cases(bad_cases, sizeof(bad_cases) / sizeof(bad_cases[0]));
}

#define WITHOUT_TLS "this inki was built without TLS (CONFIG_TLS); take tls out"

static void test_bad_tls(void **state)
{
	static const struct bad_case with_tls[] = {
		{ "tls: {certificate: /a, key: /b}\nusers: []\n", "1:20: nothing would be encrypted: no listener below listen has tls: true" },
		{ "tls: {certificate: /a}\n", "1:6: tls has both a certificate and a key, each the path of a file" },
		{ "tls: {certificate: a, key: /b}\n", "1:20: certificate cannot be \"a\"; it takes the path of a PEM file from / on" },
		{ "tls: true\n", "1:6: tls cannot be \"true\"; it takes a mapping of certificate and key, each the path of a PEM file" },
		{ "listen: [{socket: /s, tls: true}]\n", "1:10: a socket has no tls; only an address has it" },
		{ "listen: [{address: 127.0.0.1:1, tls: true}]\nusers: []\n",
		  "1:10: tls: true needs a certificate; add tls: {certificate: FILE, key: FILE}" },
		{ "listen: [{address: 127.0.0.1:1, tls: yes}]\n", "1:38: tls cannot be \"yes\"; it takes true or false" },
	};
	static const struct bad_case without_tls[] = {
		{ "tls: {certificate: /a, key: /b}\nusers: []\n", "1:6: " WITHOUT_TLS },
		{ "listen: [{address: 127.0.0.1:1, tls: true}]\nusers: []\n", "1:10: " WITHOUT_TLS },
	};

	(void)state;
	if (IS_ENABLED(CONFIG_TLS))
		run_bad_cases(with_tls, sizeof(with_tls) / sizeof(with_tls[0]));
	else
		run_bad_cases(without_tls, sizeof(without_tls) / sizeof(without_tls[0]));
}

static void test_no_host_name(void **state)
{
	struct arena arena = arena_of(memory, sizeof(memory));
	struct conf_input input = { .yaml = SPAN(" users: []\n"), .file_name = "inki.conf", .read_file = read_file };
	struct config config;
	char line[128];
	struct writer error = writer_of(line, sizeof(line));

	(void)state;
	assert_false(conf_read(&input, &arena, &config, &error));
	assert_true(span_equal(writer_written(&error), SPAN("inki.conf:1:2: the system has no host name; give one with host")));
	input.yaml = SPAN("users: []\nhost: here\n");
	assert_true(conf_read(&input, &arena, &config, &error));
	assert_true(span_equal(config.host, SPAN("here")));
}

/* ---- whole files ---- */

static char text[400 * 1024];

static struct writer start_text(void)
{
	return writer_of(text, sizeof(text));
}

static void write_indented(struct writer *writer, const char *lines)
{
	struct span rest = span_of_string(lines), line;

	while (span_take_line(&rest, &line)) {
		writer_put_string(writer, "    ");
		writer_put(writer, line);
		writer_put_byte(writer, '\n');
	}
}

/* The form that inki has had from the start, with two keyrings. */
static struct span original_form(void)
{
	struct writer writer = start_text();

	writer_put_string(&writer, "port: 3000\nusers:\n- name: root\n  keyring: |\n");
	write_indented(&writer, ALICE);
	writer_put_string(&writer, "- name: other\n  keyring: |\n");
	write_indented(&writer, ALICE BOB);
	writer_put_string(&writer, "  keyring_file: /k/alice\n");
	return writer_written(&writer);
}

static void assert_config(const struct result *result, const char *expected)
{
	char line[2048];
	struct writer writer = writer_of(line, sizeof(line) - 1);

	assert_string_equal(result->error, "");
	put_config(&writer, &result->config);
	line[writer.used] = '\0';
	assert_string_equal(line, expected);
}

static void test_original_form(void **state)
{
	static struct result result;

	(void)state;
	read_yaml(&result, original_form());
	assert_config(&result, TOP PORT_3000 ROOT_LINE "other keyring=2 " POLICY);
	assert_int_equal(config_find_user(&result.config, SPAN("root")), 0);
	assert_int_equal(config_find_user(&result.config, SPAN("other")), 1);
	assert_int_equal(config_find_user(&result.config, SPAN("othe")), 2);
	assert_int_equal(config_find_user(&result.config, SPAN("")), 2);
}

static struct span example(void)
{
	FILE *file = fopen("inki.conf.example", "rb");
	size_t size;

	assert_non_null(file);
	size = fread(text, 1, sizeof(text), file);
	fclose(file);
	return span_of(text, size);
}

/* The example says the defaults, so it reads as a file that says nothing would; but for its socket. */
static void test_example(void **state)
{
	static struct result result;

	(void)state;
	if (!IS_ENABLED(CONFIG_CHECKS))
		skip();
	read_yaml(&result, example());
	assert_config(&result, TOP "/run/inki/inki.sock:0666 access=1 " PORT_3000 ROOT_LINE);
}

/* Cut anywhere, a file is read or refused, and leaves nothing behind. */
static void check_truncations(struct span yaml)
{
	static struct result result;

	for (size_t size = 0; size < yaml.size; size++)
		read_yaml(&result, span_first(yaml, size));
}

static void test_truncations(void **state)
{
	(void)state;
	check_truncations(original_form());
	check_truncations(example());
}

/* Each byte in turn becomes one that means something in YAML, or nothing at all. */
static void test_changed_bytes(void **state)
{
	static const char changes[] = "\0\t\n :-[{\"&*!%\x80\xff";
	static struct result result;
	struct span yaml = original_form();

	(void)state;
	for (size_t i = 0; i < yaml.size; i++) {
		char kept = text[i];

		for (size_t j = 0; j < sizeof(changes) - 1; j++) {
			text[i] = changes[j];
			read_yaml(&result, yaml);
		}
		text[i] = kept;
	}
}

static void test_garbage(void **state)
{
	static struct result result;
	uint32_t random = 1;

	(void)state;
	for (size_t round = 0; round < 2000; round++) {
		size_t size = round % 300;

		for (size_t i = 0; i < size; i++) {
			random = random * 1664525 + 1013904223;
			text[i] = (char)(round % 2 ? random >> 24 : (unsigned)" \n:-,[]{}a\"'|>&*!?#~"[(random >> 24) % 20]);
		}
		read_yaml(&result, span_of(text, size));
		assert_false(result.right);
	}
}

static struct span repeated(const char *head, const char *part, size_t count)
{
	struct writer writer = start_text();

	writer_put_string(&writer, head);
	for (size_t i = 0; i < count; i++)
		writer_put_string(&writer, part);
	assert_false(writer.overflowed);
	return writer_written(&writer);
}

/* What would take a lenient reader much time or memory: each is refused, and soon. */
static void test_large(void **state)
{
	static const struct {
		const char *head, *part;
		size_t count;
		const char *error; /* how it starts */
	} cases[] = {
		{ "", "[", 250000, "1:1: the file cannot be a list" },
		{ "users: ", "[", 250000, "1:9: users cannot be a list" },
		{ "", "{", 250000, "1:2: a mapping is no key here" },
		{ "", "? ", 100000, "1:3: a mapping is no key here" },
		{ "", "- ", 100000, "1:1: the file cannot be a list" },
		{ "a: ", "a", 250000, "1:1: \"a\" is no key here" },
		{ "host: ", "a", 250000, "1:7: host cannot be \"aaaa" },
		{ "users: [{name: ", "a", 250000, "1:16: name cannot be \"aaaa" },
		{ "users: []\n", "---\nusers: []\n", 10000, "2:1: a second document" },
		{ "users: [{name: a, keyring: |\n", "A\n", 100000, "1:28: found character that cannot start any token" },
		{ "users:\n- name: a\n  keyring: |\n", "   A\n", 50000, "3:12: keyring of user \"a\": there is no OpenPGP" },
		{ "", "\n", 250000, "250001:1: the file cannot be nothing" },
		{ "", "#\n", 100000, "100001:1: the file cannot be nothing" },
	};
	static struct result result;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_yaml(&result, repeated(cases[i].head, cases[i].part, cases[i].count));
		result.error[strlen("inki.conf:") + strlen(cases[i].error)] = '\0';
		assert_string_equal(result.error + strlen("inki.conf:"), cases[i].error);
	}
}

static struct span many_users(size_t count)
{
	struct writer writer = start_text();

	writer_put_string(&writer, "users:\n");
	for (size_t i = 0; i < count; i++) {
		writer_put_string(&writer, "- {keyring_file: /k/alice, name: u");
		writer_put_padded_number(&writer, i, 4);
		writer_put_string(&writer, "}\n");
	}
	assert_false(writer.overflowed);
	return writer_written(&writer);
}

static void test_user_limit(void **state)
{
	static struct result result;
	char expected[128];

	(void)state;
	read_yaml(&result, many_users(CONFIG_USERS));
	assert_string_equal(result.error, "");
	assert_int_equal(result.config.user_count, CONFIG_USERS);
	assert_int_equal(config_find_user(&result.config, SPAN("u0005")), 5);

	read_yaml(&result, many_users(CONFIG_USERS + 1));
	snprintf(expected, sizeof(expected), "inki.conf:%d:3: this is a user too many; build with a larger CONFIG_USERS",
		 CONFIG_USERS + 2);
	assert_string_equal(result.error, expected);
}

/* With too little memory the error says so, and with what is right from some size on. */
static void test_memory(void **state)
{
	static struct result result;
	size_t size = 0;

	(void)state;
	for (; size < sizeof(memory); size += 128) {
		read_with(&result, original_form(), 0, size);
		check_result(&result);
		if (result.right)
			break;
		assert_non_null(strstr(result.error, "CONFIG_SETTINGS_ARENA_KB"));
	}
	assert_true(result.right && size > 1000);
}

static void test_listener_limit(void **state)
{
	static struct result result;

	(void)state;
	read_yaml(&result, repeated("users: []\nport: 3000\nlisten:\n", "- address: 127.0.0.1:0\n", CONFIG_LISTENERS - 1));
	assert_string_equal(result.error, "inki.conf:2:7: this is a listener too many; build with a larger CONFIG_LISTENERS");
	read_yaml(&result, repeated("users: []\nlisten:\n", "- address: 127.0.0.1:0\n", CONFIG_LISTENERS));
	assert_true(result.right);
}

/* A stray $PORT must not open the whole network on a host whose file lists its listeners. */
static void test_port_of_the_command_line_needs_one_to_replace(void **state)
{
	struct result result;

	(void)state;
	read_with(&result, SPAN("listen: [{address: 127.0.0.1:3000}]\nusers: []\n"), 4000, sizeof(memory));
	check_result(&result);
	assert_string_equal(result.error,
			    "inki.conf:1:1: all listeners are listed here, and there is no port for -P or $PORT to replace");
}

int main(void)
{
	static uint8_t crypto_memory[CONFIG_CRYPTO_ARENA_KB * 1024];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port_of_the_command_line_needs_one_to_replace),
		cmocka_unit_test(test_good_cases),
		cmocka_unit_test(test_bad_cases),
		cmocka_unit_test(test_bad_tls),
		cmocka_unit_test(test_no_host_name),
		cmocka_unit_test(test_original_form),
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_changed_bytes),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_user_limit),
		cmocka_unit_test(test_listener_limit),
		cmocka_unit_test(test_memory),
	};

	crypto_start(crypto_memory, sizeof(crypto_memory));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
