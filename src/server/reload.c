#include "server/reload.h"

#include "core/trust.h"
#include "server/message.h"
#include "server/pump.h"

/* A list under way is over the users as they were numbered; it is broken off, so that nobody takes it for complete. */
static void cut_lists(struct loop *loop)
{
	for (struct slot *slot = loop->slots.array; slot < loop->slots.array + loop->slots.touched; slot++)
		if (slot->is_taken && conn_is_listing(&slot->conn))
			pump_close(loop, slot);
}

static void note(struct loop *loop, uint64_t dropped)
{
	struct journal journal = journal_start(loop->app.journal, "reload");

	journal_put_time(&journal, "time", loop->now.wall);
	journal_put_number(&journal, "users", loop->app.config->user_count);
	journal_put_number(&journal, "removed", dropped);
	journal_end(&journal);
	pump_flush_journal(loop);
}

void reload_take(struct loop *loop, uint32_t number)
{
	const struct message taken = { .kind = MESSAGE_TAKEN, .number = number };
	const uint64_t removed = loop->app.counters.removed;
	const struct config *config;

	if (number >= MEMORY_SETTINGS_COUNT)
		return;
	config = loop->memory->settings[number]; /* the arena begins with it */
	cut_lists(loop);
	checks_drop(loop, STATUS_CHECK_RELOADED);
	while (!trust_adopt(&loop->app, config, loop->now.wall))
		pump_flush_journal(loop);
	pump_flush_journal(loop);
	settings_start_log(loop->source, config);
	listeners_adopt(&loop->listeners, config);
	loop->checks.is_closed = false;
	note(loop, loop->app.counters.removed - removed);
	(void)message_send(loop->helper, &taken);
}

void reload_note_refusal(struct loop *loop, struct span why)
{
	struct journal journal = journal_start(loop->app.journal, "reload-refused");

	journal_put_time(&journal, "time", loop->now.wall);
	journal_put(&journal, "message", why);
	journal_end(&journal);
	pump_flush_journal(loop);
}
