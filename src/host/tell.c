#include "host/tell.h"

#include "base/encoding.h"
#include "host/environment.h"
#include "host/file.h"

#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 9216 }; /* holds the longest error of conf/ */

static void write_line(struct writer *line)
{
	const char *why_not;

	writer_put_byte(line, '\n');
	file_write(STDERR_FILENO, writer_written(line), &why_not); /* if it fails there is nobody to tell */
}

/* On a terminal that has them, unless the user does not want any (https://no-color.org). */
static bool has_colours(void)
{
	const char *terminal = environment_get("TERM");

	return !environment_get("NO_COLOR") && terminal && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO);
}

static void write_words(bool is_red, struct span words)
{
	uint8_t room[TEXT_MAX];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_string(&line, is_red ? "\033[1;31minki:\033[0m " : "inki: ");
	printable_write(&line, span_first(words, TEXT_MAX - 32));
	write_line(&line);
}

void tell_note(struct span words)
{
	write_words(false, words);
}

int tell_failure(struct span words)
{
	write_words(has_colours(), words);
	return TELL_FAILED;
}

int tell_usage(const char *command, struct span words)
{
	uint8_t room[TEXT_MAX];
	struct writer line = writer_of(room, sizeof(room));

	writer_put_string(&line, "inki ");
	writer_put_string(&line, command);
	writer_put_string(&line, ": ");
	printable_write(&line, span_first(words, TEXT_MAX / 2));
	writer_put_string(&line, "; see inki help ");
	writer_put_string(&line, command);
	write_line(&line);
	return TELL_USAGE;
}

int tell_how_to_use(struct span text)
{
	const char *why_not;

	file_write(STDERR_FILENO, text, &why_not);
	return TELL_USAGE;
}

int tell_result(struct span text)
{
	uint8_t room[256];
	struct writer words = writer_of(room, sizeof(room));
	const char *why_not;

	if (file_write(STDOUT_FILENO, text, &why_not) != FILE_FAILED)
		return TELL_DONE;
	writer_put_string(&words, "cannot write the result: ");
	writer_put_string(&words, why_not);
	return tell_failure(writer_written(&words));
}

bool tell_written(struct writer *text)
{
	bool works = tell_result(writer_written(text)) == TELL_DONE;

	writer_rewind(text, 0);
	return works;
}
