#include "conf/settings.h"

#include "base/status.h"
#include "conf/value.h"
#include "tls/identity.h"

enum { PATH_BYTES_MAX = 4095 };

static bool read_path(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	struct conf_path *path = field;

	(void)key;
	path->place = node->place;
	return conf_is_path(node, PATH_BYTES_MAX) && conf_copy(reader, node, &path->path);
}

static const struct conf_type path_type = { read_path, "the path of a PEM file from / on" };

enum { CERTIFICATE, KEY };

static const struct conf_key keys[] = {
	[CERTIFICATE] = { "certificate", &path_type, CONF_FIELD(struct conf_tls, certificate) },
	[KEY] = { "key", &path_type, CONF_FIELD(struct conf_tls, key) },
};

static bool read_tls(struct conf_reader *reader, const struct conf_key *key, const struct conf_node *node, void *field)
{
	static const struct conf_mapping mapping = { keys, sizeof(keys) / sizeof(keys[0]) };
	uint32_t seen;

	(void)key;
	if (!IS_ENABLED(CONFIG_TLS))
		return conf_error(reader, node->place, "this inki was built without TLS (CONFIG_TLS); take tls out");
	if (!conf_read_mapping(reader, &mapping, node, field, &seen))
		return false;
	if (seen != (1 << CERTIFICATE | 1 << KEY))
		return conf_error(reader, node->place, "tls has both a certificate and a key, each the path of a file");
	return true;
}

const struct conf_type conf_tls_type = { read_tls, "a mapping of certificate and key, each the path of a PEM file" };

/* line: the wrong one of the file; 0: none */
static bool refuse_file(struct conf_reader *reader, const struct conf_path *file, const char *name, size_t line,
                        const char *words)
{
	struct writer *error = conf_error_start(reader, file->place);

	writer_put_string(error, name);
	writer_put_byte(error, ' ');
	conf_write_quoted(error, file->path);
	if (line > 0) {
		writer_put_string(error, ": line ");
		writer_put_number(error, (int64_t)line);
	}
	writer_put(error, SPAN(": "));
	writer_put_string(error, words);
	return false;
}

static bool read_file(struct conf_reader *reader, const struct conf_path *file, const char *name,
                      struct tls_identity *identity,
                      enum status (*read)(struct tls_identity *, struct span, struct arena *, size_t *))
{
	const struct conf_input *input = reader->input;
	const char *why_not = "it cannot be read";
	struct span pem;
	enum status status;
	size_t line;

	if (!input->read_file(input->context, file->path, &pem, &why_not))
		return refuse_file(reader, file, name, 0, why_not);
	status = read(identity, pem, reader->arena, &line);
	return status == STATUS_OK || refuse_file(reader, file, name, line, status_words(status));
}

bool conf_tls_settle(struct conf_reader *reader, struct conf_settings *settings)
{
	const struct conf_tls *tls = &settings->tls;
	struct tls_identity *identity;

	if (!IS_ENABLED(CONFIG_TLS) && tls->listener.line > 0)
		return conf_error(reader, tls->listener, "this inki was built without TLS (CONFIG_TLS); take tls out");
	if (tls->listener.line > 0 && tls->certificate.path.size == 0)
		return conf_error(reader, tls->listener,
		                  "tls: true needs a certificate; add tls: {certificate: FILE, key: FILE}");
	if (tls->certificate.path.size == 0)
		return true;
	if (tls->listener.line == 0)
		return conf_error(reader, tls->certificate.place,
		                  "nothing would be encrypted: no listener below listen has tls: true");
	settings->config.tls_certificate = tls->certificate.path;
	settings->config.tls_key = tls->key.path;
	if (reader->input->without_tls)
		return true;
	identity = arena_take(reader->arena, sizeof(*identity));
	if (!identity)
		return refuse_file(reader, &tls->certificate, "certificate", 0, status_words(STATUS_ARENA_FULL));
	settings->config.tls = identity;
	return read_file(reader, &tls->certificate, "certificate", identity, tls_identity_read_certificate) &&
	       read_file(reader, &tls->key, "key", identity, tls_identity_read_key);
}
