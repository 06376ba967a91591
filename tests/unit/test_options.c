#include "base/options.h"

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
	{ { "a", "b", "c" }, "!c is one operand too many" },
};

static void put(struct writer *text, const char *name, const char *value)
{
	writer_put_string(text, name);
	writer_put_string(text, value);
	writer_put_byte(text, ' ');
}

static void test_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *config = NULL, *flag = NULL, *operands[2];
		const struct option table[] = {
			{ 'c', "config", OPTION_VALUE, &config },
			{ 'f', "flag", OPTION_FLAG, &flag },
			{ 0, "long-only", OPTION_FLAG, &flag },
			{ 'l', NULL, OPTION_FLAG, &flag },
		};
		char storage[8][16], *arguments[8];
		uint8_t room[200], words_room[100];
		struct writer text = writer_of(room, sizeof(room)), words = writer_of(words_room, sizeof(words_room));
		int count = 0, found;

		for (; count < 8 && cases[i].arguments[count]; count++)
			arguments[count] = memcpy(storage[count], cases[i].arguments[count],
						  strlen(cases[i].arguments[count]) + 1);
		found = options_read_all(arguments, count, table, 4, operands, 2, &words);
		if (found < 0) {
			writer_put_byte(&text, '!');
			writer_put(&text, writer_written(&words));
		} else {
			if (config)
				put(&text, "c=", config);
			if (flag)
				put(&text, "f=", flag);
			for (int n = 0; n < found; n++)
				put(&text, "", operands[n]);
		}
		writer_put_byte(&text, '\0');
		assert_string_equal((char *)room, cases[i].result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_options) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
