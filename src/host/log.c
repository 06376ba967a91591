#include "host/log.h"

#include "base/encoding.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
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
	int syslog; /* a socket once it is needed */
} sink = { LOG_TARGET_STDERR, LOG_LEVEL_INFO, -1 };

void log_start(enum log_target target, enum log_level level)
{
	sink.target = target;
	sink.level = level;
}

/* A socket is told not to wait; anything else is asked first, and takes a line of this size whole when it says yes. */
static void write_to_stderr(struct span line)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (send(STDERR_FILENO, line.data, line.size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 || errno != ENOTSOCK)
		return;
	if (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) && write(STDERR_FILENO, line.data, line.size) < 0)
		return; /* there is nobody to tell */
}

static bool connect_syslog(void)
{
	static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };

	if (sink.syslog < 0)
		sink.syslog = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return sink.syslog >= 0 && connect(sink.syslog, (const struct sockaddr *)&address, sizeof(address)) == 0;
}

/* Syslog may come later than we, and may be started anew: then the old connection is dead. */
static void write_to_syslog(struct span line)
{
	if (sink.syslog >= 0 && (send(sink.syslog, line.data, line.size, MSG_NOSIGNAL) >= 0 || errno == EAGAIN))
		return;
	if (connect_syslog() && send(sink.syslog, line.data, line.size, MSG_NOSIGNAL) < 0)
		return; /* there is nobody to tell */
}

void log_line(enum log_level level, struct span text)
{
	uint8_t room[LOG_LINE_MAX + 64];
	struct writer line = writer_of(room, sizeof(room));
	struct span shown = span_first(text, LOG_LINE_MAX);
	bool to_syslog = sink.target == LOG_TARGET_SYSLOG;

	if (level > sink.level && level != LOG_LEVEL_AUDIT)
		return;
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
	if (to_syslog) {
		write_to_syslog(writer_written(&line));
	} else {
		writer_put_byte(&line, '\n');
		write_to_stderr(writer_written(&line));
	}
}

void log_lines(enum log_level level, struct span text)
{
	struct span line;

	while (span_take_line(&text, &line))
		log_line(level, line);
}
