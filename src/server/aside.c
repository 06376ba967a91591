#include "server/aside.h"

#include "host/channel.h"
#include "host/clock.h"
#include "host/net.h"
#include "host/process.h"

/* In the process of its own: a byte for yes or no, and the text. */
_Noreturn static void work_and_tell(bool (*work)(const void *context, struct writer *text), const void *context,
                                    int end)
{
	uint8_t room[ASIDE_TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));

	writer_put_byte(&text, 'n');
	if (work(context, &text))
		room[0] = 'y';
	(void)channel_send(end, writer_written(&text));
	process_exit(0);
}

static enum aside_end take_answer(int end, int64_t until, struct writer *text)
{
	uint8_t room[ASIDE_TEXT_MAX];
	size_t size = 0;

	if (!net_wait(end, false, until)) {
		writer_put_string(text, "it comes to no end");
		return ASIDE_SILENT;
	}
	if (channel_take(end, room, sizeof(room), &size) != CHANNEL_MESSAGE || size > sizeof(room)) {
		writer_put_string(text, "the process that tried it has ended and said nothing");
		return ASIDE_SILENT;
	}
	writer_put(text, span_skip(span_of(room, size), 1));
	return room[0] == 'y' ? ASIDE_TRUE : ASIDE_FALSE;
}

enum aside_end aside_do(bool (*work)(const void *context, struct writer *text), const void *context,
                        int64_t milliseconds, struct writer *text)
{
	const int64_t until = clock_monotonic() + milliseconds;
	enum aside_end answer = ASIDE_SILENT;
	const char *why_not;
	int ends[2], process;

	if (!channel_open(ends)) {
		writer_put_string(text, "the system refuses descriptors");
		return ASIDE_SILENT;
	}
	process = process_fork(&why_not);
	if (process == 0) {
		net_close(ends[0]);
		work_and_tell(work, context, ends[1]);
	}
	net_close(ends[1]);
	if (process > 0)
		answer = take_answer(ends[0], until, text);
	else
		writer_put_string(text, why_not);
	if (process > 0 && answer == ASIDE_SILENT)
		process_kill(process);
	net_close(ends[0]);
	return answer;
}
