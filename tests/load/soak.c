/* Sends a server many requests of all kinds, good, bad and hostile, and looks at each answer; called by soak.py.
 *
 *   soak PORT TLS-PORT SOCKET CATALOGUE COUNT SEED
 *
 * At TLS-PORT is somebody who hands each connection on by TLS, byte for byte; 0: nobody.
 *
 * A line of the catalogue is one kind:
 *   WEIGHT CODE stays|ends|cut|mutated GET|HEAD REQUEST-FILE BODY-FILE|-
 * CODE is what must come, 0: anything; BODY-FILE is what must be in the answer. "cut" sends a part of it and closes or resets
 * the connection; "mutated" changes bytes of the request's body. WEIGHT 0 is a series: those kinds are sent once each, in their
 * order, among the others. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { KINDS_MAX = 20000, CONNECTIONS = 12, BATCH_MAX = 16, ANSWER_MAX = 1 << 20, SERIES_STEP = 400 };

struct bytes {
	char *data;
	size_t size;
};

enum way { STAYS, ENDS, CUT, MUTATED };

struct kind {
	unsigned weight, code;
	enum way way;
	bool is_head;
	struct bytes request, body;
	char name[64];
};

static struct kind kinds[KINDS_MAX];
static size_t kind_count, series_first, series_next;
static unsigned weights;
static unsigned long long codes[600], closed;

static uint16_t port, tls_port;
static const char *socket_path;

static uint64_t random_state;

static struct connection {
	int descriptor;
	char kept[ANSWER_MAX];
	size_t size;
} connections[CONNECTIONS];

static _Noreturn void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

/* splitmix64 */
static uint32_t random_below(uint32_t limit)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (uint32_t)((z ^ (z >> 31)) >> 32) % limit;
}

/* ---- the catalogue ---- */

static struct bytes read_file(const char *path)
{
	struct bytes bytes = { malloc(1 << 17), 0 };
	FILE *file = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");

	if (file)
		bytes.size = fread(bytes.data, 1, 1 << 17, file);
	else if (strcmp(path, "-") != 0)
		fail("%s: %s", path, strerror(errno));
	if (file)
		fclose(file);
	bytes.data = realloc(bytes.data, bytes.size + 1);
	return bytes;
}

static void read_catalogue(const char *path)
{
	static const char *const ways[] = { "stays", "ends", "cut", "mutated" };
	char way[16], method[8], request[256], body[256];
	FILE *file = fopen(path, "r");
	struct kind *kind = kinds;

	if (!file)
		fail("%s: %s", path, strerror(errno));
	while (fscanf(file, "%u %u %15s %7s %255s %255s", &kind->weight, &kind->code, way, method, request, body) == 6) {
		while (strcmp(ways[kind->way], way) != 0)
			kind->way++;
		kind->is_head = strcmp(method, "HEAD") == 0;
		kind->request = read_file(request);
		kind->body = read_file(body);
		snprintf(kind->name, sizeof(kind->name), "%s", strrchr(request, '/') + 1);
		weights += kind->weight;
		if (kind->weight > 0 && series_first == kind_count)
			series_first++;
		if (++kind_count == KINDS_MAX)
			fail("%s: too many kinds", path);
		kind++;
	}
	series_next = series_first;
	fclose(file);
}

static const struct kind *choose(void)
{
	uint32_t at = random_below(weights);
	const struct kind *kind = kinds;

	if (series_next < kind_count && random_below(SERIES_STEP) == 0)
		return &kinds[series_next++];
	while (at >= kind->weight)
		at -= kind++->weight;
	return kind;
}

/* ---- connections ---- */

