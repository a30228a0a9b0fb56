/*
 * Channels in a hash table; in each, those that wait and those that have been
 * woken but have not looked yet, both in order of arrival. A wake-up takes
 * from the front of the first list, so its cost does not depend on how many
 * wait. One lock guards everything here, and it is never held together with
 * another: what becomes READY is collected in a chain and put into
 * the ready line afterwards.
 */
#include "fcgi/lot.h"

#include <pthread.h>
#include <stdlib.h>

#include "fcgi/lot_private.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "fcgi/ready.h"

enum { CHANNEL_BUCKETS = 1 << 14 };

struct waiters {
	struct listening *first, *last;
};

struct channel {
	struct channel_key key;
	struct channel *next; /* in its bucket */
	struct waiters waiting, woken;
	uint32_t listeners;
	struct timer due;
};

/* What a locked section has made READY. */
struct chain {
	struct connection *first, *last;
};

static struct {
	pthread_mutex_t lock;
	struct channel *bucket[CHANNEL_BUCKETS];
	struct timers timers;
	int64_t loop_looks_us; /* when the loop calls lot_tick */
	void (*stir)(void);
	void (*first)(void); /* somebody parked in the empty lot */
	uint32_t parked;
	uint64_t tickets;
	uint64_t calls_to_all; /* how often everyone was woken */
} lot = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct channel *
channel_of_timer(struct timer *timer)
{
	return (struct channel *)((char *)timer -
	    offsetof(struct channel, due));
}

static struct connection *
connection_of_timer(struct timer *timer)
{
	return (struct connection *)((char *)timer -
	    offsetof(struct connection, deadline));
}

static struct channel **
channel_slot(struct channel_key key)
{
	uint64_t hash = (uint64_t)key.id * 0x9e3779b97f4a7c15u + key.kind;
	struct channel **slot =
	    &lot.bucket[(hash ^ hash >> 29) % CHANNEL_BUCKETS];

	while (*slot &&
	    ((*slot)->key.id != key.id || (*slot)->key.kind != key.kind))
		slot = &(*slot)->next;
	return slot;
}

static struct channel *
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

static void
channel_drop(struct channel *channel)
{
	struct channel **slot = channel_slot(channel->key);

	must(*slot == channel);
	timers_drop(&lot.timers, &channel->due);
	*slot = channel->next;
	free(channel);
}

static void
waiters_remove(struct waiters *w, struct listening *l)
{
	*(l->previous ? &l->previous->next : &w->first) = l->next;
	*(l->next ? &l->next->previous : &w->last) = l->previous;
}

/*
 * In order of arrival. Who comes new goes to the end, and who goes back after
 * a look in vain was among the first: so the search is short from either end.
 */
static void
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

static void
make_ready(struct connection *c, struct chain *chain)
{
	must(c->state == CONNECTION_PARKED);
	timers_drop(&lot.timers, &c->deadline);
	lot.parked--;
	metric_add(METRIC_parked, -1);
	c->state = CONNECTION_READY;
	c->next = NULL;
	*(chain->last ? &chain->last->next : &chain->first) = c;
	chain->last = c;
}

static uint32_t
wake(struct channel *channel, uint32_t count, struct chain *chain)
{
	struct listening *l;
	uint32_t woken = 0;

	for (; woken < count && (l = channel->waiting.first); woken++) {
		waiters_remove(&channel->waiting, l);
		waiters_insert(&channel->woken, l);
		l->woken = true;
		l->connection->woken = true;
		if (l->connection->state == CONNECTION_PARKED)
			make_ready(l->connection, chain);
	}
	return woken;
}

/* End a locked section; what it made READY goes to the line. */
static void
unlock(struct chain *chain)
{
	bool stir = false;
	struct timer *first = timers_first(&lot.timers);

	if (first && first->at_us < lot.loop_looks_us) {
		lot.loop_looks_us = first->at_us;
		stir = true;
	}
	pthread_mutex_unlock(&lot.lock);
	if (stir)
		lot.stir();
	if (chain && chain->first)
		ready_put(chain->first);
}

void
lot_start(void (*stir)(void))
{
	lot.stir = stir;
	lot.loop_looks_us = INT64_MAX;
}

void
lot_on_first(void (*first)(void))
{
	lot.first = first;
}

void
lot_stop(void)
{
	for (int i = 0; i < CHANNEL_BUCKETS; i++)
		while (lot.bucket[i])
			channel_drop(lot.bucket[i]);
	timers_free(&lot.timers);
}

void
lot_listen(struct request *r, struct channel_key key)
{
	struct connection *c = connection_of(r);
	struct listening *l = &c->listening[c->listenings];

	for (int i = 0; i < c->listenings; i++)
		if (c->listening[i].channel->key.id == key.id &&
		    c->listening[i].channel->key.kind == key.kind)
			return;
	must(c->listenings < CHANNELS_PER_REQUEST_MAX);
	pthread_mutex_lock(&lot.lock);
	if (!c->listenings++)
		c->ticket = ++lot.tickets;
	*l = (struct listening){ .connection = c,
		.channel = channel_get(key) };
	l->channel->listeners++;
	waiters_insert(&l->channel->waiting, l);
	unlock(NULL);
}

uint32_t
lot_wake(struct channel_key key, uint32_t count)
{
	struct chain chain = { 0 };
	struct channel *channel;
	uint32_t woken = 0;

	pthread_mutex_lock(&lot.lock);
	channel = *channel_slot(key);
	if (channel)
		woken = wake(channel, count, &chain);
	unlock(&chain);
	return woken;
}

