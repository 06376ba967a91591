#include "server/summary.h"

#include "base/date.h"
#include "host/tell.h"
#include "server/certificate.h"
#include "server/confinement.h"
#include "server/keyrings.h"
#include "server/listeners.h"
#include "server/memory.h"

enum { TEXT_MAX = 4096 };

static void write_listener(struct writer *text, const struct config_listener *listener)
{
	static const char *const access_words[] = {
		[ACCESS_READ] = "read",
		[ACCESS_WRITE] = "write",
		[ACCESS_ALL] = "all",
	};

	writer_put_string(text, "listen on ");
	listeners_write_address(text, listener);
	if (listener->socket.size > 0) {
		writer_put_string(text, " mode 0");
		for (unsigned shift = 9; shift > 0; shift -= 3)
			writer_put_byte(text, (uint8_t)('0' + (listener->mode >> (shift - 3) & 7)));
	}
	writer_put_string(text, " access ");
	writer_put_string(text, access_words[listener->access]);
	writer_put_string(text, listener->has_tls ? " with TLS" : "");
	writer_put_string(text, listener->shows_events ? ", events" : "");
	writer_put_string(text, listener->optional ? " if there is IPv6\n" : "\n");
}

static void write_check(struct writer *text, const struct config_check *check)
{
	static const char *const actions[CHECK_ACTION_COUNT] = {
		[CHECK_ADD] = " add",
		[CHECK_REMOVE] = " remove",
		[CHECK_SERVE] = " serve",
	};

	writer_put_string(text, "check ");
	writer_put(text, check->name);
	writer_put_byte(text, ':');
	for (size_t i = 0; check->command[i]; i++) {
		writer_put_byte(text, ' ');
		writer_put_string(text, check->command[i]);
	}
	writer_put_string(text, ", at most ");
	duration_write(text, check->timeout);
	writer_put_string(text, ", asked about");
	for (size_t i = 0; i < CHECK_ACTION_COUNT; i++)
		writer_put_string(text, check->actions >> i & 1 ? actions[i] : "");
	writer_put_byte(text, '\n');
}

/* By trying it: so it says what the log would say, and ends as a start would. */
static int tell_confinement(const struct config *config)
{
	uint8_t room[CONFINEMENT_LINE_MAX + 1];
	struct writer line = writer_of(room, sizeof(room));
	bool works = true;

	if (IS_ENABLED(CONFIG_EXPORT) && config->export_folder.size > 0) {
		if (!confinement_try_folder(config, &line))
			return tell_failure(writer_written(&line));
		writer_put_byte(&line, '\n');
		works = tell_written(&line);
	}
	if (!confinement_try(config, &line))
		return tell_failure(writer_written(&line));
	writer_put_byte(&line, '\n');
	return tell_written(&line) && works ? TELL_DONE : TELL_FAILED;
}

int summary_print(const struct config *config, int64_t now)
{
	uint8_t room[TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));
	bool works = true;

	writer_put_string(&text, "host ");
	writer_put(&text, config->host);
	writer_put_byte(&text, '\n');
	for (size_t i = 0; i < config->listener_count && works; i++) {
		write_listener(&text, &config->listeners[i]);
		works = tell_written(&text);
	}
	if (IS_ENABLED(CONFIG_TLS) && config->tls)
		certificate_write(&text, config, now);
	for (size_t i = 0; i < config->check_count && works; i++) {
		write_check(&text, &config->checks[i]);
		works = tell_written(&text);
	}
	if (config->export_folder.size > 0) {
		writer_put_string(&text, "export to ");
		writer_put(&text, config->export_folder);
		writer_put_string(&text, "/USER/authorized_keys\n");
	}
	works = works && tell_written(&text) && keyrings_print(config, now);
	memory_write_budget(&text, config->size);
	return works && tell_written(&text) ? tell_confinement(config) : TELL_FAILED;
}
