/* ASCII armor: what stands for which bytes, what is refused, and where reading ends. */
#include "pgp/armor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define END "-----END X-----"

static const struct {
	const char *text;     /* what follows the BEGIN line of label "X" */
	enum status status;
	const char *binary, *rest;
} cases[] = {
	{ "\nQUJD\n" END "\n", STATUS_OK, "ABC", "" },
	{ "\nQUJD\n" END, STATUS_OK, "ABC", "" },
	{ "\nQUJD\n" END "\nmore\n", STATUS_OK, "ABC", "more\n" },
	{ "\n" END "\n", STATUS_OK, "", "" },
	{ "\r\nQUJD\r\n" END "\r\n", STATUS_OK, "ABC", "" },
	{ " \t\nQU \t\n\n \nJD\t\n" END " \t\n", STATUS_OK, "ABC", "" },
	{ "A: b\nC:\nUnknown-Key: c: d\n\nQUJD\n" END "\n", STATUS_OK, "ABC", "" },
	{ "\nQ\nU\nJ\nD\nR\nA\n=\n=\n" END "\n", STATUS_OK, "ABCD", "" },
	{ "\nQUJDRA==\n" END "\n", STATUS_OK, "ABCD", "" },
	{ "\nQUJDREU=\n" END "\n", STATUS_OK, "ABCDE", "" },
	{ "\nQUJDREU=\n=AAAA\n" END "\n", STATUS_OK, "ABCDE", "" },
	{ "\nQUJD\n=+/09 \n\n" END "\n", STATUS_OK, "ABC", "" },
	/* headers */
	{ "", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "A: b\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "QUJD\n" END "\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "A b\n\nQUJD\n" END "\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	/* the END line */
	{ "\nQUJD\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "\nQUJD\n-----END Y-----\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "\nQUJD\n-----END X----\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "\nQUJD\n-----END X------\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "\nQUJD\n----END X-----\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "\nQUJD\n-----END X-----a\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "\nQUJD\n-----BEGIN X-----\n", STATUS_ARMOR_SYNTAX, NULL, NULL },
	{ "\nQUJD\n " END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	/* base64 */
	{ "\nQUJ\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJDR\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJDRA\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJDRA=\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJDREU==\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJD=\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJD====\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJDR===\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJDRB==\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL }, /* unused bits */
	{ "\nQUJDREV=\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJDRA==QUJD\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJDRA=A\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQU JD\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\n QUJD\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQU-D\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQU\x80" "D\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	/* the checksum */
	{ "\nQUJD\n=AAA\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJD\n=AAAAA\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJD\n=AA==\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJD\n=AAAA\n=AAAA\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJD\n=AAAA\nQUJD\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
	{ "\nQUJ\n=AAAA\nD\n" END "\n", STATUS_ARMOR_BASE64, NULL, NULL },
};

/* Reads the first size bytes of the text from a copy of that very size, into an arena of that many bytes. */
static enum status read_first(const char *text, size_t size, size_t arena_size, struct span *binary, size_t *left)
{
	static _Alignas(max_align_t) uint8_t room[4096];
	struct arena arena = arena_of(room, arena_size);
	uint8_t *copy = malloc(size ? size : 1);
	struct span rest = span_of(copy, size);
	enum status status;

	assert_non_null(copy);
	memcpy(copy, text, size);
	status = armor_read(&rest, SPAN("X"), &arena, binary);
	*left = rest.size;
	if (status != STATUS_OK)
		assert_int_equal(arena.used, 0);
	free(copy);
	return status;
}

static void test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span binary;
		size_t left;
		enum status status = read_first(cases[i].text, strlen(cases[i].text), 4096, &binary, &left);

		if (status != cases[i].status)
			fail_msg("%s: %s", cases[i].text, status_name(status));
		if (status == STATUS_OK && (!span_equal(binary, span_of_string(cases[i].binary)) || left != strlen(cases[i].rest)))
			fail_msg("%s: what was read", cases[i].text);
	}
}

/* Without its whole END line no block is read. */
static void test_truncations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *end = strstr(cases[i].text, END);
		size_t size = end ? (size_t)(end - cases[i].text) + sizeof(END) - 1 : strlen(cases[i].text);
		struct span binary;
		size_t left;

		for (size_t n = 0; n < size; n++)
			if (read_first(cases[i].text, n, 4096, &binary, &left) == STATUS_OK)
				fail_msg("%s: cut off at %zu", cases[i].text, n);
	}
}

/* Room for the base64 that there might be, or the word that there is too little. */
static void test_arenas(void **state)
{
	const char *text = "\nQUJDREVG\nR0hJ\n" END "\n";
	enum status status = STATUS_ARENA_FULL;
	size_t size = 0, left;
	struct span binary;

	(void)state;
	for (; size < 4096 && status != STATUS_OK; size++) {
		status = read_first(text, strlen(text), size, &binary, &left);
		assert_true(status == STATUS_OK || status == STATUS_ARENA_FULL);
	}
	assert_in_range(size, 9, strlen(text));
	assert_true(span_equal(binary, SPAN("ABCDEFGHI")));
}

static void test_limits(void **state)
{
	static char text[ARMOR_HEADERS_MAX * 8 + ARMOR_HEADER_SIZE_MAX + 64];
	static const char tail[] = "\nQUJD\n" END "\n";
	struct span binary;
	size_t left;

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		size_t size = 0;

		for (size_t i = 0; i < ARMOR_HEADERS_MAX + extra; i++, size += 5)
			memcpy(text + size, "A: b\n", 5);
		memcpy(text + size, tail, sizeof(tail));
		assert_int_equal(read_first(text, strlen(text), 4096, &binary, &left), extra ? STATUS_ARMOR_SYNTAX : STATUS_OK);
		memset(text, 'a', ARMOR_HEADER_SIZE_MAX + extra);
		text[1] = ':';
		text[ARMOR_HEADER_SIZE_MAX + extra] = '\n';
		memcpy(text + ARMOR_HEADER_SIZE_MAX + extra + 1, tail, sizeof(tail));
		assert_int_equal(read_first(text, strlen(text), 4096, &binary, &left), extra ? STATUS_ARMOR_SYNTAX : STATUS_OK);
	}
}

