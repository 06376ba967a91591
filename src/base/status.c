#include "base/status.h"

enum reader { TOLD, KEPT };

static const struct {
	int http_code;
	enum reader reader;
	const char *name, *words;
} rows[] = {
#define STATUS_ROW(name, http, reader, words) { http, reader, #name, words },
	STATUS_LIST(STATUS_ROW)
#undef STATUS_ROW
};

const char *status_words(enum status status)
{
	return rows[status].words;
}

bool status_is_told(enum status status)
{
	return rows[status].reader == TOLD;
}

const char *status_words_for_client(enum status status)
{
	if (!status_is_told(status))
		return "no valid signature by a key of this user's keyring; the server's log says more";
	return rows[status].words;
}

int status_http_code(enum status status)
{
	return rows[status].http_code;
}

const char *status_name(enum status status)
{
	return rows[status].name;
}
