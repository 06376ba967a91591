#include "pgp/message.h"

#include "base/encoding.h"
#include "base/writer.h"
#include "pgp/armor.h"
#include "pgp/packet.h"

static const struct span message_label = SPAN_INITIALIZER("PGP SIGNED MESSAGE");
static const struct span signature_label = SPAN_INITIALIZER("PGP SIGNATURE");

/* Octets that no message needs and that have fooled readers: all controls but HT, LF, and CR in front of LF. */
static enum status check_octets(struct span body)
{
	for (size_t i = 0; i < body.size; i++) {
		uint8_t octet = body.data[i];

		if (octet == '\r' && (i + 1 == body.size || body.data[i + 1] != '\n'))
			return STATUS_MESSAGE_BARE_CR;
		if ((octet < 0x20 && octet != '\t' && octet != '\n' && octet != '\r') || octet == 0x7f)
			return STATUS_MESSAGE_CONTROL;
	}
	return utf8_is_valid(body) ? STATUS_OK : STATUS_MESSAGE_UTF8;
}

static enum status check_lines(struct span body)
{
	struct span line;

	for (size_t count = 0; span_take_line(&body, &line); count++)
		if (count == MESSAGE_LINES_MAX || line.size > MESSAGE_LINE_SIZE_MAX)
			return STATUS_MESSAGE_TOO_LARGE;
	return STATUS_OK;
}

/* Finds the first line of the message behind white space. */
static enum status skip_to_begin(struct span *body)
{
	struct span line;

	while (span_take_line(body, &line)) {
		if (armor_is_begin(line, message_label))
			return STATUS_OK;
		if (span_starts_with(line, SPAN("-----BEGIN PGP SIGNED MESSAGE-----")))
			return STATUS_LINES_JOINED;
		if (span_trim(line).size > 0)
			return STATUS_NOT_SIGNED;
	}
	return STATUS_NOT_SIGNED;
}

static bool is_digest_name(struct span name)
{
	static const char *const names[] = { "MD5",    "SHA1",   "RIPEMD160", "SHA224",  "SHA256",
		                             "SHA384", "SHA512", "SHA3-256",  "SHA3-512" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal(name, span_of_string(names[i])))
			return true;
	return false;
}

/* "Hash: " and names with commas between them. What it says is not used: each signature names its digest. */
static bool is_hash_header(struct span line)
{
	const struct span prefix = SPAN("Hash: ");

	if (!span_starts_with(line, prefix) || line.size > MESSAGE_HASH_HEADER_SIZE_MAX)
		return false;
	line = span_skip(line, prefix.size);
	for (;;) {
		size_t end = span_find_byte(line, ',');

		if (!is_digest_name(span_trim(span_first(line, end))))
			return false;
		if (end == line.size)
			return true;
		line = span_skip(line, end + 1);
	}
}

static enum status skip_headers(struct span *body)
{
	struct span line;

	for (size_t count = 0; span_take_line(body, &line); count++) {
		if (span_trim(line).size == 0)
			return STATUS_OK;
		if (count == MESSAGE_HASH_HEADERS_MAX || !is_hash_header(line))
			return STATUS_MESSAGE_HEADER;
	}
	return STATUS_MESSAGE_NO_SIGNATURE;
}

/* Copies the signed text up to the line that begins the signature block. */
static enum status read_text(struct span *body, struct writer *text)
{
	bool is_first = true;
	struct span line;

	while (span_take_line(body, &line)) {
		if (armor_is_begin(line, signature_label))
			return STATUS_OK;
		if (span_starts_with(line, SPAN("- ")))
			line = span_skip(line, 2);
		else if (span_starts_with(line, SPAN("-")))
			return STATUS_MESSAGE_DASH;
		if (!is_first)
			writer_put_byte(text, '\n');
		is_first = false;
		writer_put(text, span_trim_end(line));
	}
	return STATUS_MESSAGE_NO_SIGNATURE;
}

/* Only signatures, and what means nothing (rule 4.2). */
static enum status check_packets(struct span binary)
{
	struct cursor packets = cursor_of(binary);
	size_t count = 0, signatures = 0;
	struct packet packet;

	while (cursor_has_more(&packets)) {
		enum status status = packet_take(&packets, &packet);

		if (status != STATUS_OK)
			return status;
		if (packet.type == PACKET_SIGNATURE)
			signatures++;
		else if (!packet_is_ignorable(&packet))
			return STATUS_PACKET_UNEXPECTED;
		if (++count > MESSAGE_PACKETS_MAX || signatures > MESSAGE_SIGNATURES_MAX)
			return STATUS_PACKET_TOO_MANY;
	}
	return STATUS_OK;
}

static enum status read_signatures(struct span *body, struct arena *arena, struct span *signatures)
{
	enum status status = armor_read(body, signature_label, arena, signatures);

	if (status == STATUS_ARENA_FULL)
		return STATUS_REQUEST_TOO_LARGE;
	/* a block without its END line is one that was cut off */
	if (status == STATUS_ARMOR_SYNTAX && body->size == 0)
		return STATUS_MESSAGE_NO_SIGNATURE;
	return status == STATUS_OK ? check_packets(*signatures) : status;
}

static bool is_white_space(struct span text)
{
	struct span line;

	while (span_take_line(&text, &line))
		if (span_trim(line).size > 0)
			return false;
	return true;
}

/* Takes room for the text, which is never longer than the body, and gives back what it did not need. */
static enum status take_text(struct span *body, struct arena *arena, struct span *text)
{
	uint8_t *room = arena_take(arena, body->size);
	struct writer writer = writer_of(room, body->size);
	enum status status;

	if (!room)
		return STATUS_REQUEST_TOO_LARGE;
	status = read_text(body, &writer);
	*text = writer_written(&writer);
	arena->used = (size_t)(room - arena->data) + text->size;
	return status;
}

enum status message_read(struct span body, struct arena *arena, struct pgp_message *message)
{
	struct span rest = body;
	enum status status;

	*message = (struct pgp_message){ 0 };
	if (body.size > MESSAGE_SIZE_MAX)
		return STATUS_MESSAGE_TOO_LARGE;
	status = skip_to_begin(&rest);
	if (status == STATUS_OK)
		status = check_octets(body);
	if (status == STATUS_OK)
		status = check_lines(body);
	if (status == STATUS_OK)
		status = skip_headers(&rest);
	if (status == STATUS_OK)
		status = take_text(&rest, arena, &message->text);
	if (status == STATUS_OK)
		status = read_signatures(&rest, arena, &message->signatures);
	if (status == STATUS_OK && !is_white_space(rest))
		status = STATUS_MESSAGE_TRAILING;
	return status;
}
