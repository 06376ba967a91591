#include "base/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* What a run leaves behind: "c=" config, "f=" flag, then the operands, or "!" and why not. */
static const struct {
	const char *arguments[8];
	const char *result;
} cases[] = {
	{ { NULL }, "" },
	{ { "-c", "x" }, "c=x " },
	{ { "-cx" }, "c=x " },
	{ { "--config", "x" }, "c=x " },
	{ { "--config=x" }, "c=x " },
	{ { "--config=" }, "c= " },
	{ { "-c", "" }, "c= " },
	{ { "-c", "--" }, "c=-- " },
	{ { "-c", "-f" }, "c=-f " },
	{ { "-c", "x", "-c", "y" }, "c=y " },
	{ { "-f" }, "f= " },
	{ { "--flag" }, "f= " },
	{ { "-fc", "x" }, "c=x f= " },
	{ { "-fcx" }, "c=x f= " },
	{ { "a", "-f", "b", "-c", "x" }, "c=x f= a b " },
	{ { "--", "-f", "--config" }, "-f --config " },
	{ { "a", "--", "-f" }, "a -f " },
	{ { "-", "-f" }, "f= - " },
	{ { "" }, " " },
	{ { "-x" }, "!-x is not an option here" },
	{ { "-fx" }, "!-fx is not an option here" },
	{ { "--x" }, "!--x is not an option here" },
	{ { "--conf", "x" }, "!--conf is not an option here" },
	{ { "--configx", "x" }, "!--configx is not an option here" },
	{ { "-c" }, "!-c needs a value" },
	{ { "-fc" }, "!-fc needs a value" },
	{ { "--config" }, "!--config needs a value" },
	{ { "--flag=x" }, "!--flag=x: this option takes no value" },
	{ { "--host", "x", "a", "--host=y" }, "h=x h=y a " },
	{ { "--host" }, "!--host needs a value" },
	{ { "a", "b", "c" }, "!c is one operand too many" },
};

static void put(struct writer *text, const char *name, const char *value)
{
	writer_put_string(text, name);
	writer_put_string(text, value);
	writer_put_byte(text, ' ');
}

struct given {
	const char *config, *flag;
	struct option_list list;
};

static const struct option table[] = {
	{ 'c', "config", OPTION_VALUE, offsetof(struct given, config), "FILE", "the file\nto read" },
	{ 'f', "flag", OPTION_FLAG, offsetof(struct given, flag), NULL, "a flag" },
	{ 0, "long-only", OPTION_FLAG, offsetof(struct given, flag), NULL, "without a letter" },
	{ 'l', NULL, OPTION_FLAG, offsetof(struct given, flag), NULL, "without a name" },
	{ 0, "host", OPTION_LIST, offsetof(struct given, list), "NAME", "several" },
};

static const struct command command = {
	.name = "do it",
	.summary = "do something",
	.operands = "A [B]",
	.operand_count = 2,
	COMMAND_OPTIONS(table),
	.text = "Does it.\n",
	.notes = "And more.\n",
};

static void test_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *operands[2];
		struct given given = { 0 };
		char storage[8][16], *arguments[8];
		uint8_t room[200], words_room[100];
		struct writer text = writer_of(room, sizeof(room)), words = writer_of(words_room, sizeof(words_room));
		int count = 0, found;

		for (; count < 8 && cases[i].arguments[count]; count++)
			arguments[count] = memcpy(storage[count], cases[i].arguments[count],
						  strlen(cases[i].arguments[count]) + 1);
		found = command_read(&command, count, arguments, &given, operands, &words);
		if (found < 0) {
			writer_put_byte(&text, '!');
			writer_put(&text, writer_written(&words));
		} else {
			if (given.config)
				put(&text, "c=", given.config);
			if (given.flag)
				put(&text, "f=", given.flag);
			for (size_t n = 0; n < given.list.count; n++)
				put(&text, "h=", given.list.values[n]);
			for (int n = 0; n < found; n++)
				put(&text, "", operands[n]);
		}
		writer_put_byte(&text, '\0');
		assert_string_equal((char *)room, cases[i].result);
	}
}

static void test_full_list(void **state)
{
	char name[] = "--host=x";
	char *arguments[OPTION_LIST_MAX + 1];
	struct given given = { 0 };
	uint8_t room[100];
	struct writer words = writer_of(room, sizeof(room));

	(void)state;
	for (size_t i = 0; i <= OPTION_LIST_MAX; i++)
		arguments[i] = name;
	assert_int_equal(command_read(&command, OPTION_LIST_MAX, arguments, &given, NULL, &words), 0);
	assert_int_equal(given.list.count, OPTION_LIST_MAX);
	given.list.count = 0;
	assert_int_equal(command_read(&command, OPTION_LIST_MAX + 1, arguments, &given, NULL, &words), -1);
	assert_true(span_equal(writer_written(&words), SPAN("--host=x is there too often")));
}

static void test_help(void **state)
{
	static const char help[] = "usage: inki do it [OPTION...] A [B]\n"
				   "\n"
				   "Does it.\n"
				   "\n"
				   "  -c, --config FILE   the file\n"
				   "                      to read\n"
				   "  -f, --flag          a flag\n"
				   "      --long-only     without a letter\n"
				   "  -l                  without a name\n"
				   "      --host NAME...  several\n"
				   "\n"
				   "And more.\n";
	uint8_t room[COMMAND_HELP_MAX];
	struct writer text = writer_of(room, sizeof(room));

	(void)state;
	command_write_help(&text, &command);
	writer_put_byte(&text, '\0');
	assert_string_equal((char *)room, help);
	writer_rewind(&text, 0);
	command_write_summary(&text, &command);
	assert_true(span_equal(writer_written(&text), SPAN("  do it               do something\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_full_list),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
