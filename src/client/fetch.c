#include "client/fetch.h"

#include "host/connect.h"
#include "host/net.h"
#include "http/answer.h"
#include "http/body.h"
#include "http/write.h"

enum { REQUEST_MAX = 2048, HEADS_MAX = 16384 };

static const char out_of_time[] = "it did not answer in time";

/* An answer as far as it has arrived. */
struct arrival {
	const struct fetch *fetch;
	size_t used;  /* bytes of the room that have arrived */
	size_t start; /* of the head that is being read: interim answers lie before it */
	bool has_head;
	struct http_answer head;
	struct http_body body;
};

static bool refuse(const char **why_not, const char *words)
{
	*why_not = words;
	return false;
}

static int connect_to(const struct where *where, int64_t until, const char **why_not)
{
	if (where->socket.size > 0)
		return connect_unix(where->socket, until, why_not);
	return connect_tcp(where->host, where->port, until, why_not);
}

static void write_host(struct writer *writer, const struct where *where)
{
	bool is_ipv6 = span_find_byte(where->host, ':') < where->host.size;

	if (where->socket.size > 0) {
		writer_put_string(writer, "localhost");
		return;
	}
	writer_put_string(writer, is_ipv6 ? "[" : "");
	writer_put(writer, where->host);
	writer_put_string(writer, is_ipv6 ? "]:" : ":");
	writer_put_number(writer, where->port);
}

static bool send_request(int descriptor, const struct fetch *fetch, const char **why_not)
{
	uint8_t room[REQUEST_MAX], host_room[300];
	struct writer request = writer_of(room, sizeof(room)), host = writer_of(host_room, sizeof(host_room));
	struct span rest;

	write_host(&host, &fetch->where);
	http_write_get(&request, writer_written(&host), fetch->target);
	if (request.overflowed || host.overflowed)
		return refuse(why_not, "the request for it is too long");
	for (rest = writer_written(&request); rest.size > 0;) {
		size_t moved;
		enum net_io outcome = net_write(descriptor, rest, &moved);

		rest = span_skip(rest, moved);
		if (outcome == NET_LATER && !net_wait(descriptor, true, fetch->until))
			return refuse(why_not, out_of_time);
		if (outcome == NET_BROKEN)
			return refuse(why_not, "it closed the connection");
	}
	return true;
}

/* Looks at what has arrived. STATUS_MORE: the answer goes on; STATUS_OK: it is complete. */
static enum status take_arrived(struct arrival *arrival)
{
	const struct fetch *fetch = arrival->fetch;
	struct http_answer *head = &arrival->head;

	while (!arrival->has_head) {
		struct span bytes = span_of(fetch->room + arrival->start, arrival->used - arrival->start);
		enum status status = http_answer_read(bytes, head);

		if (status == STATUS_MORE && arrival->used > HEADS_MAX)
			return STATUS_HTTP_FIELDS_TOO_LARGE;
		if (status != STATUS_OK)
			return status;
		arrival->start += head->size;
		arrival->has_head = head->code >= 200;
		if (!arrival->has_head)
			continue;
		if (head->until_close) /* nobody could tell a whole answer from half of one */
			return STATUS_HTTP_FRAMING;
		status = http_body_start(&arrival->body, head->chunked, head->content_length,
		                         fetch->size - arrival->start);
		if (status != STATUS_OK)
			return status;
	}
	return http_body_read(&arrival->body, fetch->room + arrival->start, arrival->used - arrival->start);
}

static bool read_more(int descriptor, struct arrival *arrival, const char **why_not)
{
	const struct fetch *fetch = arrival->fetch;
	size_t moved;

	if (arrival->used == fetch->size)
		return refuse(why_not, "its answer is too large");
	if (!net_wait(descriptor, false, fetch->until))
		return refuse(why_not, out_of_time);
	switch (net_read(descriptor, fetch->room + arrival->used, fetch->size - arrival->used, &moved)) {
	case NET_MOVED:
	case NET_LATER:
		arrival->used += moved;
		return true;
	case NET_ENDED:
		return refuse(why_not, "its answer ends too early");
	case NET_BROKEN:
		break;
	}
	return refuse(why_not, "it closed the connection");
}

static bool read_answer(int descriptor, struct arrival *arrival, const char **why_not)
{
	enum status status;

	while ((status = take_arrived(arrival)) == STATUS_MORE)
		if (!read_more(descriptor, arrival, why_not))
			return false;
	if (status == STATUS_HTTP_BODY_TOO_LARGE || status == STATUS_HTTP_FIELDS_TOO_LARGE)
		return refuse(why_not, "its answer is too large");
	if (status != STATUS_OK)
		return refuse(why_not, "its answer is not correct HTTP with a known length");
	if (arrival->start + arrival->body.consumed != arrival->used)
		return refuse(why_not, "something follows its answer");
	return true;
}

static bool exchange(struct arrival *arrival, const char **why_not)
{
	int descriptor = connect_to(&arrival->fetch->where, arrival->fetch->until, why_not);
	bool works;

	if (descriptor < 0)
		return false;
	works = send_request(descriptor, arrival->fetch, why_not) && read_answer(descriptor, arrival, why_not);
	net_close(descriptor);
	return works;
}

bool fetch_get(const struct fetch *fetch, struct fetch_answer *answer, struct writer *words)
{
	struct arrival arrival = { .fetch = fetch };
	const char *why_not = "this version has no TLS yet";

	*answer = (struct fetch_answer){ 0 };
	if (fetch->where.is_tls || !exchange(&arrival, &why_not)) {
		writer_put_string(words, "the server at ");
		if (fetch->where.socket.size > 0)
			writer_put(words, fetch->where.socket);
		else
			write_host(words, &fetch->where);
		writer_put_string(words, ": ");
		writer_put_string(words, why_not);
		return false;
	}
	answer->code = arrival.head.code;
	answer->content_type = arrival.head.content_type;
	answer->body = span_of(fetch->room + arrival.start, arrival.body.size);
	return true;
}
