#include "client/inquiry.h"

#include "base/date.h"
#include "base/encoding.h"
#include "client/phrase.h"
#include "host/tell.h"

#include <string.h>

enum { PER_LIFE = 1000000 }; /* the first number of a server is one more than a multiple of it */

/* ---- which events are of this key ---- */

/* Does a field of that name hold a digest of the key? Then *known is filled in if it was not. */
static bool has_digest(const struct listed_event *event, struct span name, struct ssh_fingerprint *read)
{
	enum ssh_fingerprint_kind kind;

	*read = (struct ssh_fingerprint){ 0 };
	return ssh_fingerprint_read(listed_event_find(event, name), &kind, read);
}

static bool is_known(const uint8_t *digest, size_t size)
{
	static const uint8_t unknown[32];

	return memcmp(digest, unknown, size) != 0;
}

static bool is_same(const struct ssh_fingerprint *a, const struct ssh_fingerprint *b)
{
	return (is_known(a->sha256, 32) && memcmp(a->sha256, b->sha256, 32) == 0) ||
	       (is_known(a->md5, 16) && memcmp(a->md5, b->md5, 16) == 0);
}

/* Both digests of the event's key, as far as it tells them; false if it tells none. */
static bool read_fingerprint(const struct listed_event *event, struct ssh_fingerprint *fingerprint)
{
	struct ssh_fingerprint md5;
	bool has_sha256 = has_digest(event, SPAN("fingerprint"), fingerprint);
	bool has_md5 = has_digest(event, SPAN("md5"), &md5);

	if (has_md5)
		memcpy(fingerprint->md5, md5.md5, sizeof(md5.md5));
	return has_sha256 || has_md5;
}

static bool is_of_user(const struct inquiry *inquiry, const struct listed_event *event)
{
	return span_equal(listed_event_find(event, SPAN("user")), inquiry->user);
}

bool inquiry_learn(void *context, const struct listed_event *event)
{
	struct inquiry *inquiry = context;
	struct ssh_fingerprint *wanted = &inquiry->wanted, found;

	if (!is_of_user(inquiry, event) || !read_fingerprint(event, &found) || !is_same(&found, wanted))
		return true;
	if (is_known(found.sha256, 32) && is_known(found.md5, 16))
		*wanted = found;
	return !(is_known(wanted->sha256, 32) && is_known(wanted->md5, 16));
}

/* ---- the story ---- */

void inquiry_flush(struct inquiry *inquiry)
{
	inquiry->is_unprinted = !tell_written(&inquiry->out) || inquiry->is_unprinted;
}

/* An event as a line: its time, and what was. */
static void print_event(struct inquiry *inquiry, const struct listed_event *event)
{
	uint8_t room[INQUIRY_WORDS_MAX];
	struct writer line = writer_of(room, sizeof(room));

	writer_put(&line, span_first(listed_event_find(event, SPAN("time")), 32));
	writer_put_string(&line, "  ");
	phrase_write(&line, event);
	if (inquiry->out.size - inquiry->out.used <= line.used)
		inquiry_flush(inquiry);
	printable_write(&inquiry->out, writer_written(&line));
	writer_put_byte(&inquiry->out, '\n');
}

/* Is it one of those that decide? */
static bool is_certain(struct span name)
{
	static const struct span names[] = { SPAN_INITIALIZER("added"), SPAN_INITIALIZER("replaced"),
		                             SPAN_INITIALIZER("removed"), SPAN_INITIALIZER("expired"),
		                             SPAN_INITIALIZER("dropped") };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal(name, names[i]))
			return true;
	return false;
}

static void judge(struct inquiry *inquiry, const struct listed_event *event)
{
	const struct span name = listed_event_find(event, SPAN("event"));
	bool decides = is_certain(name);

	if (!decides && (inquiry->is_fate_certain || !span_equal(name, SPAN("refused"))))
		return;
	inquiry->is_fate_certain = decides;
	writer_rewind(&inquiry->fate, 0);
	phrase_write(&inquiry->fate, event);
	if (!date_read(listed_event_find(event, SPAN("time")), &inquiry->fate_time))
		inquiry->fate_time = 0;
}

static void count(struct inquiry *inquiry, const struct listed_event *event)
{
	if (inquiry->last == 0) {
		inquiry->is_complete = event->number % PER_LIFE == 1;
		if (!date_read(listed_event_find(event, SPAN("time")), &inquiry->since))
			inquiry->since = 0;
	} else if (event->number != inquiry->last + 1) {
		inquiry->is_complete = false;
	}
	inquiry->last = event->number;
}

bool inquiry_take(void *context, const struct listed_event *event)
{
	struct inquiry *inquiry = context;
	struct ssh_fingerprint fingerprint;
	bool names_key = read_fingerprint(event, &fingerprint);

	count(inquiry, event);
	if (!names_key) {
		inquiry->nameless += span_equal(listed_event_find(event, SPAN("event")), SPAN("refused"));
	} else if (is_of_user(inquiry, event) && is_same(&inquiry->wanted, &fingerprint)) {
		inquiry->met++;
		print_event(inquiry, event);
		judge(inquiry, event);
	}
	return !inquiry->is_unprinted;
}
