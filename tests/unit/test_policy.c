#include "core/policy.h"

#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NOW = 1700000000, AGE = 3600, LIFETIME = 86400 };

static const struct config config = { .host = SPAN_INITIALIZER("router-17"), .max_request_age = AGE };

/* What differs from a request that is right. */
struct variation {
	const char *name;
	enum status status;
	const char *limit;
	int64_t signed_at; /* counted from NOW */
	bool is_remove;
	size_t signer_count; /* 0: as many as are asked for */
	unsigned signatures;
	bool bind_host;
	const char *hosts[3];
	enum ssh_key_type type;
	unsigned rsa_bits;
	int64_t expire; /* a lifetime, or a time counted from NOW; 0: an hour */
	bool expire_is_time;
};

static enum status judge(const struct variation *variation, struct writer *limit)
{
	const struct config_policy policy = {
		.max_lifetime = LIFETIME,
		.signatures = variation->signatures ? variation->signatures : 1,
		.bind_host = variation->bind_host,
		.key_types = 1U << SSH_KEY_ED25519 | 1U << SSH_KEY_RSA,
		.min_rsa_bits = 2048,
		.max_keys = 16,
	};
	struct span hosts[3];
	struct request request = {
		.action = variation->is_remove ? REQUEST_REMOVE : REQUEST_ADD,
		.has_key = true,
		.key = { .type = variation->type, .rsa_bits = variation->rsa_bits },
		.expire_is_lifetime = !variation->expire_is_time,
		.expire = variation->expire ? variation->expire : 3600,
		.hosts = hosts,
	};

	if (variation->expire_is_time)
		request.expire = NOW + variation->expire;
	for (; request.host_count < 3 && variation->hosts[request.host_count]; request.host_count++)
		hosts[request.host_count] = span_of_string(variation->hosts[request.host_count]);
	return policy_judge_request(&config, &policy, &request,
	                            variation->signer_count ? variation->signer_count : policy.signatures,
	                            NOW + variation->signed_at, NOW, limit);
}

