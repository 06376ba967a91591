/* GET /metrics: Prometheus' text format, version 0.0.4, line by line, so that it may be as long as there are users. */
#ifndef INKI_CORE_METRICS_H
#define INKI_CORE_METRICS_H

#include "base/writer.h"

struct app;

/* Where a list of metrics stands: zeroed at its beginning, but for the first one. */
struct metrics_walk {
	bool shows_users; /* those too that are about each user by his name */
	size_t family, sample;
	bool has_head; /* HELP and TYPE of the family are written */
};

/* Writes the next sample (the first of a family with its HELP and TYPE); false at the end. */
bool metrics_write_next(const struct app *app, struct metrics_walk *walk, int64_t now, struct writer *out);

#endif
