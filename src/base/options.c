#include "base/options.h"

#include <string.h>

static bool refuse(struct writer *words, const char *argument, const char *why)
{
	writer_put_string(words, argument);
	writer_put_string(words, why);
	return false;
}

/* The row whose name is that; NULL if there is none. */
static const struct option *find_name(const struct option *table, size_t size, struct span name)
{
	for (size_t i = 0; i < size; i++)
		if (table[i].name && span_equal(span_of_string(table[i].name), name))
			return &table[i];
	return NULL;
}

static const struct option *find_letter(const struct option *table, size_t size, char letter)
{
	for (size_t i = 0; i < size; i++)
		if (table[i].letter && table[i].letter == letter)
			return &table[i];
	return NULL;
}

/* What an option sets: of a list, its next element; NULL if the list is full. */
static const char **place_of(const struct option *option, void *read)
{
	void *place = (uint8_t *)read + option->offset; /* offsetof() has taken care of its alignment */
	struct option_list *list = place;

	if (option->kind != OPTION_LIST)
		return place;
	return list->count < OPTION_LIST_MAX ? &list->values[list->count++] : NULL;
}

/* The value of the option that was just taken: attached to it, or the next argument. */
static bool take_value(struct options *options, const struct option *option, void *read, const char *argument,
                       const char *attached, struct writer *words)
{
	const char **place = place_of(option, read);

	if (!place)
		return refuse(words, argument, " is there too often");
	if (!attached && options->taken >= options->count)
		return refuse(words, argument, " needs a value");
	*place = attached ? attached : options->arguments[options->taken++];
	return true;
}

static bool take_long(struct options *options, const struct option *table, size_t size, void *read,
                      struct writer *words)
{
	const char *argument = options->arguments[options->taken++];
	const char *equals = strchr(argument, '=');
	struct span name = equals ? span_of(argument, (size_t)(equals - argument)) : span_of_string(argument);
	const struct option *option = find_name(table, size, span_skip(name, 2));

	if (!option)
		return refuse(words, argument, " is not an option here");
	if (option->kind != OPTION_FLAG)
		return take_value(options, option, read, argument, equals ? equals + 1 : NULL, words);
	if (equals)
		return refuse(words, argument, ": this option takes no value");
	*place_of(option, read) = "";
	return true;
}

/* Letters of flags may share a dash; the first letter that takes a value takes the rest. */
static bool take_letters(struct options *options, const struct option *table, size_t size, void *read,
                         struct writer *words)
{
	const char *argument = options->arguments[options->taken++];

	for (const char *letter = argument + 1; *letter; letter++) {
		const struct option *option = find_letter(table, size, *letter);

		if (!option)
			return refuse(words, argument, " is not an option here");
		if (option->kind != OPTION_FLAG)
			return take_value(options, option, read, argument, letter[1] ? letter + 1 : NULL, words);
		*place_of(option, read) = "";
	}
	return true;
}

bool options_read(struct options *options, const struct option *table, size_t size, void *read, struct writer *words)
{
	while (options->taken < options->count && !options->operands_only) {
		const char *argument = options->arguments[options->taken];

		if (argument[0] != '-' || argument[1] == '\0')
			return true;
		if (strcmp(argument, "--") == 0) {
			options->taken++;
			options->operands_only = true;
		} else if (argument[1] == '-') {
			if (!take_long(options, table, size, read, words))
				return false;
		} else if (!take_letters(options, table, size, read, words)) {
			return false;
		}
	}
	return true;
}