static void test_boundaries(void **state)
{
	const struct span label = SPAN("PGP SIGNATURE");

	(void)state;
	assert_true(armor_is_begin(SPAN("-----BEGIN PGP SIGNATURE-----"), label));
	assert_true(armor_is_begin(SPAN("-----BEGIN PGP SIGNATURE----- \t"), label));
	assert_true(armor_is_end(SPAN("-----END PGP SIGNATURE-----"), label));
	assert_false(armor_is_begin(SPAN("-----END PGP SIGNATURE-----"), label));
	assert_false(armor_is_begin(SPAN(" -----BEGIN PGP SIGNATURE-----"), label));
	assert_false(armor_is_begin(SPAN("-----BEGIN PGP SIGNATURE"), label));
	assert_false(armor_is_begin(SPAN("-----BEGIN PGP SIGNATURE----"), label));
	assert_false(armor_is_begin(SPAN("-----BEGIN PGP SIGNATURE------"), label));
	assert_false(armor_is_begin(SPAN("-----BEGIN PGP SIGNATURES-----"), label));
	assert_false(armor_is_begin(SPAN("-----BEGIN  PGP SIGNATURE-----"), label));
	assert_false(armor_is_begin(SPAN("-----begin PGP SIGNATURE-----"), label));
	assert_false(armor_is_begin(SPAN("-----BEGIN PGP SIGNATURE-----\f"), label));
	assert_false(armor_is_begin(SPAN(""), label));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_arenas),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_boundaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
