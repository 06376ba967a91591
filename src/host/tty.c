#include "host/tty.h"

#include "base/memory.h"
#include "host/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* While the echo is off, these only leave a note: the terminal is put in order first. */
static const int watched[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
enum { WATCHED_COUNT = sizeof(watched) / sizeof(watched[0]) };

static volatile sig_atomic_t caught;

static void note(int number)
{
	caught = number;
}

static void watch(struct sigaction before[static WATCHED_COUNT])
{
	struct sigaction action = { .sa_handler = note }; /* without SA_RESTART: read() shall return */

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < WATCHED_COUNT; i++)
		sigaction(watched[i], &action, &before[i]);
}

static void unwatch(const struct sigaction before[static WATCHED_COUNT])
{
	for (size_t i = 0; i < WATCHED_COUNT; i++)
		sigaction(watched[i], &before[i], NULL);
}

static void say(int terminal, const char *words)
{
	const char *why_not;

	file_write(terminal, span_of_string(words), &why_not); /* if it fails there is nobody to read it */
}

/* Once, as far as a signal lets it. */
static bool ask(int terminal, const char *prompt, uint8_t *room, size_t size, struct span *line, const char **why_not)
{
	struct sigaction before[WATCHED_COUNT];
	struct termios shown, hidden;
	bool works;

	caught = 0;
	*why_not = "there is no terminal to ask on";
	if (tcgetattr(terminal, &shown) < 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ICANON | ISIG | ECHONL;
	watch(before);
	works = tcsetattr(terminal, TCSAFLUSH, &hidden) == 0;
	if (works) {
		say(terminal, prompt);
		say(terminal, " ");
		works = file_take_line(terminal, room, size, line, why_not);
	}
	tcsetattr(terminal, TCSAFLUSH, &shown);
	if (caught)
		say(terminal, "\n");
	unwatch(before);
	return works && !caught;
}

bool tty_ask_secret(const char *prompt, uint8_t *room, size_t size, struct span *line, const char **why_not)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool works;

	*why_not = "there is no terminal to ask on";
	*line = (struct span){ 0 };
	if (terminal < 0)
		return false;
	do {
		works = ask(terminal, prompt, room, size, line, why_not);
		if (!works)
			memory_wipe(room, size);
		if (caught)
			raise(caught); /* comes back from a stop only, or where the signal was ignored before */
	} while (caught == SIGTSTP);
	close(terminal);
	if (!works)
		*line = (struct span){ 0 };
	return works;
}

void tty_name_for_gpg(void)
{
	const char *name = NULL;

	for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO && !name; descriptor++)
		name = ttyname(descriptor);
	if (name)
		setenv("GPG_TTY", name, 0);
}
