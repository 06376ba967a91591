#include "ssh/options.h"

#include "base/encoding.h"
#include "ssh/option_value.h"

static const struct {
	const char *text;
	bool (*check)(struct span value); /* NULL: it has no value */
	bool is_single;
} rows[SSH_OPTION_COUNT] = {
	[SSH_OPTION_RESTRICT] = { .text = "restrict" },
	[SSH_OPTION_NO_AGENT_FORWARDING] = { .text = "no-agent-forwarding" },
	[SSH_OPTION_NO_PORT_FORWARDING] = { .text = "no-port-forwarding" },
	[SSH_OPTION_NO_PTY] = { .text = "no-pty" },
	[SSH_OPTION_NO_USER_RC] = { .text = "no-user-rc" },
	[SSH_OPTION_NO_X11_FORWARDING] = { .text = "no-X11-forwarding" },
	[SSH_OPTION_TOUCH_REQUIRED] = { .text = "touch-required" },
	[SSH_OPTION_VERIFY_REQUIRED] = { .text = "verify-required" },
	[SSH_OPTION_COMMAND] = { "command", option_value_is_text, true },
	[SSH_OPTION_FROM] = { "from", option_value_is_patterns, true },
	[SSH_OPTION_EXPIRY_TIME] = { .text = "expiry-time", .check = option_value_is_time },
	[SSH_OPTION_AGENT_FORWARDING] = { .text = "agent-forwarding" },
	[SSH_OPTION_PORT_FORWARDING] = { .text = "port-forwarding" },
	[SSH_OPTION_PTY] = { .text = "pty" },
	[SSH_OPTION_USER_RC] = { .text = "user-rc" },
	[SSH_OPTION_X11_FORWARDING] = { .text = "X11-forwarding" },
	[SSH_OPTION_NO_TOUCH_REQUIRED] = { .text = "no-touch-required" },
	[SSH_OPTION_NO_VERIFY_REQUIRED] = { .text = "no-verify-required" },
	[SSH_OPTION_ENVIRONMENT] = { .text = "environment", .check = option_value_is_variable },
	[SSH_OPTION_PERMITOPEN] = { .text = "permitopen", .check = option_value_is_host_and_port },
	[SSH_OPTION_PERMITLISTEN] = { .text = "permitlisten", .check = option_value_is_port_or_both },
	[SSH_OPTION_TUNNEL] = { "tunnel", option_value_is_tunnel, true },
	[SSH_OPTION_CERT_AUTHORITY] = { .text = "cert-authority" },
	[SSH_OPTION_PRINCIPALS] = { "principals", option_value_is_text, true },
};

_Static_assert(SSH_OPTION_COUNT <= 32, "a set of options fits into 32 bits");

const char *ssh_option_text(enum ssh_option_name name)
{
	return rows[name].text;
}

bool ssh_option_find(struct span name, enum ssh_option_name *option)
{
	for (unsigned i = 0; i < SSH_OPTION_COUNT; i++) {
		if (span_equal_ignoring_case(name, span_of_string(rows[i].text))) {
			*option = (enum ssh_option_name)i;
			return true;
		}
	}
	return false;
}

bool ssh_option_narrows(enum ssh_option_name name)
{
	return name <= SSH_OPTION_EXPIRY_TIME;
}

/* A backslash is where sshd and dropbear part: what it makes of the quote behind it, and so where the value ends. */
bool ssh_option_is_dropbears(const struct ssh_option *option)
{
	static const uint32_t known = UINT32_C(1) << SSH_OPTION_RESTRICT |
	                              UINT32_C(1) << SSH_OPTION_NO_AGENT_FORWARDING |
	                              UINT32_C(1) << SSH_OPTION_NO_PORT_FORWARDING | UINT32_C(1) << SSH_OPTION_NO_PTY |
	                              UINT32_C(1) << SSH_OPTION_NO_X11_FORWARDING | UINT32_C(1) << SSH_OPTION_COMMAND |
	                              UINT32_C(1) << SSH_OPTION_VERIFY_REQUIRED |
	                              UINT32_C(1) << SSH_OPTION_NO_TOUCH_REQUIRED |
	                              UINT32_C(1) << SSH_OPTION_PERMITOPEN;

	return known >> option->name & 1 && span_find_byte(option->value, '\\') == option->value.size;
}

bool ssh_option_is_single(enum ssh_option_name name)
{
	return rows[name].is_single;
}

/* The position of the quote that ends a quoted text, of which the first quote is left out; text.size if there is none.
 * A quote behind a backslash is a part of the text. */
