#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "generated/vectors.h"

struct span vector(const char *name)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		if (strcmp(vectors[i].name, name) == 0)
			return span_of(vectors[i].data, vectors[i].size);
	fail_msg("there is no vector %s", name);
	return (struct span){ 0 };
}

struct span vector_of(const char *format, ...)
{
	char name[64];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	return vector(name);
}
