#include "head_input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

uint8_t *head_copy(const void *bytes, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	return copy;
}

enum status head_read_in_two(const void *input, size_t size, size_t first, size_t limit, struct http_head *head)
{
	uint8_t *part = head_copy(input, first), *whole = head_copy(input, size);
	enum status status;

	http_head_start(head);
	status = http_head_read(head, span_of(part, first), limit);
	if (status == STATUS_MORE)
		status = http_head_read(head, span_of(whole, size), limit);
	free(part);
	free(whole);
	return status;
}

enum status head_read_at_once(const void *input, size_t size, size_t limit)
{
	struct http_head head;

	return head_read_in_two(input, size, 0, limit, &head);
}

void head_expect(const char *name, enum status status, enum status expected)
{
	if (status != expected)
		fail_msg("%s: %s in place of %s", name, status_name(status), status_name(expected));
}
