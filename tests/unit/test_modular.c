/* Our own arithmetic of large numbers beside mbedtls'. INPUTS=number: so many random ones (make arithmetic). */
#include "crypto/modular.h"

#include "crypto/crypto.h"
#include "oracle.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE_MAX_ = MODULAR_BITS_MAX / 8 };

static uint64_t memory[8192];
static struct random source = { 2026 };

static uint8_t random_byte(void)
{
	return (uint8_t)random_below(&source, 256);
}

/* Numbers of the kinds that carries go wrong with: random, few bits set, few bits clear, runs of ones and zeros, small. */
static struct span make_number(uint8_t *room, size_t size)
{
	const uint32_t kind = random_below(&source, 6);
	uint8_t run = 0;

	for (size_t i = 0; i < size; i++) {
		if (random_below(&source, 12) == 0)
			run = (uint8_t)~run;
		room[i] = kind == 0   ? random_byte()
		          : kind == 1 ? 0
		          : kind == 2 ? 0xff
		          : kind == 3 ? run
		          : kind == 4 ? (uint8_t)(i + 8 < size ? 0 : random_byte())
		                      : (uint8_t)(i + 8 < size ? 0xff : random_byte());
	}
	if (kind < 3 && size > 0)
		room[random_below(&source, (uint32_t)size)] ^= (uint8_t)(1U << random_below(&source, 8));
	return span_of(room, size);
}

static size_t random_size(void)
{
	static const size_t usual[] = { 32, 48, 64, 66, 256, 257, 384, 511, 512 };

	return random_below(&source, 2) ? usual[random_below(&source, sizeof(usual) / sizeof(usual[0]))]
	                                : 1 + random_below(&source, random_below(&source, 4) ? 80 : SIZE_MAX_);
}

static uint32_t random_exponent(void)
{
	static const uint32_t usual[] = { 1, 3, 5, 17, 257, 65537, 0x80000001, 0xffffffff };
	const uint32_t any = random_below(&source, 65536) << 16 | random_below(&source, 65536);

	return random_below(&source, 4) ? usual[random_below(&source, sizeof(usual) / sizeof(usual[0]))] : any;
}

static void show(const char *name, struct span number)
{
	print_message("%s ", name);
	for (size_t i = 0; i < number.size; i++)
		print_message("%02x", number.data[i]);
	print_message("\n");
}

static void test_random(void **state)
{
	const char *told = getenv("INPUTS");
	const unsigned long inputs = told ? strtoul(told, NULL, 10) : getenv("EMULATED") ? 200 : 2000;
	uint8_t rooms[3][SIZE_MAX_];
	unsigned long counted = 0;

	(void)state;
	for (unsigned long i = 0; i < inputs; i++) {
		const size_t size = random_size();
		struct span modulus = make_number(rooms[0], size), a = make_number(rooms[1], size),
			    b = make_number(rooms[2], size);
		const uint32_t exponent = random_exponent();
		const char *differs;

		rooms[0][size - 1] |= 1;
		rooms[0][0] |= (uint8_t)(random_below(&source, 2) ? 0x80 : 0);
		differs = oracle_differs(modulus, a, b, exponent);
		counted += !differs;
		if (!differs || *differs == '\0')
			continue;
		show("modulus", modulus);
		show("a", a);
		show("b", b);
		fail_msg("input %lu: the %s differs (exponent %u)", i, differs, (unsigned)exponent);
	}
	print_message("%lu inputs, %lu of them with a modulus\n", inputs, counted);
	assert_true(counted > inputs / 2);
}

static void test_modulus(void **state)
{
	static uint8_t large[SIZE_MAX_ + 2];
	struct modulus modulus;

	(void)state;
	assert_false(modulus_start(&modulus, (struct span){ 0 }));
	assert_false(modulus_start(&modulus, SPAN("\0")));
	assert_false(modulus_start(&modulus, SPAN("\0\1")));
	assert_false(modulus_start(&modulus, SPAN("\2")));
	assert_false(modulus_start(&modulus, SPAN("\xff\xfe")));
	assert_true(modulus_start(&modulus, SPAN("\0\3")));
	assert_int_equal(modulus.count, 1);
	large[sizeof(large) - 1] = 1;
	large[2] = 0x80;
	assert_true(modulus_start(&modulus, span_of(large, sizeof(large))));
	assert_int_equal(modulus.count, MODULAR_LIMBS_MAX);
	large[1] = 1;
	assert_false(modulus_start(&modulus, span_of(large, sizeof(large))));
}

static void test_limbs(void **state)
{
	const struct span bytes = SPAN("\0\0\1\2\3\4\5\6\7\x8\x9");
	limb number[3] = { 1, 2, 3 };
	uint8_t written[30];

	(void)state;
	assert_true(limbs_read(number, 3, bytes));
	memset(written, 0xff, sizeof(written));
	limbs_write(number, 3, written, 11);
	assert_memory_equal(written, bytes.data, 11);
	limbs_write(number, 3, written, 30);
	for (size_t i = 0; i < 21; i++)
		assert_int_equal(written[i], 0);
	assert_memory_equal(written + 21, "\1\2\3\4\5\6\7\x8\x9", 9);
	assert_false(limbs_read(number, 1, SPAN("\1\0\0\0\0\0\0\0\0")));
	assert_true(limbs_read(number, 3, (struct span){ 0 }));
	assert_true(limbs_are_zero(number, 3));
	number[2] = 1;
	assert_false(limbs_are_zero(number, 3));
	assert_true(limbs_are_zero(number, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limbs),
		cmocka_unit_test(test_modulus),
		cmocka_unit_test(test_random),
	};

	crypto_start(memory, sizeof(memory));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
