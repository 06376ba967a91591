/*
 * What an assertion of a part does when it does not hold: it ends the program. The C library's own would say where before, and brings
 * 10 kB of printf for that, which nothing else here needs.
 */
void __assert_fail(const char *condition, const char *file, int line, const char *function);

void __assert_fail(const char *condition, const char *file, int line, const char *function)
{
	(void)condition;
	(void)file;
	(void)line;
	(void)function;
	__builtin_trap();
}
