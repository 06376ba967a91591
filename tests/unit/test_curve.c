/* ECDSA by our own arithmetic, on the signatures of ecdsa_cases.py, beside what they are by construction and what mbedtls says of
 * them. ECDSA_CASES=file has more of them (make arithmetic). */
#include "crypto/curve.h"

#include "base/encoding.h"
#include "base/kconfig.h"
#include "crypto/crypto.h"
#include "oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NUMBERS = 4, LINE_MAX_ = 4096 };

static uint64_t memory[8192];

/* A line of the file: the curve, four numbers in hexadecimal digits, and what it is. */
struct line {
	enum ecdsa_curve curve;
	uint8_t room[NUMBERS][256];
	struct span point, digest, r, s;
	bool is_good;
};

static void read_line(char *text, struct line *line)
{
	struct span *const numbers[NUMBERS] = { &line->point, &line->digest, &line->r, &line->s };
	char *word = strtok(text, " \n");

	for (line->curve = 0; strcmp(ecdsa_curve_name(line->curve), word) != 0; line->curve++)
		assert_true(line->curve + 1 < ECDSA_CURVE_COUNT);
	for (size_t i = 0; i < NUMBERS; i++) {
		struct span digits = span_of_string(strtok(NULL, " \n"));

		assert_true(digits.size / 2 <= sizeof(line->room[i]) && hex_read(digits, line->room[i], digits.size / 2));
		*numbers[i] = span_of(line->room[i], digits.size / 2);
	}
	line->is_good = strcmp(strtok(NULL, " \n"), "good") == 0;
}

static void check_line(const struct line *line, unsigned long number, bool ask_oracle)
{
	const bool ours = curve_verify(line->curve, line->point, line->digest, line->r, line->s);

	if (ours != line->is_good)
		fail_msg("line %lu: %s", number, ours ? "a forgery is taken" : "a good signature is refused");
	if (!ask_oracle)
		return;
	assert_int_equal(oracle_verify(line->curve, line->point, line->digest, line->r, line->s), ours);
	assert_int_equal(oracle_check_point(line->curve, line->point), curve_check_point(line->curve, line->point));
}

static void test_cases(void **state)
{
	const char *more = getenv("ECDSA_CASES"), *folder = getenv("CASES");
	const unsigned long step = getenv("EMULATED") ? 7 : 1, oracle_step = more ? 1 : 11 * step;
	char path[512], text[LINE_MAX_];
	unsigned long number = 0, good = 0;
	struct line line;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/ecdsa", folder ? folder : "out/cases");
	file = fopen(more ? more : path, "r");
	assert_non_null(file);
	while (fgets(text, sizeof(text), file)) {
		if (number++ % step != 0)
			continue;
		read_line(text, &line);
		if (!ecdsa_curve_is_supported(line.curve)) {
			assert_false(ecdsa_verify(line.curve, line.point, line.digest, line.r, line.s));
			continue;
		}
		good += line.is_good;
		check_line(&line, number, number % oracle_step == 0);
	}
	fclose(file);
	print_message("%lu lines, %lu good ones looked at\n", number, good);
	assert_true(number > 100);
}

/* Numbers that are too long, too short or not there. */
static void test_sizes(void **state)
{
	static const uint8_t zeros[256];
	static const uint8_t ones[] = "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
				      "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1";

	(void)state;
	for (enum ecdsa_curve curve = 0; curve < ECDSA_CURVE_COUNT; curve++) {
		const struct span one = SPAN("\1");

		for (size_t size = 0; size < sizeof(zeros); size++) {
			assert_false(curve_verify(curve, span_of(zeros, size), one, one, one));
			assert_false(curve_check_point(curve, span_of(zeros, size)));
		}
		for (size_t size = 0; size < sizeof(ones); size++)
			assert_false(curve_verify(curve, span_of(ones, size), span_of(ones, size), span_of(ones, size),
			                          span_of(ones, sizeof(ones))));
	}
}

static void test_constants(void **state)
{
	(void)state;
	for (enum ecdsa_curve curve = 0; curve < ECDSA_CURVE_COUNT; curve++) {
		assert_int_equal(curve_number(curve, CURVE_PRIME).size > 0, ecdsa_curve_is_supported(curve));
		if (ecdsa_curve_is_supported(curve))
			assert_true(oracle_has_curve(curve));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_cases),
	};

	crypto_start(memory, sizeof(memory));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
