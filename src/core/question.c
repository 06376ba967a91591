#include "core/question.h"

#include "base/date.h"
#include "base/encoding.h"
#include "json/write.h"

#include <string.h>

static const char *const action_names[CHECK_ACTION_COUNT] = {
	[CHECK_ADD] = "add",
	[CHECK_REMOVE] = "remove",
	[CHECK_SERVE] = "serve",
};

static size_t size_limit(unsigned field)
{
	static const uint16_t limits[] = {
		[QUESTION_KEY] = QUESTION_KEY_MAX,
		[QUESTION_FINGERPRINT] = QUESTION_FINGERPRINT_MAX,
		[QUESTION_REASON] = QUESTION_REASON_MAX,
		[QUESTION_REMOTE] = QUESTION_REMOTE_MAX,
	};

	if (field < QUESTION_SIGNERS)
		return limits[field];
	return (field - QUESTION_SIGNERS) % 2 == 0 ? QUESTION_SIGNER_MAX : QUESTION_USER_ID_MAX;
}

/* Where a field begins. */
static size_t place_of(const struct question *question, unsigned field)
{
	size_t place = 0;

	for (unsigned i = 0; i < field; i++)
		place += question->sizes[i];
	return place;
}

static void put(struct question *question, unsigned field, struct span value)
{
	struct writer writer = writer_of(question->text + place_of(question, field), size_limit(field));

	printable_write(&writer, span_first(value, size_limit(field)));
	question->sizes[field] = (uint16_t)writer.used;
}

void question_put(struct question *question, enum question_field field, struct span value)
{
	put(question, field, value);
}

void question_put_key(struct question *question, struct span line, const struct ssh_fingerprint *fingerprint)
{
	uint8_t room[QUESTION_FINGERPRINT_MAX];
	struct writer writer = writer_of(room, sizeof(room));

	put(question, QUESTION_KEY, line);
	ssh_fingerprint_write_sha256(&writer, fingerprint->sha256);
	put(question, QUESTION_FINGERPRINT, writer_written(&writer));
}

void question_put_signer(struct question *question, struct span fingerprint, struct span user_id)
{
	const unsigned field = QUESTION_SIGNERS + 2 * question->signer_count;
	uint8_t room[QUESTION_SIGNER_MAX];
	struct writer digits = writer_of(room, sizeof(room));

	if (question->signer_count == TABLE_SIGNERS_MAX)
		return;
	hex_write_upper(&digits, fingerprint);
	put(question, field, writer_written(&digits));
	put(question, field + 1, user_id);
	question->signer_count++;
}

struct span question_field(const struct question *question, unsigned field)
{
	return span_of(question->text + place_of(question, field), question->sizes[field]);
}

size_t question_size(const struct question *question)
{
	return offsetof(struct question, text) + place_of(question, QUESTION_FIELD_COUNT);
}

/* ---- looked at as an enemy's ---- */

static bool is_field_right(const struct question *question, unsigned field)
{
	const struct span text = question_field(question, field);
	bool is_used = field < QUESTION_SIGNERS + 2 * question->signer_count;

	return (is_used || text.size == 0) && utf8_is_valid(text) && !utf8_has_control(text);
}

bool question_is_of_user(const struct question *question, size_t size, const struct config *config)
{
	if (size < offsetof(struct question, text) || question->signer_count > TABLE_SIGNERS_MAX)
		return false;
	for (unsigned i = 0; i < QUESTION_FIELD_COUNT; i++)
		if (question->sizes[i] > size_limit(i))
			return false;
	if (size != question_size(question) || question->expire < 0 || question->expire > DATE_MAX)
		return false;
	for (unsigned i = 0; i < QUESTION_FIELD_COUNT; i++)
		if (!is_field_right(question, i))
			return false;
	return question->user < config->user_count;
}

bool question_is_right(const struct question *question, size_t size, const struct config *config)
{
	if (!question_is_of_user(question, size, config) || question->check >= config->check_count ||
	    question->action >= CHECK_ACTION_COUNT)
		return false;
	return config_checks_for(config, &config->users[question->user], (enum config_check_action)question->action) >>
	               question->check &
	       1;
}

/* ---- as the program sees it ---- */

