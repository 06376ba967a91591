#include "core/trust.h"

#include "core/audit.h"
#include "core/check.h"
#include "core/now.h"
#include "pgp/describe.h"

enum { LONG_AGO = 1 };

static const struct pgp_certificate *find_certificate(const struct pgp_keyring *keyring,
                                                      const struct table_signer *signer)
{
	const struct span wanted = span_of(signer->fingerprint, signer->size);
	const struct pgp_certificate *certificate = keyring->first;

	while (certificate && !span_equal(pgp_key_fingerprint(&certificate->primary), wanted))
		certificate = certificate->next;
	return certificate;
}

/* How does the key stand now that has signed? */
static struct pgp_standing judge_signer(const struct pgp_keyring *keyring, const struct table_signer *signer,
                                        int64_t now)
{
	const struct span wanted = span_of(signer->key_id, sizeof(signer->key_id));
	const struct pgp_certificate *certificate = find_certificate(keyring, signer);
	const struct pgp_subkey *subkey;

	if (!certificate)
		return (struct pgp_standing){ .status = STATUS_SIGNATURE_UNKNOWN_ISSUER };
	if (span_equal(pgp_key_id(&certificate->primary), wanted))
		return certificate_standing(certificate, NULL, now);
	subkey = certificate->subkeys;
	while (subkey && !span_equal(pgp_key_id(&subkey->key), wanted))
		subkey = subkey->next;
	if (!subkey)
		return (struct pgp_standing){ .status = STATUS_SIGNATURE_UNKNOWN_ISSUER };
	return certificate_standing(certificate, subkey, now);
}

struct trust trust_judge(const struct config_user *user, const struct table_key *key, int64_t now)
{
	struct trust trust = { .status = STATUS_POLICY_SIGNATURES, .until = INT64_MAX };
	size_t trusted = 0;

	if (now < key->signed_at) /* a clock that was set back, to 1970 even, makes nobody's right begin later */
		now = key->signed_at;
	for (size_t i = 0; i < key->signer_count; i++) {
		const struct pgp_standing standing = judge_signer(&user->keyring, &key->signers[i], now);

		if (standing.status == STATUS_OK) {
			trusted++;
			if (standing.end < trust.until)
				trust.until = standing.end;
		} else if (trust.status == STATUS_POLICY_SIGNATURES) {
			trust.status = standing.status;
		}
	}
	if (trusted > 0 && trusted >= user->policy.signatures)
		trust.status = STATUS_OK;
	return trust;
}

static void note_until(struct app *app, int64_t until)
{
	if (until < INT64_MAX && (app->trust_until == 0 || until < app->trust_until))
		app->trust_until = until;
}

void trust_note(struct app *app, const struct table_key *key, int64_t now)
{
	note_until(app, trust_judge(&app->config->users[key->user], key, now).until);
}

static void throw_out(struct app *app, const struct table_key *key, enum status status, int64_t now)
{
	audit_note_drop(app, key, status, now);
	(void)table_bury(app->table, key->user, key->fingerprint.sha256, key->signed_at,
	                 submit_remember_until(app, key->signed_at));
}

/* The number in config of one of the users of app->config, or TABLE_NO_USER. */
static uint32_t new_number(const struct app *app, const struct config *config, size_t user)
{
	size_t number;

	if (user >= app->config->user_count)
		return TABLE_NO_USER;
	number = config_find_user(config, app->config->users[user].name);
	return number < config->user_count ? (uint32_t)number : TABLE_NO_USER;
}

/* Judges all live keys by config. False when the journal is full. */
static bool judge_all(struct app *app, const struct config *config, int64_t now)
{
	struct table_walk walk = table_walk_all();
	struct table_key key;

	app->trust_until = 0;
	while (table_walk_next(app->table, &walk, &key)) {
		const uint32_t number = new_number(app, config, key.user);
		struct trust trust = { .status = STATUS_USER_UNKNOWN };

		if (number != TABLE_NO_USER)
			trust = trust_judge(&config->users[number], &key, now);
		if (trust.status == STATUS_OK) {
			note_until(app, trust.until);
			continue;
		}
		if (!api_has_room_for_lines(app->journal)) {
			app->trust_until = LONG_AGO;
			return false;
		}
		throw_out(app, &key, trust.status, now);
	}
	return true;
}

void trust_sweep(struct app *app, int64_t now)
{
	if (app->trust_until != 0 && now >= app->trust_until)
		(void)judge_all(app, app->config, now);
}

/* Under a greater age older requests may come in: what has overtaken them must be known for longer. */
static void adopt_age(struct app *app, const struct config *config)
{
	const int64_t longer = submit_remember_time(config) - submit_remember_time(app->config);

	if (longer > 0)
		table_keep_longer(app->table, longer);
}

bool trust_adopt(struct app *app, const struct config *config, int64_t now)
{
	uint32_t numbers[CONFIG_USERS];

	now = now_find(app, now);
	if (!judge_all(app, config, now))
		return false;
	for (size_t user = 0; user < CONFIG_USERS; user++)
		numbers[user] = new_number(app, config, user);
	adopt_age(app, config);
	table_renumber(app->table, numbers);
	check_forget(app);
	app->config = config;
	return true;
}
