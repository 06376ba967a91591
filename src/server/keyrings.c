#include "server/keyrings.h"

#include "base/encoding.h"
#include "host/log.h"
#include "host/tell.h"
#include "pgp/describe.h"

/* one line at a time */
enum { TEXT_MAX = 4096 };

static void write_fingerprint(struct writer *text, const struct pgp_key *key)
{
	hex_write_upper(text, pgp_key_fingerprint(key));
}

/* Are there fewer certificates that may sign now than each of the user's requests needs? */
static bool is_locked(const struct config_user *user, int64_t now)
{
	return pgp_keyring_count_signers(&user->keyring, now) < user->policy.signatures;
}

static void write_warning(struct writer *text, const struct config_user *user, int64_t now)
{
	writer_put_string(text, "no request for user ");
	writer_put(text, user->name);
	writer_put_string(text, " can be taken now: of the certificates in the keyring ");
	writer_put_number(text, (int64_t)pgp_keyring_count_signers(&user->keyring, now));
	writer_put_string(text, " may sign, and ");
	writer_put_number(text, user->policy.signatures);
	writer_put_string(text, user->policy.signatures == 1 ? " is needed" : " are needed");
}

static bool print_key(struct writer *text, const struct pgp_certificate *certificate, const struct pgp_subkey *subkey,
                      int64_t now)
{
	const struct pgp_standing standing = certificate_standing(certificate, subkey, now);
	const struct pgp_key *key = subkey ? &subkey->key : &certificate->primary;

	writer_put_string(text, subkey ? "    subkey " : "    primary key ");
	write_fingerprint(text, key);
	writer_put_string(text, ", ");
	pgp_key_write_algorithm(text, key);
	writer_put_string(text, ": ");
	pgp_standing_write(text, &standing);
	writer_put_byte(text, '\n');
	return tell_written(text);
}

static bool print_certificate(struct writer *text, const struct pgp_certificate *certificate, int64_t now)
{
	const struct pgp_subkey *subkey = certificate->subkeys;
	bool works;

	writer_put_string(text, "  ");
	certificate_write_name(text, certificate, now);
	writer_put_byte(text, '\n');
	works = print_key(text, certificate, NULL, now);
	for (; subkey && works; subkey = subkey->next)
		works = print_key(text, certificate, subkey, now);
	return works;
}

static bool print_user(struct writer *text, const struct config_user *user, int64_t now)
{
	bool works;

	writer_put_string(text, "user ");
	writer_put(text, user->name);
	writer_put_string(text, ": ");
	writer_put_number(text, (int64_t)user->keyring.count);
	writer_put_string(text, user->keyring.count == 1 ? " certificate\n" : " certificates\n");
	if (is_locked(user, now)) {
		writer_put_string(text, "  warning: ");
		write_warning(text, user, now);
		writer_put_byte(text, '\n');
	}
	works = tell_written(text);
	for (const struct pgp_certificate *each = user->keyring.first; each && works; each = each->next)
		works = print_certificate(text, each, now);
	return works;
}

bool keyrings_print(const struct config *config, int64_t now)
{
	uint8_t room[TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));
	bool works = true;

	for (size_t i = 0; i < config->user_count && works; i++)
		works = print_user(&text, &config->users[i], now);
	return works;
}

void keyrings_log_warnings(const struct config *config, int64_t now)
{
	uint8_t room[TEXT_MAX];
	struct writer text = writer_of(room, sizeof(room));

	for (size_t i = 0; i < config->user_count; i++) {
		if (!is_locked(&config->users[i], now))
			continue;
		writer_rewind(&text, 0);
		write_warning(&text, &config->users[i], now);
		log_line(LOG_LEVEL_WARN, writer_written(&text));
	}
}
