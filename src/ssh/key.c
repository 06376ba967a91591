#include "ssh/key.h"

#include "base/cursor.h"
#include "crypto/verify.h"

/* What is inside a blob after the name of its type. */
enum blob_shape { BLOB_ED25519, BLOB_ECDSA, BLOB_RSA };

static const struct {
	const char *name;
	enum blob_shape shape;
	bool has_application; /* a security key's blob ends with the application it is for */
	enum ecdsa_curve curve;
	const char *curve_name;
} types[SSH_KEY_TYPE_COUNT] = {
	[SSH_KEY_ED25519] = { .name = "ssh-ed25519", .shape = BLOB_ED25519 },
	[SSH_KEY_SK_ED25519] = { .name = "sk-ssh-ed25519@openssh.com", .shape = BLOB_ED25519, .has_application = true },
	[SSH_KEY_ECDSA_P256] = { "ecdsa-sha2-nistp256", BLOB_ECDSA, false, ECDSA_P256, "nistp256" },
	[SSH_KEY_ECDSA_P384] = { "ecdsa-sha2-nistp384", BLOB_ECDSA, false, ECDSA_P384, "nistp384" },
	[SSH_KEY_ECDSA_P521] = { "ecdsa-sha2-nistp521", BLOB_ECDSA, false, ECDSA_P521, "nistp521" },
	[SSH_KEY_SK_ECDSA_P256] = { "sk-ecdsa-sha2-nistp256@openssh.com", BLOB_ECDSA, true, ECDSA_P256, "nistp256" },
	[SSH_KEY_RSA] = { .name = "ssh-rsa", .shape = BLOB_RSA },
};

const char *ssh_key_type_name(enum ssh_key_type type)
{
	return types[type].name;
}

bool ssh_key_type_find(struct span name, enum ssh_key_type *type)
{
	for (unsigned i = 0; i < SSH_KEY_TYPE_COUNT; i++) {
		if (span_equal(name, span_of_string(types[i].name))) {
			*type = (enum ssh_key_type)i;
			return true;
		}
	}
	return false;
}

/* string (RFC 4251 section 5) */
static struct span take_string(struct cursor *cursor)
{
	return cursor_take(cursor, cursor_take_u32(cursor));
}

/* mpint (RFC 4251 section 5): positive and in its shortest form; empty for anything else. */
static struct span take_number(struct cursor *cursor)
{
	struct span number = take_string(cursor);

	if (number.size == 0 || number.data[0] & 0x80)
		return (struct span){ 0 };
	if (number.data[0] == 0) {
		number = span_skip(number, 1);
		if (number.size == 0 || !(number.data[0] & 0x80))
			return (struct span){ 0 };
	}
	return number;
}

static bool read_ed25519(struct cursor *cursor)
{
	struct span point = take_string(cursor);

	return point.size == 32 && ed25519_check_key(point.data);
}

/* A curve that this build cannot compute on is left to sshd to check. */
static bool read_ecdsa(struct cursor *cursor, enum ssh_key_type type)
{
	struct span curve_name = take_string(cursor);
	struct span point = take_string(cursor);
	size_t field_size = (ecdsa_curve_bits(types[type].curve) + 7) / 8;

	return span_equal(curve_name, span_of_string(types[type].curve_name)) && point.size == 1 + 2 * field_size &&
	       point.data[0] == 4 &&
	       (!ecdsa_curve_is_supported(types[type].curve) || ecdsa_check_key(types[type].curve, point));
}

static bool read_rsa(struct cursor *cursor, unsigned *bits)
{
	struct span exponent = take_number(cursor);
	struct span modulus = take_number(cursor);

	*bits = span_count_bits(modulus);
	return exponent.size > 0 && (exponent.data[exponent.size - 1] & 1) && span_count_bits(exponent) >= 2 &&
	       *bits >= 1024 && *bits <= 16384 && (modulus.data[modulus.size - 1] & 1);
}

enum status ssh_key_read_blob(struct span blob, struct ssh_key *key)
{
	struct cursor cursor = cursor_of(blob);
	bool good = false;

	*key = (struct ssh_key){ .blob = blob };
	if (blob.size > SSH_KEY_BLOB_MAX)
		return STATUS_SSH_KEY_TOO_LARGE;
	if (!ssh_key_type_find(take_string(&cursor), &key->type))
		return STATUS_SSH_KEY_TYPE;
	switch (types[key->type].shape) {
	case BLOB_ED25519:
		good = read_ed25519(&cursor);
		break;
	case BLOB_ECDSA:
		good = read_ecdsa(&cursor, key->type);
		break;
	case BLOB_RSA:
		good = read_rsa(&cursor, &key->rsa_bits);
		break;
	}
	if (types[key->type].has_application && take_string(&cursor).size == 0)
		good = false;
	return good && cursor_at_end(&cursor) ? STATUS_OK : STATUS_SSH_KEY_BLOB;
}
