/*
 * In each channel (fcgi/channel.h) stand those that wait and those that have
 * been woken but have not looked yet, both in order of arrival. A wake-up
 * takes from the front of the first list, so its cost does not depend on how
 * many wait. One lock guards everything here, and it is never held together
 * with another: what becomes READY is collected in a chain and put into the
 * ready line afterwards.
 */
#include "fcgi/lot.h"

#include <pthread.h>
#include <stdlib.h>

#include "fcgi/channel.h"
#include "fcgi/clock.h"
#include "fcgi/lot_private.h"
#include "fcgi/must.h"
#include "fcgi/parked.h"
#include "fcgi/ready.h"

/* What made one request fail may make the next one fail: so one by one. */
enum { PASS_ON_MS = 100 };

/* What a locked section has made READY. */
struct chain {
	struct connection *first, *last;
};

static struct {
	pthread_mutex_t lock;
	struct timers timers;
	int64_t loop_looks_us; /* when the loop calls lot_tick */
	void (*stir)(void);
	void (*first)(void); /* somebody parked in the empty lot */
	void (*unused)(struct channel_key key); /* nobody to pass it on to */
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

static void
make_ready(struct connection *c, struct chain *chain)
{
	must(c->state == CONNECTION_PARKED || c->state == CONNECTION_SENDING);
	timers_drop(&lot.timers, &c->deadline);
	if (c->state == CONNECTION_PARKED) {
		lot.parked--;
		parked_end(c);
	}
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
	pthread_mutex_lock(&lot.lock);
	lot.stir = stir;
	lot.loop_looks_us = INT64_MAX;
	pthread_mutex_unlock(&lot.lock);
}

void
lot_on_first(void (*first)(void))
{
	lot.first = first;
}

void
lot_on_unused(void (*unused)(struct channel_key key))
{
	lot.unused = unused;
}

/* Others may go on waking, but nobody waits any more. */
void
lot_stop(void)
{
	pthread_mutex_lock(&lot.lock);
	channels_drop_all(&lot.timers);
	timers_free(&lot.timers);
	pthread_mutex_unlock(&lot.lock);
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
	channel = channel_find(key);
	if (channel)
		woken = wake(channel, count, &chain);
	unlock(&chain);
	return woken;
}

/* Lock held. */
static void
wake_at(struct channel *channel, int64_t at_us)
{
	if (!channel->due.place || at_us < channel->due.at_us)
		timers_set(&lot.timers, &channel->due, at_us);
}

void
lot_wake_at(struct channel_key key, int64_t at_us)
{
	struct channel *channel;

	pthread_mutex_lock(&lot.lock);
	channel = channel_find(key);
	if (channel)
		wake_at(channel, at_us);
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
	for (size_t i = 1; i <= lot.timers.n; i++) {
		struct connection *c = connection_of_timer(lot.timers.heap[i]);

		if (lot.timers.heap[i]->kind == TIMER_DEADLINE &&
		    c->state == CONNECTION_PARKED)
			all[n++] = c;
	}
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
	channel = channel_find(key);
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

		l->looks = l->woken;
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
		/* A look in vain has used what it was woken for. */
		for (int i = 0; i < c->listenings; i++)
			c->listening[i].looks = false;
		c->state = CONNECTION_PARKED;
		lot.parked++;
		parked_begin(c);
		timers_set(&lot.timers, &c->deadline,
		    c->request.deadline_us);
	}
	unlock(NULL);
	/* c may be somebody else's by now. */
	if (parked && first && lot.first)
		lot.first();
	return parked;
}

bool
lot_send(struct connection *c, int64_t until_us)
{
	bool sends;

	pthread_mutex_lock(&lot.lock);
	must(c->state == CONNECTION_RUNNING);
	sends = !c->stirred;
	c->stirred = false;
	if (sends) {
		c->state = CONNECTION_SENDING;
		timers_set(&lot.timers, &c->deadline, until_us);
	}
	unlock(NULL);
	return sends;
}

/* Give up a place. False if its wake-up is nobody's here. Lock held. */
static bool
leave(struct listening *l, bool served, struct chain *chain)
{
	struct channel *channel = l->channel;
	bool failed = l->looks && !served, passed_on = true;

	waiters_remove(l->woken ? &channel->woken : &channel->waiting, l);
	if (l->woken)
		passed_on = wake(channel, 1, chain);
	if (--channel->listeners == 0) {
		channel_drop(channel, &lot.timers);
		return passed_on && !failed;
	}
	if (failed)
		wake_at(channel, clock_monotonic_us() + PASS_ON_MS * 1000);
	return passed_on;
}

void
lot_forget(struct connection *c, bool served)
{
	struct channel_key unused[CHANNELS_PER_REQUEST_MAX];
	struct chain chain = { 0 };
	int n = 0;

	if (!c->listenings)
		return;
	pthread_mutex_lock(&lot.lock);
	for (int i = 0; i < c->listenings; i++) {
		unused[n] = c->listening[i].channel->key;
		n += !leave(&c->listening[i], served, &chain);
	}
	c->listenings = 0;
	unlock(&chain);
	while (lot.unused && n-- > 0)
		lot.unused(unused[n]);
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
	} else if (c->state == CONNECTION_IDLE ||
	    c->state == CONNECTION_SENDING) {
		timers_drop(&lot.timers, &c->deadline);
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
