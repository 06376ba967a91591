/* Hands the bytes of a head to the reader, so that the sanitizer sees what is read behind them. */
#ifndef INKI_TESTS_UNIT_HEAD_INPUT_H
#define INKI_TESTS_UNIT_HEAD_INPUT_H

#include "http/head.h"

enum { HEAD_LIMIT = 4096 };

/* Exactly so large; the caller frees it. */
uint8_t *head_copy(const void *bytes, size_t size);

/* Reads size bytes of input, of which the first ones come alone at first, and stand elsewhere then. */
enum status head_read_in_two(const void *input, size_t size, size_t first, size_t limit, struct http_head *head);
enum status head_read_at_once(const void *input, size_t size, size_t limit);

/* Fails the test of that name if the two differ. */
void head_expect(const char *name, enum status status, enum status expected);

#endif
