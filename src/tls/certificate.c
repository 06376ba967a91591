#include "tls/certificate.h"

#include "base/address.h"
#include "base/date.h"
#include "base/encoding.h"
#include "tls/der.h"

#include <bearssl.h>

static const struct {
	struct span oid;
	enum tls_key_kind kind;
	size_t point_size;
} curves[] = {
	{ SPAN_INITIALIZER("\x2a\x86\x48\xce\x3d\x03\x01\x07"), TLS_KEY_P256, 65 },
	{ SPAN_INITIALIZER("\x2b\x81\x04\x00\x22"), TLS_KEY_P384, 97 },
	{ SPAN_INITIALIZER("\x2b\x81\x04\x00\x23"), TLS_KEY_P521, 133 },
};

const struct span tls_rsa_oid = SPAN_INITIALIZER("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
const struct span tls_curve_oid = SPAN_INITIALIZER("\x2a\x86\x48\xce\x3d\x02\x01");

bool tls_curve_find(struct span oid, enum tls_key_kind *kind)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (!span_equal(oid, curves[i].oid))
			continue;
		*kind = curves[i].kind;
		return true;
	}
	return false;
}

static enum status read_rsa(struct span bits, struct tls_public_key *key)
{
	struct cursor outer = cursor_of(bits), inner = cursor_of(der_take(&outer, DER_SEQUENCE));
	unsigned size;

	key->kind = TLS_KEY_RSA;
	key->modulus = der_take_unsigned(&inner);
	key->exponent = der_take_unsigned(&inner);
	if (!cursor_at_end(&inner) || !cursor_at_end(&outer))
		return STATUS_TLS_CERTIFICATE_SYNTAX;
	size = span_count_bits(key->modulus);
	return size >= 2048 && size <= 4096 ? STATUS_OK : STATUS_TLS_CERTIFICATE_KEY;
}

enum status tls_public_key_read(struct span key_info, struct tls_public_key *key)
{
	struct cursor whole = cursor_of(key_info), cursor = cursor_of(der_take(&whole, DER_SEQUENCE));
	struct cursor algorithm = cursor_of(der_take(&cursor, DER_SEQUENCE));
	struct span oid = der_take(&algorithm, DER_OID);
	struct span bits = der_take_bits(&cursor);

	*key = (struct tls_public_key){ 0 };
	if (!cursor_at_end(&whole) || !cursor_at_end(&cursor) || algorithm.failed)
		return STATUS_TLS_CERTIFICATE_SYNTAX;
	if (span_equal(oid, tls_rsa_oid))
		return read_rsa(bits, key);
	if (!span_equal(oid, tls_curve_oid) || !tls_curve_find(der_take(&algorithm, DER_OID), &key->kind))
		return STATUS_TLS_CERTIFICATE_KEY;
	if (bits.size != curves[key->kind - TLS_KEY_P256].point_size || bits.data[0] != 4)
		return STATUS_TLS_CERTIFICATE_KEY;
	key->point = bits;
	return STATUS_OK;
}

/* Puts the digits of a time, YYYYMMDDhhmmssZ, into the form that base/date.h reads. */
static int64_t take_time(struct cursor *cursor)
{
	bool is_short = der_is_next(cursor, DER_UTC_TIME);
	struct span digits = der_take(cursor, is_short ? DER_UTC_TIME : DER_TIME);
	uint8_t room[24];
	struct writer text = writer_of(room, sizeof(room));
	int64_t time = 0;

	if (is_short && digits.size > 0) /* 50 to 99 are of the 20th century */
		writer_put_string(&text, digits.data[0] >= '5' ? "19" : "20");
	for (size_t i = 0; i < digits.size; i++) {
		static const char before[] = "\0\0\0\0-\0-\0T\0:\0:\0";
		size_t at = i + (is_short ? 2 : 0);

		if (at < sizeof(before) && before[at] != '\0')
			writer_put_byte(&text, (uint8_t)before[at]);
		writer_put_byte(&text, digits.data[i]);
	}
	if (text.overflowed || !date_read(writer_written(&text), &time))
		cursor->failed = true;
	return time;
}

/* ---- extensions: those that are read; whether a critical one is among the others is BearSSL's to say ---- */

static void read_names(struct cursor *value, struct tls_certificate *certificate)
{
	certificate->names = der_take(value, DER_SEQUENCE);
}

static void read_basic_constraints(struct cursor *value, struct tls_certificate *certificate)
{
	struct cursor inner = cursor_of(der_take(value, DER_SEQUENCE));

	certificate->is_ca = der_is_next(&inner, DER_BOOLEAN) &&
	                     span_equal(der_take(&inner, DER_BOOLEAN), SPAN("\xff"));
}

static void read_usage(struct cursor *value, struct tls_certificate *certificate)
{
	enum { CERTIFICATES = 0x80 >> 5 };
	struct span bits = der_take(value, DER_BIT_STRING);

	certificate->may_certify = bits.size > 1 && bits.data[1] & CERTIFICATES;
}

static void read_extended_usage(struct cursor *value, struct tls_certificate *certificate)
{
	const struct span servers = SPAN("\x2b\x06\x01\x05\x05\x07\x03\x01"), any = SPAN("\x55\x1d\x25\x00");
	struct cursor list = cursor_of(der_take(value, DER_SEQUENCE));

	certificate->is_for_servers = false;
	while (cursor_has_more(&list)) {
		struct span purpose = der_take(&list, DER_OID);

		certificate->is_for_servers |= span_equal(purpose, servers) || span_equal(purpose, any);
	}
	value->failed |= list.failed;
}

