#include "pgp/describe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 1970-01-12T13:46:40Z and on: all times of these tests are small numbers of seconds behind it. */
#define T INT64_C(1000000)

#define FOREVER .expires = INT64_MAX, .back_from = INT64_MAX
#define MAY_SIGN .has_flags = true, .may_sign = true

/* Self-signatures: that lets its key sign (for so many seconds of the key's life; 0: forever), that does not, and that binds a subkey
 * which signs back. */
#define SIGNED_FOR(at, lifetime) { .created = T + (at), FOREVER, MAY_SIGN, .key_lifetime = (lifetime) }
#define SIGNED(at) SIGNED_FOR(at, 0)
#define CERTIFIES_FOR(at, lifetime) { .created = T + (at), FOREVER, .has_flags = true, .key_lifetime = (lifetime) }
#define CERTIFIES(at) CERTIFIES_FOR(at, 0)
#define BOUND_FOR(at, lifetime, back_end) \
	{ .created = T + (at), .expires = INT64_MAX, .back_from = T + (at), .back_until = (back_end), MAY_SIGN, .key_lifetime = (lifetime) }
#define BOUND(at) BOUND_FOR(at, 0, INT64_MAX)

/* The certificate of a case: a primary key, a user ID, and a subkey; each with up to two self-signatures. */
struct parts {
	const char *name;
	enum status primary_defect, subkey_defect;
	bool is_revoked, subkey_is_revoked, is_malformed;
	struct pgp_self_signature certifications[2], bindings[2];
	/* what must come out at T + 100 */
	enum status status, subkey_status;
	int64_t end, subkey_end; /* behind T; 0: INT64_MAX */
};

static const struct parts cases[] = {
	{ "no end", .certifications = { SIGNED(0) }, .subkey_status = STATUS_SUBKEY_NOT_BOUND },
	{ "key expires", .certifications = { SIGNED_FOR(0, 500) }, .end = 500, .subkey_status = STATUS_SUBKEY_NOT_BOUND },
	{ "key has expired", .certifications = { SIGNED_FOR(0, 50) }, .status = STATUS_KEY_EXPIRED, .end = 50,
	  .subkey_status = STATUS_KEY_EXPIRED },
	{ "key expires now", .certifications = { SIGNED_FOR(0, 100) }, .status = STATUS_KEY_EXPIRED, .end = 100,
	  .subkey_status = STATUS_KEY_EXPIRED },
	{ "key expires in a second", .certifications = { SIGNED_FOR(0, 101) }, .end = 101,
	  .subkey_status = STATUS_SUBKEY_NOT_BOUND },
	{ "a newer certification moves the end", .certifications = { SIGNED_FOR(0, 50), SIGNED_FOR(20, 900) },
	  .end = 900, .subkey_status = STATUS_SUBKEY_NOT_BOUND },
	{ "a certification to come moves it too", .certifications = { SIGNED(0), SIGNED_FOR(200, 150) }, .end = 200,
	  .subkey_status = STATUS_SUBKEY_NOT_BOUND },
	{ "renewed after a gap", .certifications = { SIGNED_FOR(0, 50), SIGNED(80) }, .subkey_status = STATUS_SUBKEY_NOT_BOUND },
	{ "the certification expires", .certifications = { { .created = T, .expires = T + 300, .back_from = INT64_MAX, MAY_SIGN } },
	  .end = 300, .subkey_status = STATUS_SUBKEY_NOT_BOUND },
	{ "the certification has expired", .certifications = { { .created = T, .expires = T + 30, .back_from = INT64_MAX, MAY_SIGN } },
	  .status = STATUS_KEY_NOT_CERTIFIED, .end = 30, .subkey_status = STATUS_KEY_NOT_CERTIFIED },
	{ "no certification", .status = STATUS_KEY_NOT_CERTIFIED, .subkey_status = STATUS_KEY_NOT_CERTIFIED },
	{ "certified later", .certifications = { SIGNED(101) }, .status = STATUS_KEY_NOT_CERTIFIED, .subkey_status = STATUS_KEY_NOT_CERTIFIED },
	{ "revoked", .certifications = { SIGNED_FOR(0, 50) }, .is_revoked = true, .status = STATUS_KEY_REVOKED,
	  .subkey_status = STATUS_KEY_REVOKED },
	{ "malformed", .certifications = { SIGNED(0) }, .is_malformed = true, .status = STATUS_KEY_MALFORMED_CERTIFICATE,
	  .subkey_status = STATUS_KEY_MALFORMED_CERTIFICATE },
	{ "unsupported", .certifications = { SIGNED(0) }, .primary_defect = STATUS_KEY_ALGORITHM, .status = STATUS_KEY_ALGORITHM,
	  .subkey_status = STATUS_KEY_ALGORITHM },
	{ "the flags go", .certifications = { SIGNED(0), CERTIFIES(60) },
	  .status = STATUS_KEY_MAY_NOT_SIGN, .end = 60, .subkey_status = STATUS_SUBKEY_NOT_BOUND },
	/* subkeys: of a primary key that only certifies */
	{ "subkey without an end", .certifications = { CERTIFIES(0) },
	  .bindings = { BOUND(10) },
	  .status = STATUS_KEY_MAY_NOT_SIGN },
	{ "subkey expires", .certifications = { CERTIFIES(0) },
	  .bindings = { BOUND_FOR(10, 700, INT64_MAX) },
	  .status = STATUS_KEY_MAY_NOT_SIGN, .subkey_end = 710 },
	{ "subkey has expired", .certifications = { CERTIFIES(0) },
	  .bindings = { BOUND_FOR(10, 70, INT64_MAX) },
	  .status = STATUS_KEY_MAY_NOT_SIGN, .subkey_status = STATUS_SUBKEY_EXPIRED, .subkey_end = 80 },
	{ "a subkey ends with its primary key", .certifications = { CERTIFIES_FOR(0, 600) },
	  .bindings = { BOUND_FOR(10, 700, INT64_MAX) },
	  .status = STATUS_KEY_MAY_NOT_SIGN, .subkey_end = 600 },
	{ "the back-signature ends", .certifications = { CERTIFIES(0) },
	  .bindings = { BOUND_FOR(10, 0, T + 400) },
	  .status = STATUS_KEY_MAY_NOT_SIGN, .subkey_end = 400 },
	{ "no back-signature", .certifications = { SIGNED(0) }, .bindings = { SIGNED(10) },
	  .subkey_status = STATUS_SUBKEY_NO_BACK_SIGNATURE },
	{ "subkey revoked", .certifications = { SIGNED(0) }, .subkey_is_revoked = true, .subkey_status = STATUS_SUBKEY_REVOKED },
	{ "subkey unsupported", .certifications = { SIGNED(0) }, .subkey_defect = STATUS_KEY_ALGORITHM, .subkey_status = STATUS_KEY_ALGORITHM },
};

