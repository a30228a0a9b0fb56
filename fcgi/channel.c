/*
 * A hash table of channels, and lists that keep the order of tickets.
 */
#include "fcgi/channel.h"

#include <stdlib.h>

#include "fcgi/must.h"

enum { CHANNEL_BUCKETS = 1 << 14 };

static struct channel *bucket[CHANNEL_BUCKETS];

static struct channel **
channel_slot(struct channel_key key)
{
	uint64_t hash = (uint64_t)key.id * 0x9e3779b97f4a7c15u + key.kind;
	struct channel **slot =
	    &bucket[(hash ^ hash >> 29) % CHANNEL_BUCKETS];

	while (*slot &&
	    ((*slot)->key.id != key.id || (*slot)->key.kind != key.kind))
		slot = &(*slot)->next;
	return slot;
}

struct channel *
channel_find(struct channel_key key)
{
	return *channel_slot(key);
}

struct channel *
channel_get(struct channel_key key)
{
	struct channel **slot = channel_slot(key);

	if (!*slot) {
		*slot = calloc(1, sizeof(**slot));
		must(*slot);
		(*slot)->key = key;
		(*slot)->due.kind = TIMER_CHANNEL;
	}
	return *slot;
}

void
channel_drop(struct channel *take_channel, struct timers *timers)
{
	struct channel **slot = channel_slot(take_channel->key);

	must(*slot == take_channel);
	timers_drop(timers, &take_channel->due);
	*slot = take_channel->next;
	free(take_channel);
}

void
channels_drop_all(struct timers *timers)
{
	for (int i = 0; i < CHANNEL_BUCKETS; i++)
		while (bucket[i])
			channel_drop(bucket[i], timers);
}

void
waiters_remove(struct waiters *w, struct listening *l)
{
	*(l->previous ? &l->previous->next : &w->first) = l->next;
	*(l->next ? &l->next->previous : &w->last) = l->previous;
}

/*
 * In order of arrival. Who comes new goes to the end, and who goes back after
 * a look in vain was among the first: so the search is short from either end.
 */
void
waiters_insert(struct waiters *w, struct listening *l)
{
	uint64_t ticket = l->connection->ticket;
	struct listening *after = w->last, *before = w->first;

	while (after && before && after->connection->ticket > ticket &&
	    before->connection->ticket < ticket) {
		after = after->previous;
		before = before->next;
	}
	if (before && before->connection->ticket > ticket)
		after = before->previous;
	l->previous = after;
	l->next = after ? after->next : w->first;
	*(l->previous ? &l->previous->next : &w->first) = l;
	*(l->next ? &l->next->previous : &w->last) = l;
}
