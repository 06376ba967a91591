#include "server/slots.h"

struct slots slots_of(struct slot *array)
{
	return (struct slots){ .array = array };
}

static bool tcp_is_full(const struct slots *slots)
{
	return slots->taken_by_tcp >= CONFIG_CONNECTIONS - SLOTS_RESERVE;
}

struct slot *slots_take(struct slots *slots, bool is_local)
{
	struct slot *slot = slots->free;

	if (slots->taken == CONFIG_CONNECTIONS || (!is_local && tcp_is_full(slots)))
		return NULL;
	if (slot)
		slots->free = slot->next;
	else
		slot = &slots->array[slots->touched++];
	slot->is_taken = true;
	slot->is_local = is_local;
	slots->taken++;
	slots->taken_by_tcp += !is_local;
	return slot;
}

struct slot *slots_find_victim(const struct slots *slots, bool is_local)
{
	/* a lower rank gives way first; 0 never does */
	static const unsigned char ranks[CONN_STATE_COUNT] = {
		[CONN_IDLE] = 1, [CONN_HANDSHAKE] = 2, [CONN_LINGER] = 3, [CONN_HEAD] = 4,
		[CONN_BODY] = 5, [CONN_ANSWER] = 6,    [CONN_CHECK] = 7,
	};
	bool tcp_only = !is_local && tcp_is_full(slots);
	struct slot *victim = NULL;

	for (struct slot *slot = slots->array; slot < slots->array + slots->touched; slot++) {
		unsigned char rank = slot->is_taken ? ranks[slot->conn.state] : 0;

		if (rank == 0 || (tcp_only && slot->is_local))
			continue;
		if (!victim || rank < ranks[victim->conn.state] ||
		    (rank == ranks[victim->conn.state] && slot->conn.since < victim->conn.since))
			victim = slot;
	}
	return victim;
}

void slots_give_back(struct slots *slots, struct slot *slot)
{
	slot->is_taken = false;
	slot->next = slots->free;
	slots->free = slot;
	slots->taken--;
	slots->taken_by_tcp -= !slot->is_local;
}
