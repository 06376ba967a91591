/* TLS without a socket: our server and our client hand each other records, whole, in pieces, and changed. */
#include "tls/client.h"
#include "tls/make.h"
#include "tls/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SESSIONS = 4, NOW = 1700000000, ARENA_SIZE = 1 << 16 };

/* A server and a client with a made certificate between them. */
struct pair {
	struct arena arena;
	struct tls_identity identity;
	struct tls_sessions *sessions;
	struct tls_trust trust;
	struct span pem;
	void *server_memory, *client_memory;
	struct tls *server, *client;
	size_t moved;   /* bytes from client to server */
	size_t flip_at; /* the one of them whose lowest bit is changed; SIZE_MAX: none */
	size_t cut_at;  /* no more than so many of them arrive */
};

static uint8_t entropy[TLS_ENTROPY_SIZE] = "not random at all";

static void make(struct pair *pair, const char *name)
{
	uint8_t certificate[TLS_MAKE_PEM_MAX], key[TLS_MAKE_PEM_MAX];
	struct tls_made made = { writer_of(certificate, sizeof(certificate)), writer_of(key, sizeof(key)), { 0 } };
	const struct span names[] = { span_of_string(name), SPAN("192.0.2.1"), SPAN("2001:db8::1"), SPAN("*.example.org") };

	size_t line;

	assert_true(tls_make(&made, names, 4, entropy));
	assert_true(arena_copy(&pair->arena, writer_written(&made.certificate), &pair->pem));
	assert_int_equal(tls_identity_read_certificate(&pair->identity, pair->pem, &pair->arena, &line), STATUS_OK);
	assert_int_equal(tls_identity_read_key(&pair->identity, writer_written(&made.key), &pair->arena, &line), STATUS_OK);
	assert_memory_equal(pair->identity.pin, made.pin, TLS_PIN_SIZE);
}

static void pair_start(struct pair *pair)
{
	*pair = (struct pair){ .arena = arena_of(malloc(ARENA_SIZE), ARENA_SIZE) };
	make(pair, "localhost");
	pair->trust = (struct tls_trust){ .host = SPAN("localhost"), .now = NOW, .pin_count = 1 };
	memcpy(pair->trust.pins[0], pair->identity.pin, TLS_PIN_SIZE);
	pair->sessions = tls_sessions_start(malloc(tls_sessions_memory_size(SESSIONS)), SESSIONS);
	pair->server_memory = malloc(tls_server_memory_size()); /* exactly so large: the sanitizer guards what is behind */
	pair->client_memory = malloc(tls_client_memory_size());
}

static void pair_end(struct pair *pair)
{
	free(pair->arena.data);
	free(pair->sessions);
	free(pair->server_memory);
	free(pair->client_memory);
}

static void pair_connect(struct pair *pair)
{
	entropy[0]++;
	pair->server = tls_server_start(pair->server_memory, &pair->identity, pair->sessions, entropy);
	entropy[0]++;
	pair->client = tls_client_start(pair->client_memory, &pair->trust, entropy);
	pair->moved = 0;
	pair->flip_at = pair->cut_at = SIZE_MAX;
}

/* Hands over at most piece bytes; false if there was nothing to hand over, or nobody to take it. */
static bool move(struct pair *pair, struct tls *from, struct tls *to, size_t piece)
{
	struct span records = span_first(tls_records(from), piece);
	size_t room_size;
	uint8_t *room = tls_records_room(to, &room_size);

	if (records.size == 0 || !room)
		return false;
	records = span_first(records, room_size);
	if (from == pair->client) {
		if (pair->moved >= pair->cut_at)
			return false;
		records = span_first(records, pair->cut_at - pair->moved);
	}
	memcpy(room, records.data, records.size);
	if (from == pair->client) {
		if (pair->flip_at - pair->moved < records.size)
			room[pair->flip_at - pair->moved] ^= 1;
		pair->moved += records.size;
	}
	tls_records_sent(from, records.size);
	tls_records_arrived(to, records.size);
	return true;
}

static void shake_hands(struct pair *pair, size_t piece)
{
	while (move(pair, pair->client, pair->server, piece) || move(pair, pair->server, pair->client, piece))
		;
}

/* Says text on one side, and reads it on the other. */
static void say(struct pair *pair, struct tls *from, struct tls *to, struct span text, size_t piece)
{
	size_t said = 0, heard = 0;

	while (heard < text.size) {
		struct span part;

		said += tls_put_text(from, span_skip(text, said));
		if (!move(pair, from, to, piece))
			assert_true(tls_text(to).size > 0);
		part = tls_text(to);
		assert_true(heard + part.size <= said);
		assert_memory_equal(part.data, text.data + heard, part.size);
		heard += part.size;
		if (part.size > 0)
			tls_text_taken(to, part.size);
	}
}

