/* TLS from both sides: a server and a client, of which one gets bytes that are not the other's; and certificate files.
 *
 * The first byte of the input chooses what the rest is: what comes instead of a client's first flight; of a server's; behind
 * a handshake, as records, to either; changes of the client's genuine bytes; or a PEM file. Nothing that was not sealed by the
 * other side may ever come out as text.
 */
#include "fuzz.h"
#include "tls/client.h"
#include "tls/make.h"
#include "tls/server.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_SIZE = 1 << 18, FILE_ARENA_SIZE = 1 << 16, NOW = 1700000000 };

static struct tls_identity identity;
static struct tls_sessions *sessions;
static struct tls_trust trust = { .host = SPAN_INITIALIZER("localhost"), .now = NOW };

static void start(void)
{
	static uint8_t memory[ARENA_SIZE], certificate[TLS_MAKE_PEM_MAX], key[TLS_MAKE_PEM_MAX];
	struct arena arena = arena_of(memory, sizeof(memory));
	struct tls_made made = { writer_of(certificate, sizeof(certificate)), writer_of(key, sizeof(key)), { 0 } };
	const struct span names[] = { SPAN("localhost") };
	uint8_t entropy[TLS_ENTROPY_SIZE] = { 1 };
	enum status status;
	size_t line;

	if (sessions)
		return;
	FUZZ_CHECK(tls_make(&made, names, 1, entropy));
	FUZZ_CHECK(tls_identity_read_certificate(&identity, writer_written(&made.certificate), &arena, &line) == STATUS_OK);
	FUZZ_CHECK(tls_identity_read_key(&identity, writer_written(&made.key), &arena, &line) == STATUS_OK);
	trust.anchors = tls_anchors_read(writer_written(&made.certificate), &arena, &status, &line);
	FUZZ_CHECK(trust.anchors);
	sessions = tls_sessions_start(malloc(tls_sessions_memory_size(2)), 2);
}

static struct tls *start_server(void)
{
	uint8_t entropy[TLS_ENTROPY_SIZE] = { 2 };

	return tls_server_start(malloc(tls_server_memory_size()), &identity, sessions, entropy);
}

static struct tls *start_client(void)
{
	uint8_t entropy[TLS_ENTROPY_SIZE] = { 3 };

	return tls_client_start(malloc(tls_client_memory_size()), &trust, entropy);
}

/* Feeds bytes; what they lead to is sent nowhere. */
static void feed(struct tls *to, struct span bytes)
{
	while (bytes.size > 0) {
		size_t size;
		uint8_t *room = tls_records_room(to, &size);

		while (tls_records(to).size > 0)
			tls_records_sent(to, tls_records(to).size);
		FUZZ_CHECK(tls_text(to).size == 0);
		if (!room || tls_state(to) == TLS_FAILED || tls_state(to) == TLS_ENDED)
			return;
		size = size < bytes.size ? size : bytes.size;
		memcpy(room, bytes.data, size);
		tls_records_arrived(to, size);
		bytes = span_skip(bytes, size);
	}
	FUZZ_CHECK(tls_text(to).size == 0);
}

/* The genuine handshake, but for changes: pairs of a distance to the next changed byte, and what is changed in it. */
static bool move(struct tls *from, struct tls *to, struct span *changes, size_t *distance)
{
	struct span records = tls_records(from);
	size_t size;
	uint8_t *room = tls_records_room(to, &size);

	if (records.size == 0 || !room)
		return false;
	size = size < records.size ? size : records.size;
	memcpy(room, records.data, size);
	for (size_t i = 0; i < size && changes->size >= 2; i++) {
		if (++*distance <= changes->data[0])
			continue;
		room[i] ^= changes->data[1];
		*changes = span_skip(*changes, 2);
		*distance = 0;
	}
	tls_records_sent(from, size);
	tls_records_arrived(to, size);
	return true;
}

static void shake_hands(struct tls *server, struct tls *client, struct span changes)
{
	struct span none = { 0 };
	size_t distance = 0;

	while (move(client, server, &changes, &distance) || move(server, client, &none, &distance))
		FUZZ_CHECK(tls_text(server).size == 0 && tls_text(client).size == 0);
}

static void read_file(struct span pem)
{
	struct arena arena = fuzz_take_arena(FILE_ARENA_SIZE);
	struct tls_identity read;
	enum status status;
	size_t line;

	if (tls_identity_read_certificate(&read, pem, &arena, &line) == STATUS_OK) {
		FUZZ_CHECK(read.chain_count > 0 && read.chain_count <= TLS_CHAIN_MAX);
		(void)tls_certificate_is_for(&read.certificate, SPAN("a.example.org"));
		(void)tls_identity_read_key(&read, pem, &arena, &line);
	}
	(void)tls_anchors_read(pem, &arena, &status, &line);
	free(arena.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { TO_SERVER, TO_CLIENT, BEHIND_TO_SERVER, BEHIND_TO_CLIENT, CHANGED, FILE, COUNT };
	struct span rest = span_of(data + (size > 0), size > 0 ? size - 1 : 0), none = { 0 };
	unsigned what = size > 0 ? data[0] % COUNT : 0;
	struct tls *server, *client;

	start();
	if (what == FILE) {
		read_file(rest);
		return 0;
	}
	server = start_server();
	client = start_client();
	if (what == CHANGED)
		shake_hands(server, client, rest);
	if (what == BEHIND_TO_SERVER || what == BEHIND_TO_CLIENT) {
		shake_hands(server, client, none);
		FUZZ_CHECK(tls_state(server) == TLS_OPEN && tls_state(client) == TLS_OPEN);
	}
	feed(what == TO_CLIENT || what == BEHIND_TO_CLIENT ? client : server, what == CHANGED ? none : rest);
	free(server);
	free(client);
	return 0;
}