static void write_field(struct writer *writer, const char *name, struct span value)
{
	writer_put_string(writer, "\"");
	writer_put_string(writer, name);
	writer_put_string(writer, "\":");
	json_write_string(writer, value);
	writer_put_byte(writer, ',');
}

static void write_known(struct writer *writer, const char *name, struct span value)
{
	if (value.size > 0)
		write_field(writer, name, value);
}

static void write_signers(struct writer *writer, const struct question *question)
{
	writer_put_string(writer, "\"signers\":[");
	for (unsigned i = 0; i < question->signer_count; i++) {
		const unsigned field = QUESTION_SIGNERS + 2 * i;

		writer_put_string(writer, i == 0 ? "{" : ",{");
		write_field(writer, "fingerprint", question_field(question, field));
		writer_put_string(writer, "\"user_id\":");
		json_write_string(writer, question_field(question, field + 1));
		writer_put_byte(writer, '}');
	}
	writer_put_string(writer, "]}\n");
}

static struct span expire_text(const struct question *question, uint8_t *room, size_t size)
{
	struct writer writer = writer_of(room, size);

	if (question->expire > 0)
		date_write(&writer, question->expire);
	return writer_written(&writer);
}

void question_write_json(struct writer *writer, const struct question *question, const struct config *config)
{
	uint8_t room[64];

	writer_put_byte(writer, '{');
	write_field(writer, "check", config->checks[question->check].name);
	write_field(writer, "action", span_of_string(action_names[question->action]));
	write_field(writer, "user", config->users[question->user].name);
	write_field(writer, "host", config->host);
	write_known(writer, "key", question_field(question, QUESTION_KEY));
	write_known(writer, "fingerprint", question_field(question, QUESTION_FINGERPRINT));
	write_known(writer, "expire", expire_text(question, room, sizeof(room)));
	write_known(writer, "reason", question_field(question, QUESTION_REASON));
	write_field(writer, "remote", question_field(question, QUESTION_REMOTE));
	write_signers(writer, question);
}

struct environment {
	struct writer *writer;
	const char **variables;
	size_t count;
};

/* Returns the writer for the value. */
static struct writer *start_variable(struct environment *environment, const char *name)
{
	struct writer *writer = environment->writer;

	environment->variables[environment->count++] = (const char *)writer->data + writer->used;
	writer_put_string(writer, name);
	writer_put_byte(writer, '=');
	return writer;
}

static void put_variable(struct environment *environment, const char *name, struct span value)
{
	struct writer *writer = start_variable(environment, name);

	writer_put(writer, value);
	writer_put_byte(writer, '\0');
}

static void put_signers(struct environment *environment, const struct question *question)
{
	struct writer *writer = start_variable(environment, "INKI_SIGNERS");

	for (unsigned i = 0; i < question->signer_count; i++) {
		writer_put_string(writer, i == 0 ? "" : " ");
		writer_put(writer, question_field(question, QUESTION_SIGNERS + 2 * i));
	}
	writer_put_byte(writer, '\0');
}

bool question_write_environment(struct writer *writer, const struct question *question, const struct config *config,
                                const char *variables[static QUESTION_VARIABLES_MAX])
{
	struct environment environment = { .writer = writer, .variables = variables };
	uint8_t room[64];

	put_variable(&environment, "PATH", SPAN("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
	put_variable(&environment, "INKI_CHECK", config->checks[question->check].name);
	put_variable(&environment, "INKI_ACTION", span_of_string(action_names[question->action]));
	put_variable(&environment, "INKI_USER", config->users[question->user].name);
	put_variable(&environment, "INKI_HOST", config->host);
	put_variable(&environment, "INKI_KEY", question_field(question, QUESTION_KEY));
	put_variable(&environment, "INKI_FINGERPRINT", question_field(question, QUESTION_FINGERPRINT));
	put_variable(&environment, "INKI_EXPIRE", expire_text(question, room, sizeof(room)));
	put_variable(&environment, "INKI_REASON", question_field(question, QUESTION_REASON));
	put_variable(&environment, "INKI_REMOTE", question_field(question, QUESTION_REMOTE));
	put_variable(&environment, "INKI_SIGNER_NAME", question_field(question, QUESTION_SIGNERS + 1));
	put_signers(&environment, question);
	variables[environment.count] = NULL;
	return !writer->overflowed && environment.count < QUESTION_VARIABLES_MAX;
}