/* What hangs together of a case. */
struct model {
	struct pgp_self_signature certifications[2], bindings[2];
	struct pgp_user_id user_id;
	struct pgp_subkey subkey;
	struct pgp_certificate certificate;
};

static struct pgp_self_signature *link_pair(struct pgp_self_signature pair[static 2])
{
	if (pair[1].created != 0)
		pair[0].next = &pair[1];
	return pair[0].created != 0 ? pair : NULL;
}

static void build(struct model *model, const struct parts *parts)
{
	*model = (struct model){ 0 };
	memcpy(model->certifications, parts->certifications, sizeof(model->certifications));
	memcpy(model->bindings, parts->bindings, sizeof(model->bindings));
	model->user_id = (struct pgp_user_id){ .packet_type = PACKET_USER_ID, .text = SPAN("Alice"), .revoked = INT64_MIN };
	model->user_id.certifications = link_pair(model->certifications);
	model->subkey = (struct pgp_subkey){ .key = { .defect = parts->subkey_defect, .version = 4, .created = T + 10 } };
	model->subkey.bindings = link_pair(model->bindings);
	model->subkey.is_revoked = parts->subkey_is_revoked;
	model->certificate = (struct pgp_certificate){
		.primary = { .defect = parts->primary_defect, .version = 4, .created = T },
		.is_malformed = parts->is_malformed,
		.is_revoked = parts->is_revoked,
		.user_ids = &model->user_id,
		.subkeys = &model->subkey,
	};
}

static void check_standing(const struct model *model, const struct pgp_subkey *subkey, const char *name, enum status status, int64_t end)
{
	const struct pgp_standing standing = certificate_standing(&model->certificate, subkey, T + 100);
	const char *which = subkey ? "subkey" : "primary key";

	end = end == 0 ? INT64_MAX : T + end;
	if (standing.status != status)
		fail_msg("%s, %s: %s", name, which, status_name(standing.status));
	if (standing.end != end)
		fail_msg("%s, %s: ends at T + %lld", name, which, (long long)(standing.end - T));
	/* that is what decides, too */
	assert_int_equal(status, certificate_may_sign(&model->certificate, subkey, T + 100));
	if (end == INT64_MAX)
		return;
	assert_int_equal(certificate_may_sign(&model->certificate, subkey, end - 1), STATUS_OK);
	assert_int_not_equal(certificate_may_sign(&model->certificate, subkey, end), STATUS_OK);
}

