#include "host/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

bool random_is_ready(void)
{
	uint8_t byte;

	return getrandom(&byte, sizeof(byte), GRND_NONBLOCK) == (ssize_t)sizeof(byte);
}

void random_take(uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t got = getrandom(bytes, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort(); /* a key that could be guessed is worse than none */
		bytes += got;
		size -= (size_t)got;
	}
}
