#include "ssh/key.h"

#include "base/encoding.h"
#include "ssh/options.h"

/* What else people send for a public key, by words that stand in it. A private key is told first. */
static const struct {
	struct span words;
	enum status status;
} others[] = {
	{ SPAN_INITIALIZER("PRIVATE KEY-----"), STATUS_SSH_KEY_PRIVATE },
	{ SPAN_INITIALIZER("PRIVATE KEY BLOCK-----"), STATUS_SSH_KEY_PRIVATE }, /* OpenPGP */
	{ SPAN_INITIALIZER("ENCRYPTED PRIVATE KEY"), STATUS_SSH_KEY_PRIVATE },  /* ssh.com */
	{ SPAN_INITIALIZER("SSH PRIVATE KEY FILE"), STATUS_SSH_KEY_PRIVATE },   /* version 1 */
	{ SPAN_INITIALIZER("PuTTY-User-Key-File"), STATUS_SSH_KEY_PUTTY },
	{ SPAN_INITIALIZER("---- BEGIN SSH2 PUBLIC KEY"), STATUS_SSH_KEY_SSH2 },
	{ SPAN_INITIALIZER("-----BEGIN PUBLIC KEY-----"), STATUS_SSH_KEY_PEM },
	{ SPAN_INITIALIZER("-----BEGIN RSA PUBLIC KEY-----"), STATUS_SSH_KEY_PEM },
	{ SPAN_INITIALIZER("-----BEGIN PGP PUBLIC KEY"), STATUS_SSH_KEY_PGP },
};

enum status ssh_key_recognize(struct span text)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_contains(text, others[i].words))
			return others[i].status;
	return STATUS_OK;
}

/* Types that are known, and why they are not taken. */
static enum status judge_type(struct span name)
{
	const struct span suffix = SPAN("-cert-v01@openssh.com");
	enum ssh_key_type type;

	if (ssh_key_type_find(name, &type))
		return STATUS_OK;
	if (name.size > suffix.size && span_equal(span_skip(name, name.size - suffix.size), suffix))
		return STATUS_SSH_KEY_CERTIFICATE;
	return span_equal(name, SPAN("ssh-dss")) ? STATUS_SSH_KEY_DSA : STATUS_SSH_KEY_TYPE;
}

/* Cuts *text after its first size bytes and the blanks that follow them. */
static struct span take(struct span *text, size_t size)
{
	struct span taken = span_first(*text, size);

	*text = span_trim(span_skip(*text, size));
	return taken;
}

static struct span take_word(struct span *text)
{
	size_t size = 0;

	while (size < text->size && text->data[size] != ' ' && text->data[size] != '\t')
		size++;
	return take(text, size);
}

enum status ssh_key_split(struct span line, struct ssh_key_line *parts)
{
	struct span rest = line;
	enum status status, behind;

	*parts = (struct ssh_key_line){ .type = take_word(&rest) };
	status = judge_type(parts->type);
	if (status == STATUS_SSH_KEY_TYPE) {
		struct span after = line, options = take(&after, ssh_options_measure(line)), type = take_word(&after);

		behind = judge_type(type);
		if (behind != STATUS_SSH_KEY_TYPE && options.size > 0) {
			*parts = (struct ssh_key_line){ .options = options, .type = type };
			rest = after;
			status = behind;
		} else if (!span_starts_with(rest, SPAN("AAAA"))) {
			status = STATUS_SSH_KEY_SYNTAX;
		}
	}
	if (status != STATUS_OK)
		return status;
	parts->base64 = take_word(&rest);
	parts->comment = rest;
	return parts->base64.size > 0 ? STATUS_OK : STATUS_SSH_KEY_SYNTAX;
}

static struct span trim_line(struct span line)
{
	while (line.size > 0 && (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r'))
		line.size--;
	return span_trim(line);
}

/* A line of its parts, or what it is instead. */
static enum status take_apart(struct span line, struct ssh_key_line *parts)
{
	bool is_one = span_find_byte(line, '\n') == line.size && span_find_byte(line, '\r') == line.size;
	enum status status = is_one ? ssh_key_split(line, parts) : STATUS_SSH_KEY_LINES;
	enum status other = STATUS_OK;

	if (status == STATUS_SSH_KEY_LINES || status == STATUS_SSH_KEY_SYNTAX || status == STATUS_SSH_KEY_TYPE)
		other = ssh_key_recognize(line);
	return other != STATUS_OK ? other : status;
}

static enum status read_blob(struct span type_name, struct span base64, struct writer *room, struct ssh_key *key)
{
	const size_t used = room->used;
	enum ssh_key_type type;
	enum status status;

	if (base64.size > (SSH_KEY_BLOB_MAX + 2) / 3 * 4)
		return STATUS_SSH_KEY_TOO_LARGE;
	if (!base64_read(base64, room))
		return room->overflowed ? STATUS_SSH_KEY_TOO_LARGE : STATUS_SSH_KEY_BLOB;
	status = ssh_key_read_blob(span_skip(writer_written(room), used), key);
	if (status != STATUS_OK)
		return status == STATUS_SSH_KEY_TYPE ? STATUS_SSH_KEY_BLOB : status;
	return ssh_key_type_find(type_name, &type) && key->type == type ? STATUS_OK : STATUS_SSH_KEY_BLOB;
}

static enum status read_options(struct span text, struct writer *room, struct ssh_key *key)
{
	enum status status;

	if (text.size > SSH_KEY_OPTIONS_MAX)
		return STATUS_SSH_OPTION_TOO_LARGE;
	status = ssh_options_read(text, room, &key->options);
	return status == STATUS_ARENA_FULL ? STATUS_SSH_KEY_TOO_LARGE : status;
}

enum status ssh_key_read(struct span line, struct writer *room, struct ssh_key *key)
{
	struct ssh_key_line parts;
	enum status status;

	*key = (struct ssh_key){ 0 };
	status = take_apart(trim_line(line), &parts);
	if (status == STATUS_OK)
		status = read_blob(parts.type, parts.base64, room, key);
	if (status == STATUS_OK)
		status = read_options(parts.options, room, key);
	if (status != STATUS_OK)
		return status;
	if (parts.comment.size > SSH_KEY_COMMENT_MAX || utf8_has_control(parts.comment) ||
	    !utf8_is_valid(parts.comment))
		return STATUS_SSH_KEY_COMMENT;
	key->comment = parts.comment;
	return STATUS_OK;
}

void ssh_key_write(struct writer *writer, const struct ssh_key *key)
{
	writer_put(writer, key->options);
	if (key->options.size > 0)
		writer_put_byte(writer, ' ');
	writer_put_string(writer, ssh_key_type_name(key->type));
	writer_put_byte(writer, ' ');
	base64_write(writer, key->blob);
	if (key->comment.size > 0)
		writer_put_byte(writer, ' ');
	writer_put(writer, key->comment);
}