static void open_connection(struct connection *connection)
{
	static const int on = 1;
	static const struct timeval patience = { .tv_sec = 60 };
	bool is_local = (connection - connections) % 2, has_tls = connection == connections && tls_port > 0;
	struct sockaddr_in network = { .sin_family = AF_INET,
		                       .sin_port = htons(has_tls ? tls_port : port),
		                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	int result;

	connection->size = 0;
	connection->descriptor = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
	snprintf(local.sun_path, sizeof(local.sun_path), "%s", socket_path);
	setsockopt(connection->descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(connection->descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!is_local)
		setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	result = is_local ? connect(connection->descriptor, (struct sockaddr *)&local, sizeof(local))
	                  : connect(connection->descriptor, (struct sockaddr *)&network, sizeof(network));
	if (result < 0)
		fail("cannot connect: %s", strerror(errno));
}

static void close_connection(struct connection *connection, bool by_reset)
{
	static const struct linger at_once = { .l_onoff = 1 };

	if (by_reset)
		setsockopt(connection->descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(connection->descriptor);
	connection->descriptor = -1;
	closed++;
}

static void send_all(struct connection *connection, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(connection->descriptor, data, size, MSG_NOSIGNAL);

		if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
			return; /* the answer may be there all the same */
		if (sent <= 0)
			fail("cannot send: %s", strerror(errno));
		data += sent;
		size -= (size_t)sent;
	}
}

static bool receive(struct connection *connection)
{
	ssize_t size = recv(connection->descriptor, connection->kept + connection->size, ANSWER_MAX - connection->size - 1, 0);

	if (size < 0 && errno != ECONNRESET)
		fail("no answer comes: %s", strerror(errno));
	if (size <= 0)
		return false;
	connection->size += (size_t)size;
	return true;
}

static void drop(struct connection *connection, size_t size)
{
	connection->size -= size;
	memmove(connection->kept, connection->kept + size, connection->size);
}

/* ---- requests and answers ---- */

static void send_kind(struct connection *connection, const struct kind *kind)
{
	static char changed[1 << 17];
	const char *body = memmem(kind->request.data, kind->request.size, "\r\n\r\n", 4);
	size_t start = body ? (size_t)(body - kind->request.data) + 4 : kind->request.size;

	if (kind->way != MUTATED || start == kind->request.size) {
		send_all(connection, kind->request.data, kind->request.size);
		return;
	}
	memcpy(changed, kind->request.data, kind->request.size);
	for (unsigned n = 1 + random_below(4); n > 0; n--)
		changed[start + random_below((uint32_t)(kind->request.size - start))] ^= (char)(1 << random_below(8));
	send_all(connection, changed, kind->request.size);
}

/* Takes the next answer, and says what is wrong with it. */
static void take_answer(struct connection *connection, const struct kind *kind)
{
	char *end, *field;
	unsigned code;
	size_t head, length = 0;

	for (;;) {
		connection->kept[connection->size] = '\0';
		end = memmem(connection->kept, connection->size, "\r\n\r\n", 4);
		if (!end) {
			if (!receive(connection))
				fail("%s: the connection ended without an answer", kind->name);
			continue;
		}
		head = (size_t)(end - connection->kept) + 4;
		if (sscanf(connection->kept, "HTTP/1.1 %3u ", &code) != 1 || code >= 600)
			fail("%s: no answer: %.200s", kind->name, connection->kept);
		if (code >= 200)
			break;
		drop(connection, head);
	}
	*end = '\0';
	field = strstr(connection->kept, "\r\nContent-Length: ");
	if (!field || (code == 429))
		fail("%s: %s", kind->name, connection->kept);
	if (!kind->is_head)
		length = strtoul(field + 18, NULL, 10);
	while (connection->size < head + length)
		if (!receive(connection))
			fail("%s: half an answer", kind->name);
	if (kind->code != 0 && code != kind->code)
		fail("%s: %u in place of %u: %.*s", kind->name, code, kind->code, (int)length, connection->kept + head);
	if (kind->body.size > 0 && !memmem(connection->kept + head, length, kind->body.data, kind->body.size))
		fail("%s: another answer: %.*s", kind->name, (int)length, connection->kept + head);
	drop(connection, head + length);
	codes[code]++;
}

/* Some requests at once on one connection; after one that ends it, or is cut, there is nothing more. Returns how many. */
static unsigned long long run_batch(struct connection *connection)
{
	const struct kind *batch[BATCH_MAX];
	unsigned count = 0, wanted = 1 + random_below(BATCH_MAX);
	bool goes_on = true;

	if (connection->descriptor < 0)
		open_connection(connection);
	while (count < wanted && goes_on) {
		const struct kind *kind = batch[count++] = choose();

		goes_on = kind->way == STAYS || kind->way == MUTATED;
		if (kind->way == CUT)
			send_all(connection, kind->request.data, random_below((uint32_t)kind->request.size));
		else
			send_kind(connection, kind);
	}
	for (unsigned i = 0; i < count && batch[i]->way != CUT; i++)
		take_answer(connection, batch[i]);
	if (batch[count - 1]->way == ENDS && (connection->size > 0 || receive(connection)))
		fail("%s: there is more behind the answer: %.200s", batch[count - 1]->name, connection->kept);
	if (!goes_on)
		close_connection(connection, random_below(2));
	return count;
}

int main(int count, char **arguments)
{
	unsigned long long wanted, done = 0;
	time_t told = time(NULL);

	if (count != 7)
		fail("usage: soak PORT TLS-PORT SOCKET CATALOGUE COUNT SEED");
	port = (uint16_t)atoi(arguments[1]);
	tls_port = (uint16_t)atoi(arguments[2]);
	socket_path = arguments[3];
	read_catalogue(arguments[4]);
	wanted = strtoull(arguments[5], NULL, 10);
	random_state = strtoull(arguments[6], NULL, 10);
	for (size_t i = 0; i < CONNECTIONS; i++)
		connections[i].descriptor = -1;
	while (done < wanted) {
		done += run_batch(&connections[random_below(CONNECTIONS)]);
		if (time(NULL) >= told + 60) {
			told = time(NULL);
			fprintf(stderr, "  %llu requests\n", done);
		}
	}
	printf("%llu requests, %llu connections; a series of %zu changes;", done, closed, series_next - series_first);
	for (unsigned code = 0; code < 600; code++)
		if (codes[code])
			printf(" %u: %llu", code, codes[code]);
	printf("\n");
	return 0;
}
