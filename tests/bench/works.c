/* usage: works FOLDER count WORK
 *        works FOLDER rate WORK MILLISECONDS
 *
 * Fixed pieces of inki's work, always with the same input: FOLDER is what fixtures.py has made. "count" does one once, within
 * run_work(), for callgrind to count the instructions of that function; "rate" does it again and again for that time, and prints
 * how often in a second; both of the processor's time, as openssl speed counts it. */
#include "base/kconfig.h"
#include "core/api.h"
#include "crypto/crypto.h"
#include "crypto/digest.h"
#include "crypto/verify.h"
#include "host/file.h"
#include "pgp/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FILE_MAX = 1 << 20, MANY = 10000, NOW = 1770000060 /* a minute after fixtures.py's */ };

enum kind { HEAD, LIST, FIND, ADD, VERIFY, BARE };

static const struct work {
	const char *name;
	enum kind kind;
	size_t keys;      /* that are in the table before */
	const char *file; /* whose keyring and message */
} works[] = {
	{ "head", HEAD, 0, "ed25519" },
	{ "list 1", LIST, 1, "ed25519" },
	{ "list 100", LIST, 100, "ed25519" },
	{ "list 10000", LIST, MANY, "ed25519" },
	{ "find 1", FIND, 1, "ed25519" },
	{ "find 10000", FIND, MANY, "ed25519" },
	{ "add 1", ADD, 0, "ed25519" },
	{ "add 10000", ADD, MANY - 1, "ed25519" },
	{ "add rsa2048", ADD, 0, "rsa2048" },
	{ "add nistp256", ADD, 0, "nistp256" },
	{ "bare ed25519", BARE, 0, "ed25519" },
	{ "verify ed25519", VERIFY, 0, "ed25519" },
	{ "verify rsa2048", VERIFY, 0, "rsa2048" },
	{ "verify rsa3072", VERIFY, 0, "rsa3072" },
	{ "verify rsa4096", VERIFY, 0, "rsa4096" },
	{ "verify nistp256", VERIFY, 0, "nistp256" },
	{ "verify nistp384", VERIFY, 0, "nistp384" },
	{ "verify nistp521", VERIFY, 0, "nistp521" },
};

static uint8_t crypto_memory[CONFIG_CRYPTO_ARENA_KB * 1024], keyring_memory[CONFIG_SETTINGS_ARENA_KB * 1024];
static uint8_t request_memory[CONFIG_REQUEST_ARENA_KB * 1024], journal_memory[API_JOURNAL_MIN];
static uint8_t keyring_file[FILE_MAX], message_file[FILE_MAX], body[64 * 1024];
static struct arena request_arena;
static struct writer journal;
static struct config_user user = { .name = SPAN_INITIALIZER("alice") };
static struct config config = { .max_request_age = 3600, .users = &user, .user_count = 1 };
static struct app app = { .config = &config, .arena = &request_arena, .journal = &journal };
static struct span message;
static struct span bare; /* a public key, a signature and what it signs */
static char query[128];

static void end_unless(bool right, const char *words)
{
	if (right)
		return;
	fprintf(stderr, "%s\n", words);
	exit(1);
}

static struct span read_file(const char *folder, const char *name, const char *ending, uint8_t room[static FILE_MAX])
{
	const char *why_not;
	struct span bytes;
	char path[256];

	snprintf(path, sizeof(path), "%s/%s.%s", folder, name, ending);
	end_unless(file_read_start(path, room, FILE_MAX, &bytes, &why_not), path);
	return bytes;
}

