#include "core/failures.h"

enum { MINUTE = 60000 }; /* milliseconds */

/* How long one token takes to come back; 0: there is no limit. */
static int64_t interval(const struct config_failures *limit)
{
	return limit->burst == 0 || limit->per_minute == 0 ? 0 : (MINUTE + limit->per_minute - 1) / limit->per_minute;
}

/* How long after now the bucket may be full at the latest, and still have a token. */
static int64_t last_token(const struct config_failures *limit)
{
	return (limit->burst - 1) * interval(limit);
}

int64_t failures_time_to_wait(const struct failures *failures, const struct config_failures *limit, uint64_t source,
                              int64_t now)
{
	if (interval(limit) == 0)
		return 0;
	for (const struct failures_source *each = failures->sources; each < failures->sources + CONFIG_FAILURE_SOURCES;
	     each++)
		if (each->source == source && each->full_at - now > last_token(limit))
			return each->full_at - now - last_token(limit);
	return 0;
}

/* The place of the source, or the one of the fullest bucket, emptied for it. */
static struct failures_source *take_place(struct failures *failures, uint64_t source, int64_t now)
{
	struct failures_source *fullest = failures->sources;

	for (struct failures_source *each = fullest; each < failures->sources + CONFIG_FAILURE_SOURCES; each++) {
		if (each->source == source && each->full_at > now)
			return each;
		if (each->full_at < fullest->full_at)
			fullest = each;
	}
	*fullest = (struct failures_source){ .source = source, .full_at = now };
	return fullest;
}

bool failures_note(struct failures *failures, const struct config_failures *limit, uint64_t source, int64_t now)
{
	struct failures_source *place;
	bool has_token, is_news;

	if (interval(limit) == 0)
		return false;
	place = take_place(failures, source, now);
	place->full_at += interval(limit);
	if (place->full_at > now + limit->burst * interval(limit)) /* no debts */
		place->full_at = now + limit->burst * interval(limit);
	has_token = place->full_at - now <= last_token(limit);
	is_news = !has_token && !place->is_told;
	place->is_told = place->is_told || is_news;
	return is_news;
}
