#include "conf/value.h"

#include "base/date.h"
#include "base/encoding.h"

/* Decimal digits without quotes; no zero in front, which could mean octal. */
static bool read_digits(const struct conf_node *node, uint64_t *number)
{
	return node->kind == CONF_SCALAR && node->is_plain && decimal_read(node->text, number) && *number < INT64_MAX &&
	       (node->text.size == 1 || node->text.data[0] != '0');
}

static bool read_number(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                        void *field)
{
	unsigned *target = field;
	uint64_t number;

	(void)reader;
	if (!read_digits(node, &number) || (int64_t)number < key->min || (int64_t)number > key->max)
		return false;
	*target = (unsigned)number;
	return true;
}

const struct conf_type conf_number_type = { read_number, "a whole number" };

bool conf_find_choice(const struct conf_node *node, const char *const *names, size_t count, size_t *index)
{
	if (node->kind != CONF_SCALAR)
		return false;
	for (*index = 0; *index < count; ++*index)
		if (span_equal(node->text, span_of_string(names[*index])))
			return true;
	return false;
}

static bool read_bool(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	static const char *const names[] = { "false", "true" };
	bool *target = field;
	size_t index;

	(void)reader, (void)key;
	if (!node->is_plain || !conf_find_choice(node, names, 2, &index))
		return false;
	*target = index == 1;
	return true;
}

const struct conf_type conf_bool_type = { read_bool, "true or false" };

static bool read_duration(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node,
                          void *field)
{
	int64_t *target = field;

	(void)reader, (void)key;
	return node->kind == CONF_SCALAR && duration_read(node->text, target) && *target > 0;
}

const struct conf_type conf_duration_type = { read_duration, "a duration such as 90s, 15m, 12h, 2d or 1h30m" };

bool conf_is_text(const struct conf_node *node, size_t max)
{
	return node->kind == CONF_SCALAR && node->text.size > 0 && node->text.size <= max &&
	       !utf8_has_control(node->text) && utf8_is_valid(node->text);
}

bool conf_is_word(const struct conf_node *node, size_t max)
{
	return conf_is_text(node, max) && span_find_byte(node->text, ' ') == node->text.size;
}

bool conf_is_path(const struct conf_node *node, size_t max)
{
	return conf_is_text(node, max) && node->text.data[0] == '/' && node->text.data[node->text.size - 1] != '/';
}
