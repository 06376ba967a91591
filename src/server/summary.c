#include "server/summary.h"

#include "host/tell.h"
#include "server/listeners.h"
#include "server/memory.h"

enum { TEXT_MAX = 4096 };

/* Prints what was written, and makes room for more. */
static bool print(struct writer *text)
{
	bool works = tell_result(writer_written(text)) == TELL_DONE;

	writer_rewind(text, 0);
	return works;
}

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
	writer_put_string(text, listener->optional ? " if there is IPv6\n" : "\n");
}

static void write_user(struct writer *text, const struct config_user *user)
{
	writer_put_string(text, "user ");
	writer_put(text, user->name);
	writer_put_string(text, ": ");
	writer_put_number(text, (int64_t)user->keyring.count);
	writer_put_string(text, user->keyring.count == 1 ? " certificate\n" : " certificates\n");
}

int summary_print(const struct config *config, size_t settings_used)
{
	uint8_t room[TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));
	bool works = true;

	writer_put_string(&text, "host ");
	writer_put(&text, config->host);
	writer_put_byte(&text, '\n');
	for (size_t i = 0; i < config->listener_count && works; i++) {
		write_listener(&text, &config->listeners[i]);
		works = print(&text);
	}
	for (size_t i = 0; i < config->user_count && works; i++) {
		write_user(&text, &config->users[i]);
		works = print(&text);
	}
	memory_write_budget(&text, settings_used);
	return works && print(&text) ? TELL_DONE : TELL_FAILED;
}