static void read_name_constraints(struct cursor *value, struct tls_certificate *certificate)
{
	(void)value;
	certificate->has_constraints = true;
}

static const struct {
	struct span oid;
	void (*read)(struct cursor *value, struct tls_certificate *certificate);
} extensions[] = {
	{ SPAN_INITIALIZER("\x55\x1d\x11"), read_names },
	{ SPAN_INITIALIZER("\x55\x1d\x13"), read_basic_constraints },
	{ SPAN_INITIALIZER("\x55\x1d\x0f"), read_usage },
	{ SPAN_INITIALIZER("\x55\x1d\x25"), read_extended_usage },
	{ SPAN_INITIALIZER("\x55\x1d\x1e"), read_name_constraints },
};

/* None may come twice, or two readers could differ about what it says. */
static void read_extension(struct cursor *list, struct tls_certificate *certificate, unsigned *seen)
{
	struct cursor extension = cursor_of(der_take(list, DER_SEQUENCE)), value;
	struct span oid = der_take(&extension, DER_OID);

	der_skip_optional(&extension, DER_BOOLEAN);
	value = cursor_of(der_take(&extension, DER_OCTET_STRING));
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		if (!span_equal(oid, extensions[i].oid))
			continue;
		list->failed |= (*seen >> i & 1) != 0;
		*seen |= 1U << i;
		extensions[i].read(&value, certificate);
	}
	list->failed |= extension.failed || value.failed;
}

static void read_extensions(struct cursor *rest, struct tls_certificate *certificate)
{
	struct cursor tagged = cursor_of(der_take(rest, DER_CONTEXT | DER_CONSTRUCTED | 3));
	struct cursor list = cursor_of(der_take(&tagged, DER_SEQUENCE));
	unsigned seen = 0;

	while (cursor_has_more(&list))
		read_extension(&list, certificate, &seen);
	rest->failed |= tagged.failed || list.failed;
}

enum status tls_certificate_read(struct span der, struct tls_certificate *certificate)
{
	struct cursor file = cursor_of(der), outer = cursor_of(der_take(&file, DER_SEQUENCE));
	struct cursor body = cursor_of(der_take(&outer, DER_SEQUENCE)), validity;

	*certificate = (struct tls_certificate){ .may_certify = true, .is_for_servers = true };
	der_skip_optional(&body, DER_CONTEXT | DER_CONSTRUCTED | 0); /* version */
	der_take(&body, DER_INTEGER);                                /* serial number */
	der_take(&body, DER_SEQUENCE);                               /* signature's algorithm */
	certificate->issuer = der_take_whole(&body, DER_SEQUENCE);
	validity = cursor_of(der_take(&body, DER_SEQUENCE));
	certificate->not_before = take_time(&validity);
	certificate->not_after = take_time(&validity);
	certificate->subject = der_take_whole(&body, DER_SEQUENCE);
	certificate->key_info = der_take_whole(&body, DER_SEQUENCE);
	der_skip_optional(&body, DER_CONTEXT | 1);
	der_skip_optional(&body, DER_CONTEXT | 2);
	if (cursor_has_more(&body))
		read_extensions(&body, certificate);
	if (!cursor_at_end(&file) || !cursor_at_end(&body) || !cursor_at_end(&validity) || outer.failed)
		return STATUS_TLS_CERTIFICATE_SYNTAX;
	return tls_public_key_read(certificate->key_info, &certificate->key);
}

bool tls_certificate_may_vouch(const struct tls_certificate *certificate)
{
	return certificate->is_ca && certificate->may_certify && certificate->is_for_servers &&
	       !certificate->has_constraints;
}

enum status tls_certificate_check_dates(const struct tls_certificate *certificate, int64_t now)
{
	if (now < certificate->not_before)
		return STATUS_TLS_NOT_YET_VALID;
	return now > certificate->not_after ? STATUS_TLS_EXPIRED : STATUS_OK;
}

/* A star stands for the whole first label of a name of three or more. */
static bool name_covers(struct span pattern, struct span host)
{
	struct span rest = span_skip(host, span_find_byte(host, '.'));

	if (!span_starts_with(pattern, SPAN("*.")))
		return span_equal_ignoring_case(pattern, host);
	return rest.size < host.size && span_find_byte(span_skip(rest, 1), '.') + 1 < rest.size &&
	       span_equal_ignoring_case(span_skip(pattern, 1), rest);
}

bool tls_certificate_is_for(const struct tls_certificate *certificate, struct span host)
{
	struct cursor names = cursor_of(certificate->names);
	uint8_t room[ADDRESS_SIZE_MAX];
	struct span address = span_of(room, address_read(host, room));

	if (host.size > 0 && host.data[host.size - 1] == '.')
		host.size--;
	while (cursor_has_more(&names)) {
		unsigned tag = names.rest.data[0];
		struct span name = der_take(&names, tag);

		if (names.failed)
			break;
		if (tag == (DER_CONTEXT | 7) && address.size > 0 && span_equal(name, address))
			return true;
		if (tag == (DER_CONTEXT | 2) && address.size == 0 && host.size > 0 && name_covers(name, host))
			return true;
	}
	return false;
}

void tls_pin_compute(struct span key_info, uint8_t pin[static TLS_PIN_SIZE])
{
	br_sha256_context digest;

	br_sha256_init(&digest);
	br_sha256_update(&digest, key_info.data, key_info.size);
	br_sha256_out(&digest, pin);
}

void tls_pin_write(struct writer *writer, const uint8_t pin[static TLS_PIN_SIZE])
{
	writer_put_string(writer, "sha256//");
	base64_write(writer, span_of(pin, TLS_PIN_SIZE));
}
