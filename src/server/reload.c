#include "server/reload.h"

#include "core/audit.h"
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

/* A handshake under way uses the certificate and the key of the old configuration, which goes. */
static void cut_handshakes(struct loop *loop)
{
	for (struct slot *slot = loop->slots.array; slot < loop->slots.array + loop->slots.touched; slot++)
		if (slot->is_taken && slot->conn.state == CONN_HANDSHAKE)
			pump_close(loop, slot);
}

/* What a listener allows counts for those who are connected, too; who has come in the clear where TLS is asked for now,
 * goes. */
static void renew_rights(struct loop *loop)
{
	for (struct slot *slot = loop->slots.array; slot < loop->slots.array + loop->slots.touched; slot++) {
		if (!slot->is_taken)
			continue;
		conn_set_rights(&slot->conn, slot->listener->own.access, slot->listener->own.shows_events);
		if (slot->listener->own.has_tls && !slot->tls)
			pump_close(loop, slot);
	}
}

static void note(struct loop *loop, struct span error, size_t dropped)
{
	audit_note_reload(&loop->app, error, dropped, loop->now.wall);
	pump_flush_journal(loop);
}

bool reload_take(struct loop *loop, uint32_t number)
{
	const struct message taken = { .kind = MESSAGE_TAKEN, .number = number };
	const uint64_t dropped = loop->app.counters.dropped;
	const struct config *config;

	if (number >= MEMORY_SETTINGS_COUNT)
		return true;
	config = loop->memory->settings[number]; /* the arena begins with it */
	cut_lists(loop);
	cut_handshakes(loop);
	checks_drop(loop, STATUS_CHECK_RELOADED);
	while (!trust_adopt(&loop->app, config, loop->now.wall))
		pump_flush_journal(loop);
	pump_flush_journal(loop);
	settings_start_log(loop->source, config);
	listeners_adopt(&loop->listeners, config);
	renew_rights(loop);
	loop->checks.is_closed = false;
	export_start_over(loop);
	note(loop, (struct span){ 0 }, (size_t)(loop->app.counters.dropped - dropped));
	return message_send(loop->helper, &taken);
}

void reload_note_refusal(struct loop *loop, struct span why)
{
	note(loop, why, 0);
}
