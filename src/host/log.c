#include "host/log.h"

#include "base/encoding.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* What stands in front of a line: on standard error a word, for syslog the priority (facility daemon, 3 << 3 |
 * severity; for audit lines authpriv, 10 << 3). */
static const struct {
	const char *word, *priority;
} forms[] = {
	[LOG_LEVEL_ERROR] = { "error: ", "<27>" }, [LOG_LEVEL_WARN] = { "warning: ", "<28>" },
	[LOG_LEVEL_INFO] = { "", "<30>" },         [LOG_LEVEL_DEBUG] = { "debug: ", "<31>" },
	[LOG_LEVEL_AUDIT] = { "", "<86>" },
};

static struct {
	enum log_target target;
	enum log_level level;
	int error;    /* standard error: a descriptor of our own that does not wait, where there can be one */
	bool is_torn; /* only a part of the last line has got there */
	int syslog;   /* a socket once it is needed, or the relay */
	bool is_confined;
	uint64_t lost, told, lost_elsewhere;
} sink = { .target = LOG_TARGET_STDERR, .level = LOG_LEVEL_INFO, .error = STDERR_FILENO, .syslog = -1 };

/* ---- standard error ---- */

/* Whether writes wait is a property that all who have the same pipe or terminal share; opened anew it is ours alone. (A
 * file is not: the new one would have a position of its own.) */
static void open_error(void)
{
	struct stat status;
	int own;

	if (sink.is_confined || sink.error != STDERR_FILENO || fstat(STDERR_FILENO, &status) < 0 ||
	    !(S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)))
		return;
	own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own >= 0)
		sink.error = own;
}

/* How many bytes went out at once. A socket is told not to wait; what is not ours alone is asked first, and takes a
 * line of this size whole when it says yes. */
static size_t write_now(struct span bytes)
{
	struct pollfd ready = { .fd = sink.error, .events = POLLOUT };
	ssize_t written = send(sink.error, bytes.data, bytes.size, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (written < 0 && errno == ENOTSOCK &&
	    (sink.error != STDERR_FILENO || (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT))))
		written = write(sink.error, bytes.data, bytes.size);
	return written > 0 ? (size_t)written : 0;
}

static bool write_to_stderr(struct span line)
{
	size_t written;

	if (sink.is_torn && write_now(SPAN("\n")) == 0)
		return false;
	written = write_now(line);
	sink.is_torn = written > 0 && written < line.size;
	return written == line.size;
}

/* ---- syslog ---- */

static bool connect_syslog(void)
{
	static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };

	if (sink.is_confined)
		return false;
	if (sink.syslog < 0)
		sink.syslog = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return sink.syslog >= 0 && connect(sink.syslog, (const struct sockaddr *)&address, sizeof(address)) == 0;
}

/* Syslog may come later than we, and may be started anew: then the old connection is dead. */
static bool write_to_syslog(struct span line)
{
	if (sink.syslog >= 0 && send(sink.syslog, line.data, line.size, MSG_NOSIGNAL) >= 0)
		return true;
	if (sink.syslog >= 0 && (errno == EAGAIN || errno == ENOBUFS))
		return false;
	return connect_syslog() && send(sink.syslog, line.data, line.size, MSG_NOSIGNAL) >= 0;
}

/* ---- lines ---- */

void log_start(enum log_target target, enum log_level level)
{
	sink.target = target;
	sink.level = level;
	if (target == LOG_TARGET_SYSLOG)
		connect_syslog(); /* it may come later */
	else
		open_error();
}

static bool write_line(enum log_level level, struct span text)
{
	uint8_t room[LOG_DATAGRAM_MAX];
	struct writer line = writer_of(room, sizeof(room));
	struct span shown = span_first(text, LOG_LINE_MAX);
	bool to_syslog = sink.target == LOG_TARGET_SYSLOG;

	if (to_syslog) {
		writer_put_string(&line, forms[level].priority);
		writer_put_string(&line, "inki[");
		writer_put_number(&line, getpid());
		writer_put_string(&line, "]: ");
	} else {
		writer_put_string(&line, forms[level].word);
	}
	printable_write(&line, shown);
	if (shown.size < text.size)
		writer_put_string(&line, "...");
	if (to_syslog)
		return write_to_syslog(writer_written(&line));
	writer_put_byte(&line, '\n');
	return write_to_stderr(writer_written(&line));
}

/* Tells how many were lost since the last time that it could be told. */
static bool tell_lost(void)
{
	uint8_t room[64];
	struct writer words = writer_of(room, sizeof(room));

	writer_put_padded_number(&words, sink.lost - sink.told, 1);
	writer_put_string(&words, " lines before this one could not be written");
	if (!write_line(LOG_LEVEL_WARN, writer_written(&words)))
		return false;
	sink.told = sink.lost;
	return true;
}

void log_line(enum log_level level, struct span text)
{
	if (level > sink.level && level != LOG_LEVEL_AUDIT)
		return;
	if ((sink.lost > sink.told && !tell_lost()) || !write_line(level, text))
		sink.lost++;
}

uint64_t log_count_lost(void)
{
	return sink.lost + sink.lost_elsewhere;
}

/* ---- two processes ---- */

void log_confine(int relay)
{
	if (sink.syslog >= 0)
		close(sink.syslog);
	sink.syslog = relay;
	sink.is_confined = true;
	sink.told = sink.lost; /* the other process, which has had the same start, tells */
}

/* Is it a line as we write them: of one of our priorities, in our name, and one line? */
static bool is_ours(struct span line)
{
	bool has_priority = false;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct span priority = span_of_string(forms[i].priority);

		has_priority = has_priority || (span_starts_with(line, priority) &&
		                                span_starts_with(span_skip(line, priority.size), SPAN("inki[")));
	}
	return has_priority && utf8_is_valid(line) && !utf8_has_control(line);
}

bool log_relay(struct span line)
{
	if (is_ours(line) && (sink.lost == sink.told || tell_lost()) && write_to_syslog(line))
		return true;
	sink.lost++;
	return false;
}

void log_note_lost(uint64_t lines)
{
	sink.lost_elsewhere += lines;
}

void log_lines(enum log_level level, struct span text)
{
	struct span line;

	while (span_take_line(&text, &line))
		log_line(level, line);
}