static size_t find_end_quote(struct span text)
{
	size_t i = 0;

	while (i < text.size && text.data[i] != '"')
		i += text.data[i] == '\\' && i + 1 < text.size && text.data[i + 1] == '"' ? 2 : 1;
	return i;
}

size_t ssh_options_measure(struct span line)
{
	bool is_quoted = false;
	size_t i = 0;

	while (i < line.size && (is_quoted || (line.data[i] != ' ' && line.data[i] != '\t'))) {
		if (line.data[i] == '\\' && i + 1 < line.size && line.data[i + 1] == '"')
			i++;
		else if (line.data[i] == '"')
			is_quoted = !is_quoted;
		i++;
	}
	return i;
}

static bool is_name_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       byte == '-';
}

/* One option as it was written. */
struct piece {
	struct span name, value;
	bool has_value;
};

/* Takes one option off the front of *text, with the comma behind it:
 *
 *   NAME ["="  '"' VALUE '"'] ("," NAME ... | the end)
 *
 * False if it is not that; then *piece has as much as there was. */
static bool take_piece(struct span *text, struct piece *piece)
{
	size_t size = 0;

	while (size < text->size && is_name_byte(text->data[size]))
		size++;
	*piece = (struct piece){ .name = span_first(*text, size) };
	*text = span_skip(*text, size);
	if (span_starts_with(*text, SPAN("="))) {
		if (!span_starts_with(*text, SPAN("=\"")))
			return false;
		*text = span_skip(*text, 2);
		size = find_end_quote(*text);
		piece->has_value = size < text->size;
		if (!piece->has_value)
			return false;
		piece->value = span_first(*text, size);
		*text = span_skip(*text, size + 1);
	}
	if (text->size == 0)
		return piece->name.size > 0;
	if (piece->name.size == 0 || text->data[0] != ',' || text->size == 1)
		return false;
	*text = span_skip(*text, 1);
	return true;
}

static enum status judge_piece(const struct piece *piece, uint32_t seen, enum ssh_option_name *name)
{
	if (!ssh_option_find(piece->name, name))
		return STATUS_SSH_OPTION_UNKNOWN;
	if (*name == SSH_OPTION_CERT_AUTHORITY || *name == SSH_OPTION_PRINCIPALS)
		return STATUS_SSH_OPTION_AUTHORITY;
	if (piece->has_value != (rows[*name].check != NULL))
		return STATUS_SSH_OPTION_VALUE;
	if (piece->has_value && (piece->value.size == 0 || !rows[*name].check(piece->value)))
		return STATUS_SSH_OPTION_VALUE;
	if (rows[*name].is_single && seen & UINT32_C(1) << *name)
		return STATUS_SSH_OPTION_TWICE;
	return STATUS_OK;
}

static void write_piece(struct writer *room, enum ssh_option_name name, const struct piece *piece)
{
	writer_put_string(room, rows[name].text);
	if (!piece->has_value)
		return;
	writer_put(room, SPAN("=\""));
	writer_put(room, piece->value);
	writer_put_byte(room, '"');
}

/* Who is to judge a command, on a terminal or in a file that is written for dropbear, reads what sshd reads. */
static bool is_shown_as_it_is(struct span text)
{
	while (text.size > 0) {
		const size_t size = printable_size(text);

		if (size == 0)
			return false;
		text = span_skip(text, size);
	}
	return true;
}

enum status ssh_options_read(struct span text, struct writer *room, struct span *options)
{
	const size_t used = room->used;
	uint32_t seen = 0;

	*options = text;
	if (!is_shown_as_it_is(text))
		return STATUS_SSH_OPTION_SYNTAX;
	while (text.size > 0) {
		enum ssh_option_name name;
		struct piece piece;
		enum status status = take_piece(&text, &piece) ? STATUS_OK : STATUS_SSH_OPTION_SYNTAX;

		*options = piece.name;
		if (status == STATUS_OK)
			status = judge_piece(&piece, seen, &name);
		if (status != STATUS_OK)
			return status;
		if (seen != 0)
			writer_put_byte(room, ',');
		write_piece(room, name, &piece);
		seen |= UINT32_C(1) << name;
	}
	*options = span_skip(writer_written(room), used);
	return room->overflowed ? STATUS_ARENA_FULL : STATUS_OK;
}

bool ssh_options_take(struct span *options, struct ssh_option *option)
{
	struct piece piece;

	*option = (struct ssh_option){ 0 };
	if (options->size == 0 || !take_piece(options, &piece) || !ssh_option_find(piece.name, &option->name))
		return false;
	option->value = piece.value;
	return true;
}

bool ssh_options_have(struct span options, enum ssh_option_name name)
{
	struct ssh_option option;

	while (ssh_options_take(&options, &option))
		if (option.name == name)
			return true;
	return false;
}