static void test_conversation(void **state)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 7, 1000 };
	enum { LARGE = 40000 };
	uint8_t *large = malloc(LARGE);
	struct pair pair;

	(void)state;
	for (size_t i = 0; i < LARGE; i++)
		large[i] = (uint8_t)(i * 7 + i / 256);
	pair_start(&pair);
	for (size_t i = 0; i < 4; i++) {
		pair_connect(&pair);
		assert_int_equal(tls_state(pair.server), TLS_HANDSHAKE);
		assert_int_equal(tls_put_text(pair.server, SPAN("early")), 0);
		shake_hands(&pair, pieces[i]);
		assert_int_equal(tls_state(pair.server), TLS_OPEN);
		assert_int_equal(tls_state(pair.client), TLS_OPEN);
		say(&pair, pair.client, pair.server, SPAN("GET / HTTP/1.1\r\n"), pieces[i]);
		say(&pair, pair.server, pair.client, span_of(large, LARGE), pieces[i]);
		say(&pair, pair.client, pair.server, span_of(large, LARGE), pieces[i]);
		tls_close(i % 2 ? pair.server : pair.client);
		shake_hands(&pair, pieces[i]);
		assert_int_equal(tls_state(pair.server), TLS_ENDED);
		assert_int_equal(tls_state(pair.client), TLS_ENDED);
		assert_int_equal(tls_put_text(pair.server, SPAN("late")), 0);
	}
	pair_end(&pair);
	free(large);
}

/* Whichever bit is changed on the way, nothing of the text arrives, and the handshake does not end on both sides. */
static void test_changed(void **state)
{
	enum { RECORD_SIZE = 5 + 5 + 16 }; /* of the text below: head, text, tag */
	struct pair pair;
	size_t handshake, step = 0;

	(void)state;
	pair_start(&pair);
	pair_connect(&pair);
	shake_hands(&pair, SIZE_MAX);
	handshake = pair.moved;
	for (size_t at = 0; at < handshake + RECORD_SIZE; at += 1 + step % 3, step++) {
		pair_connect(&pair);
		pair.flip_at = at;
		shake_hands(&pair, SIZE_MAX);
		assert_true(at >= handshake || tls_state(pair.server) != TLS_OPEN || tls_state(pair.client) != TLS_OPEN);
		if (tls_put_text(pair.client, SPAN("GET /")) > 0)
			shake_hands(&pair, SIZE_MAX);
		assert_int_equal(tls_text(pair.server).size, 0);
	}
	pair_end(&pair);
}

static void test_cut(void **state)
{
	struct pair pair;

	(void)state;
	pair_start(&pair);
	for (size_t at = 0; at < 400; at += 3) {
		pair_connect(&pair);
		pair.cut_at = at;
		shake_hands(&pair, SIZE_MAX);
		assert_int_not_equal(tls_state(pair.server), TLS_ENDED);
		assert_int_equal(tls_text(pair.server).size, 0);
	}
	pair_end(&pair);
}

/* ---- whom the client believes ---- */

