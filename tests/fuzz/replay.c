/* Stands in for libFuzzer: runs a fuzzer once for each file that is named on the command line. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static void replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	FUZZ_CHECK(file && fseek(file, 0, SEEK_END) == 0);
	size = ftell(file);
	FUZZ_CHECK(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
	data = malloc(size ? (size_t)size : 1);
	FUZZ_CHECK(data && fread(data, 1, (size_t)size, file) == (size_t)size);
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
}

int main(int count, char **paths)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&count, &paths);
	for (int i = 1; i < count; i++) {
		/* the last one ended it */
		fprintf(stderr, "input: %s\n", paths[i]);
		replay(paths[i]);
	}
	return 0;
}
