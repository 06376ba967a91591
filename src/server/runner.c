#include "server/runner.h"

#include "host/channel.h"
#include "host/child.h"
#include "host/log.h"
#include "host/net.h"
#include "host/process.h"
#include "server/checks.h"

#include <errno.h>
#include <string.h>

enum { COMMAND_WORDS_MAX = 17, COMMAND_SIZE_MAX = 2048 }; /* as conf/check.c allows */

/* All that a program gets, made before the fork: a reload may take the configuration away from under the watcher. */
static struct {
	uint8_t input[QUESTION_JSON_MAX];
	uint8_t environment[QUESTION_ENVIRONMENT_MAX];
	const char *variables[QUESTION_VARIABLES_MAX];
	char command[COMMAND_SIZE_MAX];
	const char *words[COMMAND_WORDS_MAX];
} job;

struct runner runner_of(int channel)
{
	struct runner runner = { .channel = channel };

	for (size_t i = 0; i < CONFIG_CHECKS_AT_ONCE; i++)
		runner.places[i].line = -1;
	return runner;
}

/* ---- results ---- */

static void tell(struct runner *runner, const struct runner_place *place, const struct child_result *result)
{
	bool is_told_why = result->outcome == CHILD_NOT_STARTED && result->code != 0;
	struct span text = is_told_why ? span_of_string(strerror(result->code))
	                               : span_of(result->line, result->line_size);
	struct message message = message_of(MESSAGE_ANSWER, place->number, text);

	message.serial = place->serial;
	message.outcome = result->outcome;
	message.code = (uint32_t)result->code;
	message.milliseconds = result->milliseconds;
	if (!message_send(runner->channel, &message))
		log_line(LOG_LEVEL_ERROR, SPAN("the server process does not take the result of a check"));
}

static void refuse(struct runner *runner, const struct message *ask, uint32_t outcome, int32_t code)
{
	const struct runner_place place = { .number = ask->number, .serial = ask->serial };

	tell(runner, &place, &(struct child_result){ .outcome = outcome, .code = code });
}

static void take_result(struct runner *runner, struct runner_place *place)
{
	struct child_result result;
	size_t size;

	if (place->is_told || place->line < 0 ||
	    channel_take(place->line, &result, sizeof(result), &size) != CHANNEL_MESSAGE || size != sizeof(result))
		return;
	place->is_told = true;
	tell(runner, place, &result);
}

void runner_take_results(struct runner *runner)
{
	for (size_t i = 0; IS_ENABLED(CONFIG_CHECKS) && i < CONFIG_CHECKS_AT_ONCE; i++)
		if (runner->places[i].process != 0)
			take_result(runner, &runner->places[i]);
}

static void close_line(struct runner_place *place)
{
	if (place->line >= 0)
		net_close(place->line);
	place->line = -1;
}

bool runner_note_end(struct runner *runner, int process)
{
	static const struct child_result lost = { .outcome = CHILD_KILLED };

	for (size_t i = 0; IS_ENABLED(CONFIG_CHECKS) && i < CONFIG_CHECKS_AT_ONCE; i++) {
		struct runner_place *place = &runner->places[i];

		if (place->process != process)
			continue;
		take_result(runner, place);
		if (!place->is_told) /* cancelled, or somebody has killed the watcher */
			tell(runner, place, &lost);
		close_line(place);
		place->process = 0;
		return true;
	}
	return false;
}

void runner_cancel(struct runner *runner, const struct message *message)
{
	for (size_t i = 0; i < CONFIG_CHECKS_AT_ONCE; i++)
		if (runner->places[i].process != 0 && runner->places[i].serial == message->serial)
			close_line(&runner->places[i]);
}

/* ---- the watcher ---- */

static bool copy_command(const struct config_check *check)
{
	struct writer writer = writer_of(job.command, sizeof(job.command));
	size_t count = 0;

	for (; check->command[count]; count++) {
		if (count + 1 == COMMAND_WORDS_MAX)
			return false;
		job.words[count] = job.command + writer.used;
		writer_put_string(&writer, check->command[count]);
		writer_put_byte(&writer, '\0');
	}
	job.words[count] = NULL;
	return count > 0 && !writer.overflowed;
}

static bool prepare(const struct question *question, const struct config *config, struct child_order *order)
{
	const struct config_check *check = &config->checks[question->check];
	struct writer input = writer_of(job.input, sizeof(job.input));
	struct writer environment = writer_of(job.environment, sizeof(job.environment));

	question_write_json(&input, question, config);
	*order = (struct child_order){
		.arguments = job.words,
		.environment = job.variables,
		.input = writer_written(&input),
		.milliseconds = check->timeout * 1000,
	};
	return copy_command(check) && !input.overflowed &&
	       question_write_environment(&environment, question, config, job.variables);
}

/* The result goes out first: it may take a while until nothing is left of the program. */
_Noreturn static void watch(const struct child_order *order)
{
	struct child_result result;

	child_run(order, &result);
	(void)channel_send(order->cancel, span_of(&result, sizeof(result)));
	child_end_rest();
	process_exit(0);
}

/* A place is taken until all that the program has left behind is gone, which may be after its answer; so here too the
 * last one is kept. */
static struct runner_place *find_free(struct runner *runner, bool may_take_last)
{
	struct runner_place *found = NULL;
	size_t free = 0;

	for (size_t i = 0; i < CONFIG_CHECKS_AT_ONCE; i++) {
		if (runner->places[i].process != 0)
			continue;
		found = &runner->places[i];
		free++;
	}
	return may_take_last || free > CHECKS_KEPT ? found : NULL;
}

void runner_leave(const struct runner *runner, const int *ours, size_t our_count)
{
	for (size_t i = 0; i < our_count; i++)
		net_close(ours[i]);
	for (size_t i = 0; i < CONFIG_CHECKS_AT_ONCE; i++)
		if (runner->places[i].line >= 0)
			net_close(runner->places[i].line);
}

static int start(struct runner *runner, struct runner_place *place, struct child_order *order, const int *ours,
                 size_t our_count)
{
	const char *why_not;
	int ends[2];

	if (!channel_open(ends))
		return -1;
	place->process = process_fork(&why_not);
	if (place->process == 0) {
		runner_leave(runner, ours, our_count);
		net_close(ends[0]);
		order->cancel = ends[1];
		watch(order);
	}
	net_close(ends[1]);
	if (place->process < 0) {
		net_close(ends[0]);
		place->process = 0;
		return -1;
	}
	return ends[0];
}

bool runner_start(struct runner *runner, const struct message *ask, const struct question *question,
                  size_t question_size, const struct config *config, const int *ours, size_t our_count)
{
	struct runner_place *place = find_free(runner, ask->code != 0);
	struct child_order order;

	if (!question_is_right(question, question_size, config) || !prepare(question, config, &order))
		return false;
	if (!place) {
		refuse(runner, ask, MESSAGE_OUTCOME_BUSY, 0);
		return true;
	}
	*place = (struct runner_place){ .line = -1, .number = ask->number, .serial = ask->serial };
	place->line = start(runner, place, &order, ours, our_count);
	if (place->line < 0)
		refuse(runner, ask, CHILD_NOT_STARTED, errno);
	return true;
}