static void test_trust(void **state)
{
	static const struct {
		const char *host;
		int64_t now;
		bool has_anchor, has_pin, has_right_pin;
		enum status status;
	} cases[] = {
		{ "elsewhere", 0, false, true, true, STATUS_OK },
		{ "localhost", NOW, false, true, false, STATUS_TLS_PEER_PIN },
		{ "localhost", NOW, false, false, false, STATUS_TLS_PEER_UNKNOWN },
		{ "localhost", NOW, true, false, false, STATUS_OK },
		{ "LocalHost.", NOW, true, false, false, STATUS_OK },
		{ "192.0.2.1", NOW, true, false, false, STATUS_OK },
		{ "2001:db8:0::1", NOW, true, false, false, STATUS_OK },
		{ "a.example.org", NOW, true, false, false, STATUS_OK },
		{ "a.b.example.org", NOW, true, false, false, STATUS_TLS_PEER_NAME },
		{ "example.org", NOW, true, false, false, STATUS_TLS_PEER_NAME },
		{ ".example.org", NOW, true, false, false, STATUS_TLS_PEER_NAME },
		{ "192.0.2.2", NOW, true, false, false, STATUS_TLS_PEER_NAME },
		{ "::1", NOW, true, false, false, STATUS_TLS_PEER_NAME },
		{ "", NOW, true, false, false, STATUS_TLS_PEER_NAME },
		{ "localhos", NOW, true, false, false, STATUS_TLS_PEER_NAME },
		{ "localhost", 1500000000, true, false, false, STATUS_TLS_PEER_DATES },
		{ "localhost", NOW, true, true, true, STATUS_OK },
		{ "localhost", NOW, true, true, false, STATUS_TLS_PEER_PIN },
		{ "elsewhere", NOW, true, true, true, STATUS_TLS_PEER_NAME },
	};
	const struct tls_anchors *anchors;
	struct pair pair;
	enum status status;
	size_t line;

	(void)state;
	pair_start(&pair);
	anchors = tls_anchors_read(pair.pem, &pair.arena, &status, &line);
	assert_non_null(anchors);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pair.trust = (struct tls_trust){
			.anchors = cases[i].has_anchor ? anchors : NULL,
			.host = span_of_string(cases[i].host),
			.now = cases[i].now,
			.pin_count = cases[i].has_pin,
		};
		memcpy(pair.trust.pins[0], pair.identity.pin, TLS_PIN_SIZE);
		pair.trust.pins[0][31] ^= !cases[i].has_right_pin;
		pair_connect(&pair);
		shake_hands(&pair, SIZE_MAX);
		assert_int_equal(tls_why(pair.client), cases[i].status);
		assert_int_equal(tls_state(pair.client) == TLS_OPEN, cases[i].status == STATUS_OK);
		assert_int_equal(tls_state(pair.server) == TLS_OPEN, cases[i].status == STATUS_OK);
	}
	pair_end(&pair);
}

/* A server that has the certificate and not its key is not believed. */
static void test_certificate_of_another(void **state)
{
	struct pair pair;
	struct tls_identity first;

	(void)state;
	pair_start(&pair);
	first = pair.identity;
	entropy[1]++;
	make(&pair, "localhost");
	pair.identity.chain[0] = first.chain[0];
	memcpy(pair.trust.pins[0], first.pin, TLS_PIN_SIZE);
	pair_connect(&pair);
	shake_hands(&pair, SIZE_MAX);
	assert_int_equal(tls_state(pair.client), TLS_FAILED);
	assert_int_not_equal(tls_state(pair.server), TLS_OPEN);
	pair_end(&pair);
}

static void test_pins(void **state)
{
	static const char pin[] = "sha256//AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
	struct tls_trust trust = { 0 };

	(void)state;
	assert_true(tls_trust_read_pins(&trust, span_of_string(pin)));
	assert_int_equal(trust.pin_count, 1);
	for (uint8_t i = 0; i < TLS_PIN_SIZE; i++)
		assert_int_equal(trust.pins[0][i], i);
	for (size_t size = 0; size < strlen(pin); size++)
		assert_false(tls_trust_read_pins(&trust, span_of(pin, size)));
}

/* No byte of a certificate may be missing, and no length may lie. */
static void test_certificate_is_whole(void **state)
{
	struct pair pair;
	struct tls_certificate certificate;
	struct span der;

	(void)state;
	pair_start(&pair);
	der = pair.identity.chain[0];
	for (size_t size = 0; size < der.size; size++) {
		uint8_t *copy = malloc(size ? size : 1);

		memcpy(copy, der.data, size);
		assert_int_not_equal(tls_certificate_read(span_of(copy, size), &certificate), STATUS_OK);
		free(copy);
	}
	for (size_t at = 0; at < der.size; at++) {
		uint8_t *copy = malloc(der.size);

		memcpy(copy, der.data, der.size);
		for (unsigned value = 0; value < 256; value++) {
			copy[at] = (uint8_t)value;
			(void)tls_certificate_read(span_of(copy, der.size), &certificate); /* the sanitizer looks on */
			(void)tls_certificate_is_for(&certificate, SPAN("a.example.org"));
		}
		free(copy);
	}
	pair_end(&pair);
}

static void test_names_to_make(void **state)
{
	static const char *const good[] = { "a", "a-b.c_d", "*.example.org", "192.0.2.1", "::1", "fe80::1" };
	static const char *const bad[] = { "", ".", "a..b", ".a", "*", "*.", "a.*.b", "a b", "a/b", "\xc3\xa4", "[::1]", "a:1" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(tls_make_takes_name(span_of_string(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(tls_make_takes_name(span_of_string(bad[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversation),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_certificate_of_another),
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_certificate_is_whole),
		cmocka_unit_test(test_names_to_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