static void test_standing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct model model;

		build(&model, &cases[i]);
		check_standing(&model, NULL, cases[i].name, cases[i].status, cases[i].end);
		check_standing(&model, &model.subkey, cases[i].name, cases[i].subkey_status, cases[i].subkey_end);
	}
}

static void test_standing_in_words(void **state)
{
	static const struct {
		struct pgp_standing standing;
		const char *words;
	} rows[] = {
		{ { STATUS_OK, INT64_MAX }, "may sign" },
		{ { STATUS_OK, T }, "may sign until 1970-01-12T13:46:40Z" },
		{ { STATUS_KEY_EXPIRED, T }, "may not sign since 1970-01-12T13:46:40Z: the key has expired" },
		{ { STATUS_KEY_REVOKED, INT64_MAX }, "may not sign: the key is revoked" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char room[256];
		struct writer writer = writer_of(room, sizeof(room));

		pgp_standing_write(&writer, &rows[i].standing);
		writer_put_byte(&writer, '\0');
		assert_string_equal(room, rows[i].words);
	}
}

/* The name in a certificate whose two user IDs are these; NULL: there is none; the second one is never certified. */
static void check_name(const char *first, bool is_certified, const char *second, uint8_t second_type, const char *expected)
{
	static const struct parts parts = { .certifications = { SIGNED(0) } };
	char room[512];
	struct writer writer = writer_of(room, sizeof(room));
	struct pgp_user_id other = { .packet_type = second_type, .revoked = INT64_MIN };
	struct model model;

	build(&model, &parts);
	if (second) {
		other.text = span_of_string(second);
		model.user_id.next = &other;
	}
	if (first)
		model.user_id.text = span_of_string(first);
	else
		model.certificate.user_ids = model.user_id.next;
	if (!is_certified)
		model.user_id.certifications = NULL;
	certificate_write_name(&writer, &model.certificate, T + 100);
	writer_put_byte(&writer, '\0');
	assert_string_equal(room, expected);
}

static void test_name(void **state)
{
	char large[301], shown[257];

	(void)state;
	memset(large, 'x', 300);
	memset(shown, 'x', 256);
	large[300] = shown[256] = '\0';
	check_name("Alice", true, "Bob", PACKET_USER_ID, "Alice");
	check_name("Alice", false, "Bob", PACKET_USER_ID, "Alice (a user ID without a valid signature)");
	check_name(NULL, false, "Bob", PACKET_USER_ID, "Bob (a user ID without a valid signature)");
	check_name(NULL, false, "\xff\xd8 a picture", PACKET_USER_ATTRIBUTE, "(no user ID)");
	check_name(NULL, false, NULL, 0, "(no user ID)");
	check_name("", true, NULL, 0, "(no user ID)");
	check_name("", true, "Bob", PACKET_USER_ID, "Bob (a user ID without a valid signature)");
	check_name("\033[1mAlice\n\xff", true, NULL, 0, "?[1mAlice??");
	check_name(large, true, NULL, 0, shown);
}

static void test_count_signers(void **state)
{
	static const struct parts good = { .certifications = { SIGNED(0) } },
				  by_subkey = { .certifications = { CERTIFIES(0) },
						.bindings = { BOUND(10) } },
				  none = { .certifications = { CERTIFIES(0) } };
	struct model models[3];
	struct pgp_keyring keyring = { 0 };

	(void)state;
	assert_int_equal(pgp_keyring_count_signers(&keyring, T + 100), 0);
	build(&models[0], &none);
	build(&models[1], &by_subkey);
	build(&models[2], &good);
	keyring.first = &models[0].certificate;
	assert_int_equal(pgp_keyring_count_signers(&keyring, T + 100), 0);
	models[0].certificate.next = &models[1].certificate;
	models[1].certificate.next = &models[2].certificate;
	assert_int_equal(pgp_keyring_count_signers(&keyring, T + 100), 2);
	assert_int_equal(pgp_keyring_count_signers(&keyring, T + 5), 1);
	assert_int_equal(pgp_keyring_count_signers(&keyring, T - 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_standing),
		cmocka_unit_test(test_standing_in_words),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_count_signers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
