#include "client/where.h"

#include "base/address.h"

static const struct {
	struct span text;
	bool is_tls;
	uint16_t port;
} schemes[] = {
	{ SPAN_INITIALIZER("http://"), false, WHERE_PORT_HTTP },
	{ SPAN_INITIALIZER("https://"), true, WHERE_PORT_HTTPS },
};

static bool is_one_of(uint8_t byte, const char *ranges)
{
	for (; *ranges; ranges += 2)
		if (byte >= (uint8_t)ranges[0] && byte <= (uint8_t)ranges[1])
			return true;
	return false;
}

static bool consists_of(struct span text, const char *ranges)
{
	for (size_t i = 0; i < text.size; i++)
		if (!is_one_of(text.data[i], ranges))
			return false;
	return text.size > 0;
}

/* Takes the host off the front of *text; what is left begins with the colon of a port. */
static bool take_host(struct span *text, struct span *host)
{
	size_t end;
	bool is_closed;

	if (text->size == 0 || text->data[0] != '[') {
		end = span_find_byte(*text, ':');
		*host = span_first(*text, end);
		*text = span_skip(*text, end);
		return consists_of(*host, "azAZ09..--__");
	}
	end = span_find_byte(*text, ']');
	is_closed = end < text->size;
	*host = span_skip(span_first(*text, end), 1);
	*text = span_skip(*text, end + 1);
	return is_closed && consists_of(*host, "09afAF::..");
}

static bool read_tcp(struct span text, struct where *where)
{
	size_t at;

	where->port = WHERE_PORT;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!span_equal_ignoring_case(span_first(text, schemes[i].text.size), schemes[i].text))
			continue;
		text = span_skip(text, schemes[i].text.size);
		where->is_tls = schemes[i].is_tls;
		where->port = schemes[i].port;
		break;
	}
	if (text.size > 0 && text.data[text.size - 1] == '/')
		text.size--;
	at = span_find_byte(text, '@');
	if (at < text.size) {
		where->user = span_first(text, at);
		text = span_skip(text, at + 1);
	}
	if (!take_host(&text, &where->host))
		return false;
	return text.size == 0 ||
	       (text.data[0] == ':' && address_read_port(span_skip(text, 1), &where->port) && where->port > 0);
}

bool where_read(struct span text, struct where *where, const char **why_not)
{
	struct span prefix = SPAN("unix:");
	bool is_socket = span_starts_with(text, prefix);
	struct span path = is_socket ? span_skip(text, prefix.size) : text;

	*where = (struct where){ 0 };
	if (span_starts_with(path, SPAN("/"))) {
		where->socket = path;
		return true;
	}
	if (!is_socket && read_tcp(text, where))
		return true;
	*why_not = "a server is written http://host:port, unix:/path, or /path";
	return false;
}
