#include "pgp_case.h"

#include "base/kconfig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the cases lie: the Makefile says it in the environment. */
static const char *folder(void)
{
	const char *named = getenv("CASES");

	return named ? named : "out/cases";
}

struct span pgp_case_file(const char *name)
{
	char path[512];
	struct span bytes = { 0 };
	uint8_t *data = NULL;
	FILE *file;
	long size;

	snprintf(path, sizeof(path), "%s/pgp/%s", folder(), name);
	file = fopen(path, "rb");
	if (!file) {
		fprintf(stderr, "%s is missing; make unit makes it\n", path);
		return bytes;
	}
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0) {
		data = malloc((size_t)size);
		if (data && fread(data, 1, (size_t)size, file) == (size_t)size)
			bytes = span_of(data, (size_t)size);
		else
			free(data);
	}
	fclose(file);
	return bytes;
}

static struct span take_word(struct span *line)
{
	size_t end = span_find_byte(*line, ' ');
	struct span word = span_first(*line, end);

	*line = span_skip(*line, end + 1);
	return word;
}

static int64_t number_of(struct span word)
{
	int64_t number = 0;

	for (size_t i = 0; i < word.size; i++)
		number = 10 * number + (word.data[i] - '0');
	return number;
}

static bool read_numbers(struct span line, struct pgp_case_numbers *numbers)
{
	while (line.size > 0) {
		if (numbers->count == PGP_CASE_NUMBERS_MAX)
			return false;
		numbers->values[numbers->count++] = (uint32_t)number_of(take_word(&line));
	}
	return true;
}

/* An option that the case needs, and what comes out without it. */
static bool read_need(struct pgp_case *read, struct span line)
{
	static const struct {
		const char *name;
		bool is_enabled;
	} options[] = {
		{ "PGP_V6", IS_ENABLED(CONFIG_PGP_V6) },         { "RSA", IS_ENABLED(CONFIG_RSA) },
		{ "ECDSA_P256", IS_ENABLED(CONFIG_ECDSA_P256) }, { "ECDSA_P384", IS_ENABLED(CONFIG_ECDSA_P384) },
		{ "ECDSA_P521", IS_ENABLED(CONFIG_ECDSA_P521) }, { "ECDSA_BRAINPOOL", IS_ENABLED(CONFIG_ECDSA_BRAINPOOL) },
		{ "ED25519", IS_ENABLED(CONFIG_ED25519) },
	};
	const struct span name = take_word(&line);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!span_equal(name, span_of_string(options[i].name)))
			continue;
		if (!options[i].is_enabled) {
			read->is_left_out = true;
			read->without = line;
		}
		return true;
	}
	return false;
}

static bool read_line(struct pgp_case *read, struct span line)
{
	const struct span word = take_word(&line);
	const struct {
		const char *word;
		int64_t *number;
		size_t *size;
		struct span *span;
		struct pgp_case_numbers *numbers;
		bool *flag;
	} rows[] = {
		{ "now", .number = &read->now },
		{ "expect", .span = &read->expect },
		{ "signers", .number = &read->signers },
		{ "signer", .span = &read->signer },
		{ "operations", .number = &read->operations },
		{ "flips", .numbers = &read->flips, .flag = &read->has_flips },
		{ "whole", .numbers = &read->whole },
		{ "arenas", .number = &read->arenas },
		{ "text", .size = &read->text.size, .flag = &read->has_text },
		{ "keyring", .size = &read->keyring.size },
		{ "second", .size = &read->second_keyring.size },
		{ "message", .size = &read->message.size },
	};

	if (span_equal(word, SPAN("needs")))
		return read_need(read, line);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!span_equal(word, span_of_string(rows[i].word)))
			continue;
		if (rows[i].number)
			*rows[i].number = number_of(line);
		if (rows[i].size)
			*rows[i].size = (size_t)number_of(line);
		if (rows[i].span)
			*rows[i].span = line;
		if (rows[i].flag)
			*rows[i].flag = true;
		return !rows[i].numbers || read_numbers(line, rows[i].numbers);
	}
	return false;
}

bool pgp_case_read(const char *name, struct pgp_case *read)
{
	struct span *const parts[] = { &read->text, &read->keyring, &read->second_keyring, &read->message };
	struct span rest, line;

	memset(read, 0, sizeof(*read));
	read->operations = INT64_MAX;
	read->file = rest = pgp_case_file(name);
	while (span_take_line(&rest, &line) && line.size > 0)
		if (!read_line(read, line))
			return false;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const size_t size = parts[i]->size;

		if (size > rest.size)
			return false;
		*parts[i] = span_first(rest, size);
		rest = span_skip(rest, size);
	}
	return read->file.data && rest.size == 0;
}

bool pgp_case_contains(const struct pgp_case_numbers *numbers, size_t number)
{
	for (size_t i = 0; i < numbers->count; i++)
		if (numbers->values[i] == number)
			return true;
	return false;
}
