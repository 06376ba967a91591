#include "base/status.h"

#include "base/kconfig.h"

/* The words of what nothing in this build can end with: those take 5 kB. */
#define LEFT_OUT "this inki was built without it"

enum reader { TOLD, KEPT };

static const struct {
	int http_code;
	enum reader reader;
	const char *name, *words;
} rows[] = {
#define ROW(name, http, reader, words) { http, reader, #name, words },
#define ROW_IF(is_built, name, http, reader, words) ROW(name, http, reader, (is_built) ? (words) : LEFT_OUT)
#define ROW_OF_SIGN(...) ROW_IF(IS_ENABLED(CONFIG_SIGN), __VA_ARGS__)
#define ROW_OF_EXPORT(...) ROW_IF(IS_ENABLED(CONFIG_EXPORT), __VA_ARGS__)
#define ROW_OF_TLS(...) ROW_IF(IS_ENABLED(CONFIG_TLS), __VA_ARGS__)
	STATUS_LIST_OF_ALL(ROW) STATUS_LIST_OF_SIGN(ROW_OF_SIGN) STATUS_LIST_OF_EXPORT(ROW_OF_EXPORT)
		STATUS_LIST_OF_TLS(ROW_OF_TLS)
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
