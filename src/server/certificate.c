#include "server/certificate.h"

#include "base/date.h"
#include "host/file.h"
#include "host/log.h"
#include "tls/identity.h"

static void write_words(struct writer *text, const struct config *config)
{
	writer_put_string(text, "tls certificate ");
	writer_put(text, config->tls_certificate);
	writer_put_string(text, " valid until ");
	date_write(text, config->tls->certificate.not_after);
}

static void write_pin(struct writer *text, const struct config *config)
{
	writer_put_string(text, "--pinnedpubkey ");
	tls_pin_write(text, config->tls->pin);
}

void certificate_write(struct writer *text, const struct config *config, int64_t now)
{
	enum status status = tls_certificate_check_dates(&config->tls->certificate, now);

	write_words(text, config);
	writer_put_string(text, "\n  clients may use ");
	write_pin(text, config);
	writer_put_byte(text, '\n');
	if (status != STATUS_OK) {
		writer_put_string(text, "  warning: ");
		writer_put_string(text, status_words(status));
		writer_put_byte(text, '\n');
	}
}

void certificate_log(const struct config *config, int64_t now)
{
	enum status status;
	uint8_t room[FILE_PATH_MAX + 256];
	struct writer line = writer_of(room, sizeof(room));

	if (!config->tls)
		return;
	status = tls_certificate_check_dates(&config->tls->certificate, now);
	write_words(&line, config);
	writer_put_string(&line, "; clients may use ");
	write_pin(&line, config);
	log_line(LOG_LEVEL_INFO, writer_written(&line));
	if (status != STATUS_OK)
		log_line(LOG_LEVEL_WARN, span_of_string(status_words(status)));
}
