#include "base/address.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_ports(void **state)
{
	static const struct {
		const char *text;
		int port; /* -1: refused */
	} cases[] = {
		{ "0", 0 }, { "1", 1 }, { "80", 80 }, { "3000", 3000 }, { "65535", 65535 },
		{ "", -1 }, { "65536", -1 }, { "99999", -1 }, { "100000", -1 }, { "080", -1 }, { "00", -1 }, { "+80", -1 },
		{ "-1", -1 }, { " 80", -1 }, { "80 ", -1 }, { "8o", -1 }, { "0x50", -1 }, { "4294967376", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint16_t port;
		bool works = address_read_port(span_of_string(cases[i].text), &port);

		assert_int_equal(works ? port : -1, cases[i].port);
	}
}

/* Whatever the text says, the C library reads it as the same address. */
static void test_texts(void **state)
{
	static const char *const texts[] = {
		"::", "::1", "1::", "2001:db8::1", "2001:db8:0:1:1:1:1:1", "2001:db8::1:0:0:1", "1:0:0:2::3", "fe80::1:2:3:4",
		"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1:2:3:4:5:6::", "::3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "::ffff:c000:201",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a0:b00:c000:d:0:f::", "0.0.0.0", "192.0.2.1", "255.255.255.255",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint8_t address[16], again[16], room[ADDRESS_TEXT_MAX + 1];
		struct writer text = writer_of(room, sizeof(room));
		int family = strchr(texts[i], ':') ? AF_INET6 : AF_INET;

		assert_int_equal(inet_pton(family, texts[i], address), 1);
		if (family == AF_INET6)
			address_write_ipv6(&text, address);
		else
			address_write_ipv4(&text, address);
		writer_put_byte(&text, '\0');
		assert_false(text.overflowed);
		assert_int_equal(inet_pton(family, (char *)room, again), 1);
		assert_memory_equal(address, again, family == AF_INET6 ? 16 : 4);
		/* two of them are not in the one form of RFC 5952 themselves: a lone zero group stays */
		if (strcmp(texts[i], "1:2:3:4:5:6:7::") != 0)
			assert_string_equal((char *)room, texts[i]);
		else
			assert_string_equal((char *)room, "1:2:3:4:5:6:7:0");
	}
}

/* Whom the limits count an address as, in the hex digits of the number. */
static void test_sources(void **state)
{
	static const struct {
		const char *address;
		uint64_t source;
	} cases[] = {
		{ "192.0.2.1", 0xc0000201 },
		{ "::ffff:192.0.2.1", 0xc0000201 },
		{ "::fffe:192.0.2.1", 0 },
		{ "::1:ffff:192.0.2.1", 0 },
		{ "255.255.255.255", 0xffffffff },
		{ "::1", 0 },
		{ "2001:db8:1:2::", 0x20010db800010002 },
		{ "2001:db8:1:2:ffff:ffff:ffff:ffff", 0x20010db800010002 },
		{ "2001:db8:1:3::", 0x20010db800010003 },
		{ "fe80::1", 0xfe80000000000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int family = strchr(cases[i].address, ':') ? AF_INET6 : AF_INET;
		uint8_t address[16];

		assert_int_equal(inet_pton(family, cases[i].address, address), 1);
		assert_int_equal(family == AF_INET ? address_source_ipv4(address) : address_source_ipv6(address),
		                 cases[i].source);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_ports), cmocka_unit_test(test_texts),
		                            cmocka_unit_test(test_sources) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