/* What a key brings, in front of which the host puts its own. */
static void test_options(void **state)
{
	enum { COMMAND = 1 << SSH_OPTION_COMMAND, FROM = 1 << SSH_OPTION_FROM, NO_PTY = 1 << SSH_OPTION_NO_PTY };
	static const struct {
		const char *own;
		uint32_t allowed;
		const char *brought;
		enum status status;
		const char *limit;
	} cases[] = {
		{ "", 0, "", STATUS_OK, "" },
		{ "restrict,pty", 0, "", STATUS_OK, "" },
		{ "", 0, "no-pty", STATUS_POLICY_OPTION, "no-pty" },
		{ "", FROM, "no-pty", STATUS_POLICY_OPTION, "no-pty" },
		{ "", FROM | NO_PTY, "no-pty,from=\"a\"", STATUS_OK, "" },
		{ "", FROM | NO_PTY, "no-pty,from=\"a\",command=\"b\"", STATUS_POLICY_OPTION, "command" },
		{ "restrict,pty", COMMAND | NO_PTY, "command=\"a\",no-pty", STATUS_OK, "" },
		{ "command=\"a\"", COMMAND, "command=\"b\"", STATUS_POLICY_OPTION_TAKEN, "command" },
		{ "command=\"a\"", COMMAND, "command=\"a\"", STATUS_POLICY_OPTION_TAKEN, "command" },
		{ "restrict,from=\"a\",pty", FROM, "from=\"b\"", STATUS_POLICY_OPTION_TAKEN, "from" },
		{ "no-pty", NO_PTY, "no-pty", STATUS_OK, "" },
		/* whatever a policy says, nothing that could widen it */
		{ "", UINT32_MAX, "pty", STATUS_POLICY_OPTION, "pty" },
		{ "", UINT32_MAX, "permitopen=\"a:1\"", STATUS_POLICY_OPTION, "permitopen" },
		{ "", UINT32_MAX, "no-touch-required", STATUS_POLICY_OPTION, "no-touch-required" },
		{ "", UINT32_MAX, "expiry-time=\"20261231\"", STATUS_OK, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct config_policy policy = { .options = span_of_string(cases[i].own),
			                              .allow_options = cases[i].allowed };
		const struct ssh_key key = { .options = span_of_string(cases[i].brought) };
		uint8_t room[64];
		struct writer limit = writer_of(room, sizeof(room));
		enum status status = policy_judge_options(&policy, key.options, &limit);

		if (status != cases[i].status || !span_equal(writer_written(&limit), span_of_string(cases[i].limit)))
			fail_msg("%s behind %s: %s", cases[i].brought, cases[i].own, status_name(status));
	}
}

static void test_request(void **state)
{
	static const struct variation cases[] = {
		{ .name = "right" },
		{ .name = "as old as allowed", .signed_at = -AGE, .expire = AGE + 1 },
		{ .name = "too old", .signed_at = -AGE - 1, .expire = AGE + 9, .status = STATUS_POLICY_TOO_OLD, .limit = "max_request_age is 1h" },
		{ .name = "a removal too old", .signed_at = -AGE - 1, .is_remove = true, .status = STATUS_POLICY_TOO_OLD,
		  .limit = "max_request_age is 1h" },
		{ .name = "dated ahead", .signed_at = 300 },
		{ .name = "two signers", .signatures = 2 },
		{ .name = "one of two", .signatures = 2, .signer_count = 1, .status = STATUS_POLICY_SIGNATURES, .limit = "1 of 2" },
		{ .name = "a removal by one of two", .signatures = 2, .signer_count = 1, .is_remove = true,
		  .status = STATUS_POLICY_SIGNATURES, .limit = "1 of 2" },
		{ .name = "more than needed", .signatures = 2, .signer_count = 3 },
		{ .name = "this host", .hosts = { "router-17" } },
		{ .name = "this host among others", .hosts = { "a", "b", "ROUTER-17" }, .bind_host = true },
		{ .name = "other hosts", .hosts = { "router-1", "router-170" }, .status = STATUS_POLICY_HOST, .limit = "this host is router-17" },
		{ .name = "a removal for others", .hosts = { "router-18" }, .is_remove = true, .status = STATUS_POLICY_HOST,
		  .limit = "this host is router-17" },
		{ .name = "no host, but one is needed", .bind_host = true, .status = STATUS_POLICY_HOST_MISSING,
		  .limit = "this host is router-17" },
		{ .name = "a removal without the host", .bind_host = true, .is_remove = true, .status = STATUS_POLICY_HOST_MISSING,
		  .limit = "this host is router-17" },
		{ .name = "another type", .type = SSH_KEY_ECDSA_P256, .status = STATUS_POLICY_KEY_TYPE, .limit = "ecdsa-sha2-nistp256" },
		{ .name = "a removal of another type", .type = SSH_KEY_ECDSA_P256, .is_remove = true },
		{ .name = "RSA", .type = SSH_KEY_RSA, .rsa_bits = 2048 },
		{ .name = "short RSA", .type = SSH_KEY_RSA, .rsa_bits = 2047, .status = STATUS_POLICY_RSA_BITS,
		  .limit = "2047 bits, and min_rsa_bits is 2048" },
		{ .name = "as long as allowed", .expire = LIFETIME },
		{ .name = "too long", .expire = LIFETIME + 1, .status = STATUS_POLICY_LIFETIME, .limit = "max_lifetime is 1d" },
		{ .name = "a time as late as allowed", .expire = LIFETIME, .expire_is_time = true },
		{ .name = "a time too late", .expire = LIFETIME + 1, .expire_is_time = true, .status = STATUS_POLICY_LIFETIME,
		  .limit = "max_lifetime is 1d" },
		{ .name = "lifetime counts from the signature", .signed_at = -10, .expire = LIFETIME, .expire_is_time = true,
		  .status = STATUS_POLICY_LIFETIME, .limit = "max_lifetime is 1d" },
		{ .name = "a time that is now", .expire = 0, .expire_is_time = true, .status = STATUS_POLICY_EXPIRED,
		  .limit = "2023-11-14T22:13:20Z" },
		{ .name = "a time just ahead", .expire = 1, .expire_is_time = true },
		{ .name = "a lifetime that is over", .signed_at = -100, .expire = 100, .status = STATUS_POLICY_EXPIRED,
		  .limit = "2023-11-14T22:13:20Z" },
		{ .name = "a lifetime of a hundred years", .expire = INT64_C(100) * 366 * 86400, .status = STATUS_POLICY_LIFETIME,
		  .limit = "max_lifetime is 1d" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t room[320];
		struct writer limit = writer_of(room, sizeof(room)), none = writer_of(room, 0);
		enum status status = judge(&cases[i], &limit);

		if (status != cases[i].status)
			fail_msg("%s: %s", cases[i].name, status_name(status));
		if (!span_equal(writer_written(&limit), span_of_string(cases[i].limit ? cases[i].limit : "")))
			fail_msg("%s: %.*s", cases[i].name, (int)limit.used, room);
		assert_int_equal(judge(&cases[i], &none), status); /* words without room decide nothing */
	}
}

static void test_expire(void **state)
{
	static const struct {
		bool is_lifetime;
		int64_t expire, signed_at, result;
	} cases[] = {
		{ true, 100, NOW, NOW + 100 },
		{ true, 0, NOW, NOW },
		{ false, NOW + 7, 1, NOW + 7 },
		{ true, INT64_C(100) * 366 * 86400, UINT32_MAX, INT64_C(100) * 366 * 86400 + UINT32_MAX },
		{ false, DATE_MAX, 0, DATE_MAX },
		{ true, 10, DATE_MAX, DATE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct request request = {
			.expire_is_lifetime = cases[i].is_lifetime,
			.expire = cases[i].expire,
		};

		assert_int_equal(policy_expire(&request, cases[i].signed_at), cases[i].result);
	}
}

/* ---- order and replay: all combinations ---- */

enum known { NOTHING, LIVE, TOMB };
enum content { SAME, OTHER_EXPIRE, OTHER_OPTIONS, OTHER_COMMENT, OTHER_REASON };
enum expected { CHANGES, NO_CHANGE, OUTDATED, SAME_SECOND };

static void test_order(void **state)
{
	/* what is known, what comes, and what becomes of it if it was signed before, in the same second as, after what
	 * is known */
	static const struct {
		enum known known;
		enum request_action action;
		enum content content;
		enum expected earlier, same, later;
	} rows[] = {
		{ NOTHING, REQUEST_ADD, SAME, CHANGES, CHANGES, CHANGES },
		{ NOTHING, REQUEST_REMOVE, SAME, CHANGES, CHANGES, CHANGES },
		{ LIVE, REQUEST_ADD, SAME, OUTDATED, NO_CHANGE, CHANGES },
		{ LIVE, REQUEST_ADD, OTHER_EXPIRE, OUTDATED, SAME_SECOND, CHANGES },
		{ LIVE, REQUEST_ADD, OTHER_COMMENT, OUTDATED, SAME_SECOND, CHANGES },
		{ LIVE, REQUEST_ADD, OTHER_OPTIONS, OUTDATED, SAME_SECOND, CHANGES },
		{ LIVE, REQUEST_ADD, OTHER_REASON, OUTDATED, SAME_SECOND, CHANGES },
		{ LIVE, REQUEST_REMOVE, SAME, OUTDATED, CHANGES, CHANGES },
		{ TOMB, REQUEST_ADD, SAME, OUTDATED, SAME_SECOND, CHANGES },
		{ TOMB, REQUEST_ADD, OTHER_EXPIRE, OUTDATED, SAME_SECOND, CHANGES },
		{ TOMB, REQUEST_REMOVE, SAME, OUTDATED, NO_CHANGE, CHANGES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct table_key record = { .is_live = rows[i].known == LIVE, .signed_at = NOW, .expire = NOW + 100,
			                    .comment = SPAN("c"), .reason = SPAN("r") };
		const struct request request = {
			.action = rows[i].action,
			.key = { .comment = rows[i].content == OTHER_COMMENT ? SPAN("d") : SPAN("c"),
			         .options = rows[i].content == OTHER_OPTIONS ? SPAN("no-pty") : SPAN("") },
			.reason = rows[i].content == OTHER_REASON ? SPAN("") : SPAN("r"),
			.expire = NOW + (rows[i].content == OTHER_EXPIRE ? 99 : 100),
		};

		if (rows[i].known == TOMB) /* it holds nothing of the key any more */
			record = (struct table_key){ .signed_at = NOW, .expire = NOW + 100 };
		for (int when = -1; when <= 1; when++) {
			const enum expected by_time[] = { rows[i].earlier, rows[i].same, rows[i].later };
			const enum expected expected = by_time[when + 1];
			enum policy_effect effect;
			enum status status = policy_judge_order(&request, rows[i].known == NOTHING ? NULL : &record,
			                                        NOW + when, NOW + when, request.expire, &effect);

			assert_int_equal(status, expected == OUTDATED      ? STATUS_POLICY_OUTDATED
			                         : expected == SAME_SECOND ? STATUS_POLICY_SAME_SECOND
			                                                   : STATUS_OK);
			if (status == STATUS_OK)
				assert_int_equal(effect, expected == CHANGES ? POLICY_CHANGES : POLICY_CHANGES_NOTHING);
		}
	}
}

/* A co-signer's old signature beside a fresh one brings nothing back. */
static void test_order_of_several(void **state)
{
	static const struct {
		bool is_live;
		enum request_action action;
		int first, last; /* seconds from the newest signature that is known */
		enum status status;
	} rows[] = {
		{ false, REQUEST_ADD, -9, 9, STATUS_POLICY_OUTDATED },  { false, REQUEST_ADD, 0, 9, STATUS_POLICY_OUTDATED },
		{ false, REQUEST_ADD, 1, 9, STATUS_OK },                { true, REQUEST_ADD, -9, 0, STATUS_OK /* again */ },
		{ true, REQUEST_REMOVE, -9, 9, STATUS_POLICY_OUTDATED }, { true, REQUEST_REMOVE, -9, 0, STATUS_POLICY_OUTDATED },
		{ true, REQUEST_REMOVE, 0, 0, STATUS_OK },              { false, REQUEST_REMOVE, -9, 0, STATUS_OK /* again */ },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct table_key record = { .is_live = rows[i].is_live, .signed_at = NOW, .expire = NOW + 100 };
		const struct request request = { .action = rows[i].action };
		enum policy_effect effect;

		assert_int_equal(policy_judge_order(&request, &record, NOW + rows[i].first, NOW + rows[i].last, NOW + 100, &effect),
				 rows[i].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_expire),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_of_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