void
lot_wake_at(struct channel_key key, int64_t at_us)
{
	struct channel *channel;

	pthread_mutex_lock(&lot.lock);
	channel = *channel_slot(key);
	if (channel && (!channel->due.place || at_us < channel->due.at_us))
		timers_set(&lot.timers, &channel->due, at_us);
	unlock(NULL);
}

void
lot_wake_everyone(void)
{
	struct chain chain = { 0 };
	struct connection **all;
	size_t n = 0;

	pthread_mutex_lock(&lot.lock);
	lot.calls_to_all++;
	all = malloc((lot.timers.n + 1) * sizeof(all[0]));
	must(all);
	for (size_t i = 1; i <= lot.timers.n; i++)
		if (lot.timers.heap[i]->kind == TIMER_DEADLINE)
			all[n++] = connection_of_timer(lot.timers.heap[i]);
	for (size_t i = 0; i < n; i++)
		make_ready(all[i], &chain);
	unlock(&chain);
	free(all);
}

uint32_t
lot_waiting(struct channel_key key)
{
	struct channel *channel;
	uint32_t n;

	pthread_mutex_lock(&lot.lock);
	channel = *channel_slot(key);
	n = channel ? channel->listeners : 0;
	unlock(NULL);
	return n;
}

uint32_t
lot_parked(void)
{
	uint32_t n;

	pthread_mutex_lock(&lot.lock);
	n = lot.parked;
	unlock(NULL);
	return n;
}

void
lot_adopt(struct connection *c)
{
	pthread_mutex_lock(&lot.lock);
	must(c->state == CONNECTION_CLOSED);
	c->state = CONNECTION_RUNNING;
	c->woken = c->stirred = false;
	unlock(NULL);
}

void
lot_look(struct connection *c)
{
	pthread_mutex_lock(&lot.lock);
	c->woken = false;
	c->calls_to_all = lot.calls_to_all;
	for (int i = 0; i < c->listenings; i++) {
		struct listening *l = &c->listening[i];

		if (!l->woken)
			continue;
		waiters_remove(&l->channel->woken, l);
		waiters_insert(&l->channel->waiting, l);
		l->woken = false;
	}
	unlock(NULL);
}

bool
lot_park(struct connection *c)
{
	bool parked, first;

	pthread_mutex_lock(&lot.lock);
	must(c->state == CONNECTION_RUNNING);
	first = !lot.parked;
	parked = !c->woken && !c->stirred &&
	    c->calls_to_all == lot.calls_to_all;
	c->stirred = false;
	if (parked) {
		c->state = CONNECTION_PARKED;
		lot.parked++;
		metric_add(METRIC_parked, 1);
		timers_set(&lot.timers, &c->deadline,
		    c->request.deadline_us);
	}
	unlock(NULL);
	/* c may be somebody else's by now. */
	if (parked && first && lot.first)
		lot.first();
	return parked;
}

void
lot_forget(struct connection *c)
{
	struct chain chain = { 0 };

	if (!c->listenings)
		return;
	pthread_mutex_lock(&lot.lock);
	for (int i = 0; i < c->listenings; i++) {
		struct listening *l = &c->listening[i];
		struct channel *channel = l->channel;

		waiters_remove(
		    l->woken ? &channel->woken : &channel->waiting, l);
		if (l->woken)
			wake(channel, 1, &chain);
		if (--channel->listeners == 0)
			channel_drop(channel);
	}
	c->listenings = 0;
	unlock(&chain);
}

bool
lot_move(struct connection *c, enum connection_state state)
{
	bool moved;

	pthread_mutex_lock(&lot.lock);
	must(c->state == CONNECTION_RUNNING);
	moved = state != CONNECTION_IDLE || !c->stirred;
	if (moved)
		c->state = state;
	if (state == CONNECTION_IDLE)
		c->stirred = false;
	unlock(NULL);
	return moved;
}

void
lot_resume(struct connection *c)
{
	pthread_mutex_lock(&lot.lock);
	must(c->state == CONNECTION_TURN || c->state == CONNECTION_READY);
	c->state = CONNECTION_RUNNING;
	unlock(NULL);
}

bool
lot_stir(struct connection *c)
{
	struct chain chain = { 0 };
	bool ready = false;

	pthread_mutex_lock(&lot.lock);
	if (c->state == CONNECTION_PARKED) {
		make_ready(c, &chain);
	} else if (c->state == CONNECTION_IDLE) {
		c->state = CONNECTION_READY;
		ready = true;
	} else {
		c->stirred = true;
	}
	unlock(&chain);
	return ready;
}

int64_t
lot_tick(int64_t now_us)
{
	struct chain chain = { 0 };
	struct timer *timer;
	int64_t next;

	pthread_mutex_lock(&lot.lock);
	while ((timer = timers_first(&lot.timers)) && timer->at_us <= now_us) {
		if (timer->kind == TIMER_DEADLINE) {
			make_ready(connection_of_timer(timer), &chain);
			continue;
		}
		timers_drop(&lot.timers, timer);
		wake(channel_of_timer(timer), 1, &chain);
	}
	next = timer ? timer->at_us : INT64_MAX;
	lot.loop_looks_us = next;
	unlock(&chain);
	return next;
}
