#include "server/make_certificate.h"

#include "base/memory.h"
#include "host/file.h"
#include "host/random.h"
#include "host/tell.h"
#include "tls/make.h"

enum { CERTIFICATE_MODE = 0644, KEY_MODE = 0600 };

static int fail(const char *before, struct span what, const char *after)
{
	uint8_t room[FILE_PATH_MAX + 512];
	struct writer words = writer_of(room, sizeof(room));

	writer_put_string(&words, before);
	writer_put(&words, what);
	writer_put_string(&words, after);
	return tell_failure(writer_written(&words));
}

/* Which names; their number, or 0 when that was told. */
static size_t find_names(const struct config *config, const struct option_list *hosts,
                         struct span names[static TLS_MAKE_NAMES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < hosts->count && i < TLS_MAKE_NAMES_MAX; i++)
		names[count++] = span_of_string(hosts->values[i]);
	if (count == 0) {
		names[count++] = config->host;
		names[count++] = SPAN("localhost");
	}
	for (size_t i = 0; i < count; i++) {
		if (tls_make_takes_name(names[i]))
			continue;
		fail("", names[i], " is neither a DNS name nor an address; name the host with --host");
		return 0;
	}
	return count;
}

static bool write_file(struct span path, unsigned mode, struct span bytes)
{
	uint8_t room[256];
	struct writer why = writer_of(room, sizeof(room));
	const char *why_not;

	if (file_create(path, mode, bytes, &why_not))
		return true;
	writer_put_string(&why, ": ");
	writer_put_string(&why, why_not);
	writer_put_string(&why, "; nothing was made");
	writer_put_byte(&why, '\0');
	fail("cannot make ", path, (const char *)room);
	return false;
}

static int print(const struct config *config, const struct tls_made *made)
{
	uint8_t room[2 * FILE_PATH_MAX + 256];
	struct writer text = writer_of(room, sizeof(room));

	writer_put_string(&text, "certificate ");
	writer_put(&text, config->tls_certificate);
	writer_put_string(&text, "\nkey         ");
	writer_put(&text, config->tls_key);
	writer_put_string(&text, "\nfor clients --pinnedpubkey ");
	tls_pin_write(&text, made->pin);
	writer_put_byte(&text, '\n');
	return tell_result(writer_written(&text));
}

/* The key first: a certificate without its key would be in the way of the next try. */
static int write_files(const struct config *config, const struct tls_made *made)
{
	if (!write_file(config->tls_key, KEY_MODE, writer_written(&made->key)))
		return TELL_FAILED;
	if (!write_file(config->tls_certificate, CERTIFICATE_MODE, writer_written(&made->certificate))) {
		file_remove(config->tls_key);
		return TELL_FAILED;
	}
	return print(config, made);
}

int make_certificate(const struct config *config, const struct option_list *hosts)
{
	uint8_t certificate[TLS_MAKE_PEM_MAX], key[TLS_MAKE_PEM_MAX], entropy[TLS_ENTROPY_SIZE];
	struct tls_made made = {
		.certificate = writer_of(certificate, sizeof(certificate)),
		.key = writer_of(key, sizeof(key)),
	};
	struct span names[TLS_MAKE_NAMES_MAX];
	size_t count = find_names(config, hosts, names);
	int code = TELL_FAILED;

	if (count == 0)
		return code;
	if (config->tls_certificate.size == 0)
		return tell_failure(SPAN("the configuration has no tls; add tls: {certificate: FILE, key: FILE}, "
		                         "and tls: true to a listener"));
	if (!random_is_ready())
		tell_note(SPAN("waiting for the system's entropy"));
	random_take(entropy, sizeof(entropy));
	if (tls_make(&made, names, count, entropy))
		code = write_files(config, &made);
	else
		tell_failure(SPAN("the certificate would be too long; give it fewer names"));
	memory_wipe(entropy, sizeof(entropy));
	memory_wipe(key, sizeof(key));
	return code;
}
