#include "client/https.h"

#include "base/encoding.h"
#include "base/memory.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/net.h"
#include "host/pages.h"
#include "host/random.h"
#include "tls/client.h"

#include <string.h>

enum { BUNDLE_MAX = 2 << 20 }; /* bytes; the large ones have 250 kB. Only what is read takes up memory */

static const char no_memory[] = "the system has not enough memory";

static bool refuse(const char **why_not, const char *words)
{
	*why_not = words;
	return false;
}

/* Where systems keep the certificates that all programs trust. */
static struct span find_bundle(void)
{
	static const char *const usual[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem",
		"/usr/share/ca-certificates/ca-bundle.crt",
	};
	const size_t count = sizeof(usual) / sizeof(usual[0]);

	for (size_t i = 0; i < count; i++)
		if (file_exists(span_of_string(usual[i])))
			return span_of_string(usual[i]);
	return (struct span){ 0 };
}

/* FILE: line 7: words */
static const char *name_file(struct span path, size_t line, const char *words)
{
	static uint8_t room[FILE_PATH_MAX + 256];
	struct writer writer = writer_of(room, sizeof(room));

	printable_write(&writer, span_first(path, FILE_PATH_MAX));
	if (line > 0) {
		writer_put_string(&writer, ": line ");
		writer_put_number(&writer, (int64_t)line);
	}
	writer_put_string(&writer, ": ");
	writer_put_string(&writer, words);
	writer_put_byte(&writer, '\0');
	return writer.overflowed ? words : (const char *)room;
}

/* The arena gets what is kept of the file. */
static const struct tls_anchors *read_anchors(struct span path, struct arena *arena, const char **why_not)
{
	const struct tls_anchors *anchors = NULL;
	uint8_t *room = pages_take(BUNDLE_MAX);
	const char *words = no_memory;
	size_t line = 0;
	struct span pem;
	enum status status;

	if (room && file_read(path, room, BUNDLE_MAX, &pem, &words)) {
		anchors = tls_anchors_read(pem, arena, &status, &line);
		words = status_words(status);
	}
	if (room)
		pages_give_back(room, BUNDLE_MAX);
	if (!anchors)
		*why_not = name_file(path, line, words);
	return anchors;
}

/* A pin alone is enough; without one and without --cacert the system's certificates count. */
static bool find_trust(struct tls_trust *trust, const struct where *where, struct arena *arena, const char **why_not)
{
	struct span path = where->cacert ? span_of_string(where->cacert) : (struct span){ 0 };

	*trust = (struct tls_trust){ .host = where->host, .now = clock_wall() };
	if (where->pins && !tls_trust_read_pins(trust, span_of_string(where->pins)))
		return refuse(why_not, "--pinnedpubkey takes sha256// and 44 characters of base64, or up to 8 of that "
		                       "with semicolons between");
	if (where->pins && !where->cacert)
		return true;
	if (!where->cacert)
		path = find_bundle();
	if (path.size == 0)
		return refuse(why_not, "this system has no bundle of trusted certificates; give --cacert FILE or "
		                       "--pinnedpubkey");
	trust->anchors = read_anchors(path, arena, why_not);
	return trust->anchors != NULL;
}

/* Sends all records that wait. */
static bool flush(struct stream *stream, const char **why_not)
{
	struct span records;

	while ((records = tls_records(stream->tls)).size > 0) {
		size_t moved;
		enum net_io outcome = net_write(stream->descriptor, records, &moved);

		if (outcome == NET_MOVED)
			tls_records_sent(stream->tls, moved);
		else if (outcome != NET_LATER)
			return refuse(why_not, "it closed the connection");
		else if (!net_wait(stream->descriptor, true, stream->until))
			return refuse(why_not, "it did not answer in time");
	}
	return true;
}

/* Reads records, once. */
static bool fill(struct stream *stream, const char **why_not)
{
	size_t size, moved;
	uint8_t *room = tls_records_room(stream->tls, &size);

	if (!room)
		return refuse(why_not, status_words(STATUS_TLS_PROTOCOL));
	if (!net_wait(stream->descriptor, false, stream->until))
		return refuse(why_not, "it did not answer in time");
	switch (net_read(stream->descriptor, room, size, &moved)) {
	case NET_MOVED:
		tls_records_arrived(stream->tls, moved);
		return true;
	case NET_LATER:
		return true;
	case NET_ENDED:
	case NET_BROKEN:
		break;
	}
	return refuse(why_not, "it closed the connection without the end that TLS has; is it an https:// server?");
}

/* Brings the handshake to its end. */
static bool shake_hands(struct stream *stream, const char **why_not)
{
	for (;;) {
		if (!flush(stream, why_not))
			return false;
		switch (tls_state(stream->tls)) {
		case TLS_HANDSHAKE:
			break;
		case TLS_OPEN:
			return true;
		case TLS_ENDED:
			return refuse(why_not, "it closed the connection");
		case TLS_FAILED:
			return refuse(why_not, status_words(tls_why(stream->tls)));
		}
		if (!fill(stream, why_not))
			return false;
	}
}

static void give_back(struct stream *stream)
{
	memory_wipe(stream->tls, tls_client_memory_size());
	pages_give_back(stream->tls, tls_client_memory_size());
	stream->tls = NULL;
}

bool https_start(struct stream *stream, const struct where *where, const char **why_not)
{
	struct arena arena = arena_of(pages_take(BUNDLE_MAX), BUNDLE_MAX);
	void *memory = pages_take(tls_client_memory_size());
	uint8_t entropy[TLS_ENTROPY_SIZE];
	struct tls_trust trust;
	bool works = false;

	*why_not = no_memory;
	if (arena.data && memory && find_trust(&trust, where, &arena, why_not)) {
		random_take(entropy, sizeof(entropy));
		stream->tls = tls_client_start(memory, &trust, entropy);
		memory_wipe(entropy, sizeof(entropy));
		works = shake_hands(stream, why_not);
	}
	if (arena.data)
		pages_give_back(arena.data, BUNDLE_MAX);
	if (stream->tls && !works)
		give_back(stream);
	return works;
}

bool https_send(struct stream *stream, struct span bytes, const char **why_not)
{
	while (bytes.size > 0) {
		size_t put = tls_put_text(stream->tls, bytes);

		if (put == 0)
			return refuse(why_not, "it closed the connection");
		bytes = span_skip(bytes, put);
		if (!flush(stream, why_not))
			return false;
	}
	return true;
}

bool https_receive(struct stream *stream, uint8_t *data, size_t size, size_t *moved, const char **why_not)
{
	struct span text;

	*moved = 0;
	while ((text = tls_text(stream->tls)).size == 0) {
		enum tls_state state = tls_state(stream->tls);

		if (state == TLS_ENDED)
			return true;
		if (state == TLS_FAILED)
			return refuse(why_not, status_words(tls_why(stream->tls)));
		if (!flush(stream, why_not) || (tls_state(stream->tls) == TLS_OPEN && !fill(stream, why_not)))
			return false;
	}
	text = span_first(text, size);
	memcpy(data, text.data, text.size);
	tls_text_taken(stream->tls, text.size);
	*moved = text.size;
	return true;
}

void https_end(struct stream *stream)
{
	size_t moved;

	tls_close(stream->tls);
	if (tls_records(stream->tls).size > 0)
		net_write(stream->descriptor, tls_records(stream->tls), &moved);
	give_back(stream);
}
