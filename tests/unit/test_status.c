#include "base/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/kconfig.h"

static const enum status all[] = {
#define EACH(name, http, reader, words) STATUS_##name,
	STATUS_LIST(EACH)
#undef EACH
};

enum { COUNT = sizeof(all) / sizeof(all[0]) };

static bool is_built(enum status status)
{
	if (status >= STATUS_PEM_SYNTAX)
		return IS_ENABLED(CONFIG_TLS);
	if (status >= STATUS_KEY_FILE_OPTION)
		return IS_ENABLED(CONFIG_EXPORT);
	return status < STATUS_SECRET_KEY_NONE || IS_ENABLED(CONFIG_SIGN);
}

/* One plain sentence without a full stop, a code that HTTP knows, and no two alike. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		const char *words = status_words(all[i]);
		int code = status_http_code(all[i]);

		assert_int_equal(all[i], i);
		assert_true(strlen(words) > 3 && words[strlen(words) - 1] != '.' && !strchr(words, '\n'));
		assert_true(code == 200 || (code >= 400 && code < 600));
		assert_int_equal(code == 200, all[i] == STATUS_OK);
		for (size_t other = 0; other < i; other++) {
			assert_true(strcmp(words, status_words(all[other])) != 0 || !is_built(all[i]));
			assert_string_not_equal(status_name(all[i]), status_name(all[other]));
		}
	}
	assert_string_equal(status_name(STATUS_SIGNATURE_WRONG), "SIGNATURE_WRONG");
}

/* What tells a forger which test he has failed, or whether the user exists, is kept from him: one answer for all. */
static void test_kept(void **state)
{
	static const enum status kept[] = {
		STATUS_USER_UNKNOWN, STATUS_SIGNATURE_WRONG, STATUS_SIGNATURE_UNKNOWN_ISSUER, STATUS_SIGNATURE_NONE,
		STATUS_KEY_REVOKED, STATUS_SUBKEY_NOT_BOUND, STATUS_SIGNATURE_DIGEST, STATUS_KEY_EXPIRED,
	};
	const char *common = status_words_for_client(STATUS_USER_UNKNOWN);

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		assert_string_equal(status_words_for_client(kept[i]), common);
		assert_int_equal(status_http_code(kept[i]), 401);
		assert_string_not_equal(status_words(kept[i]), common);
	}
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(status_words_for_client(all[i]), common) == 0)
			assert_int_equal(status_http_code(all[i]), 401);
		else
			assert_ptr_equal(status_words_for_client(all[i]), status_words(all[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