/* A key of which nobody has the secret half; the last one is asked for. */
static void put_key(uint32_t number)
{
	static const uint8_t prefix[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
	static const struct table_signer signer = { .size = 20 };
	uint8_t blob[sizeof(prefix) - 1 + DIGEST_SIZE_MAX], line[SSH_KEY_LINE_MAX];
	const struct ssh_key parsed = { .blob = { blob, sizeof(prefix) - 1 + 32 }, .comment = SPAN("alice@laptop") };
	struct table_key key = {
		.comment = parsed.comment,
		.is_live = true,
		.signed_at = NOW,
		.expire = NOW + 3600,
		.signers = &signer,
		.signer_count = 1,
	};
	struct writer writer = writer_of((uint8_t *)query, sizeof(query) - 1), line_writer = writer_of(line, sizeof(line));

	memcpy(blob, prefix, sizeof(prefix) - 1);
	digest_compute(DIGEST_SHA256, span_of(&number, sizeof(number)), blob + sizeof(prefix) - 1);
	ssh_fingerprint_compute(parsed.blob, &key.fingerprint);
	ssh_key_write(&line_writer, &parsed);
	key.line = writer_written(&line_writer);
	end_unless(table_put(app.table, &key, NOW + 3600) == STATUS_OK, "a key does not fit");
	writer_put_string(&writer, "fingerprint=");
	ssh_fingerprint_write_sha256(&writer, key.fingerprint.sha256);
	query[writer.used] = '\0';
}

static void prepare(const struct work *work, const char *folder)
{
	struct arena settings = arena_of(keyring_memory, sizeof(keyring_memory)), table;

	crypto_start(crypto_memory, sizeof(crypto_memory));
	end_unless(pgp_keyring_add(&user.keyring, read_file(folder, work->file, "gpg", keyring_file), &settings) == STATUS_OK,
	           "this is no keyring");
	if (work->kind == BARE) {
		bare = read_file(folder, work->file, "bare", message_file);
		return;
	}
	message = read_file(folder, work->file, "asc", message_file);
	user.policy = (struct config_policy){
		.max_lifetime = 86400, .signatures = 1, .key_types = 1U << SSH_KEY_ED25519, .max_keys = MANY
	};
	request_arena = arena_of(request_memory, sizeof(request_memory));
	journal = writer_of(journal_memory, sizeof(journal_memory));
	table = arena_of(calloc(1, table_memory_size()), table_memory_size());
	app.table = table_start(&table);
	for (uint32_t i = 0; i < work->keys; i++)
		put_key(i);
}

static bool read_head(void)
{
	static const char head[] = "GET /api/v1/user/alice/authorized_keys HTTP/1.1\r\nHost: router:3000\r\n"
				   "User-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";
	struct http_head read;

	http_head_start(&read);
	return http_head_read(&read, span_of_string(head), 8192) == STATUS_OK;
}

/* As the server does, which sends the room of an answer whenever it is full. */
static bool ask(enum http_method method, const char *path, const char *words, struct span sent)
{
	const struct api_request request = { .method = method,
		                             .path = span_of_string(path),
		                             .query = span_of_string(words),
		                             .body = sent,
		                             .remote = SPAN("192.0.2.1"),
		                             .access = ACCESS_ALL };
	struct api_answer answer;

	writer_rewind(&journal, 0);
	answer.body = writer_of(body, CONFIG_RESPONSE_SIZE);
	api_handle(&app, &request, NOW, &answer);
	while (answer.list.kind != API_LIST_NONE && !answer.list.ended) {
		writer_rewind(&answer.body, 0);
		api_write_list(&app, &answer.list, NOW, &answer.body);
	}
	if (answer.http_code != 200)
		fprintf(stderr, "%.*s\n", (int)answer.body.used, (const char *)body);
	return answer.http_code == 200;
}

static bool judge(void)
{
	struct pgp_message read;
	struct pgp_verdict verdict = { 0 };
	bool right = message_read(message, &request_arena, &read) == STATUS_OK &&
	             message_verify(&read, &user.keyring, NOW, &verdict) == STATUS_OK;

	arena_release(&request_arena, 0);
	return right;
}

__attribute__((noinline)) static bool run_work(const struct work *work)
{
	switch (work->kind) {
	case HEAD:
		return read_head();
	case LIST:
		return ask(HTTP_GET, "/api/v1/user/alice/authorized_keys", "", (struct span){ 0 });
	case FIND:
		return ask(HTTP_GET, "/api/v1/user/alice/authorized_keys", query, (struct span){ 0 });
	case ADD:
		return ask(HTTP_POST, "/api/v1/keys", "", message);
	case VERIFY:
		return judge();
	case BARE:
		return ed25519_verify(bare.data, span_skip(bare, 96), bare.data + 32);
	}
	return false;
}

static void print_rate(const struct work *work, long most)
{
	clock_t start = clock();
	long turns = 0, took;

	do {
		end_unless(run_work(work), "the work is refused");
		turns++;
		took = (long)((clock() - start) / (CLOCKS_PER_SEC / 1000));
	} while (took < most);
	printf("%ld\n", turns * 1000 / (took > 0 ? took : 1));
}

int main(int count, char **arguments)
{
	const struct work *work = NULL;

	for (size_t i = 0; count > 3 && i < sizeof(works) / sizeof(works[0]); i++)
		if (strcmp(works[i].name, arguments[3]) == 0)
			work = &works[i];
	end_unless(work, "usage: works FOLDER count|rate WORK [MILLISECONDS]");
	prepare(work, arguments[1]);
	if (count == 5 && strcmp(arguments[2], "rate") == 0)
		print_rate(work, strtol(arguments[4], NULL, 10));
	else
		end_unless(run_work(work), "the work is refused");
	return 0;
}
