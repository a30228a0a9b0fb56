/*
 * A server of tokens, which are to the engine what messages are to the queue.
 * /take takes one in the handler, /turn in a turn, whose items are resumed by
 * whichever thread runs it; both wait until there is one. /bring brings some.
 * /flow is a stream of whatever tokens it gets; it ends by itself.
 */
#ifndef TESTS_TSAN_TOKEN_SERVER_H
#define TESTS_TSAN_TOKEN_SERVER_H

#include <pthread.h>
#include <stdatomic.h>

#include "fcgi/clock.h"
#include "fcgi/lot.h"
#include "sql/turn.h"
#include "tests/unit/engine_server.h"

enum { TOPICS = 40 };

static struct {
	_Atomic int tokens[TOPICS];
	_Atomic int waiting[TOPICS];	/* as of the last /look */
	_Atomic uint32_t parked;
	_Atomic int64_t taken;
	_Atomic bool noise;
} *shared;

struct take {
	struct turn_item item;
	int topic, tokens;
	bool got;
};

static struct {
	pthread_mutex_t lock;
	struct turn_item *first;
	bool running;
} turns = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct channel_key
channel(int topic)
{
	return (struct channel_key){ CHANNEL_TOPIC, topic };
}

static bool
take_token(int topic)
{
	int n = shared->tokens[topic];

	while (n > 0)
		if (atomic_compare_exchange_weak(&shared->tokens[topic], &n,
		    n - 1)) {
			shared->taken++;
			return true;
		}
	return false;
}

static void
bring_tokens(int topic, int n)
{
	shared->tokens[topic] += n;
	lot_wake(channel(topic), (uint32_t)n);
}

static struct turn_item *
turns_take_all(void)
{
	struct turn_item *all;

	pthread_mutex_lock(&turns.lock);
	all = turns.first;
	turns.first = NULL;
	turns.running = all != NULL;
	pthread_mutex_unlock(&turns.lock);
	return all;
}

/* As sql/turn.c does: one thread at a time runs turns, for all that wait. */
static void
submit(struct request *r, struct db *db)
{
	struct turn_item *all, *item;
	bool run;

	r->turn->request = r;
	pthread_mutex_lock(&turns.lock);
	r->turn->next = turns.first;
	turns.first = r->turn;
	run = !turns.running;
	turns.running = true;
	pthread_mutex_unlock(&turns.lock);
	if (!run)
		return;
	while ((all = turns_take_all())) {
		for (item = all; item; item = item->next) {
			struct take *take = (struct take *)item;

			take->got = take_token(take->topic);
		}
		usleep(300); /* a database takes its time */
		while ((item = all)) {
			all = item->next; /* it may be gone afterwards */
			engine_resume(item->request, db);
		}
	}
}

static enum verdict
park_or_leave(struct request *r)
{
	if (r->last_call || clock_monotonic_us() >= r->deadline_us)
		return reply_empty(r, 204);
	return PARK;
}

static enum verdict
serve_take(struct request *r, int topic, int wait_ms)
{
	lot_listen(r, channel(topic));
	if (take_token(topic))
		return reply_empty(r, 200);
	r->deadline_us = r->started_us + wait_ms * 1000;
	return park_or_leave(r);
}

static enum verdict
serve_turn(struct request *r, int topic, int wait_ms)
{
	struct take *take = r->state;

	if (!take) {
		take = r->state = arena_alloc(r->arena, sizeof(*take));
		take->topic = topic;
		r->deadline_us = r->started_us + wait_ms * 1000;
		lot_listen(r, channel(topic));
	}
	if (!r->turn) {
		r->turn = &take->item;
		return TURN;
	}
	r->turn = NULL;
	return take->got ? reply_empty(r, 200) : park_or_leave(r);
}

/* Large enough now and then that the socket does not take it at once. */
enum { FLOW_TOKENS = 5, FLOW_BYTES = 300000 };

static enum verdict
serve_flow(struct request *r, int topic, int wait_ms)
{
	struct take *take = r->state;
	struct buffer *b = &r->reply.body;

	if (!take) {
		take = r->state = arena_alloc(r->arena, sizeof(*take));
		take->topic = topic;
		request_keep(r);
		lot_listen(r, channel(topic));
		b = reply_stream(r, 200, "text/plain");
	}
	if (r->turn)
		r->turn = NULL;
	else
		take->got = take_token(topic);
	if (take->got) {
		size_t n = take->tokens % 2 ? FLOW_BYTES : 10;

		memset(buffer_reserve(b, n), 'x', n);
		b->n += n;
		take->tokens++;
	}
	r->deadline_us = r->started_us + wait_ms * 1000;
	if (r->last_call || take->tokens >= FLOW_TOKENS ||
	    clock_monotonic_us() >= r->deadline_us)
		return DONE;
	if (take->got) {
		r->turn = &take->item;
		return TURN;
	}
	return PARK;
}

static enum verdict
serve_look(struct request *r)
{
	for (int t = 0; t < TOPICS; t++)
		shared->waiting[t] = (int)lot_waiting(channel(t));
	shared->parked = lot_parked();
	return reply_empty(r, 200);
}

static enum verdict
serve(struct request *r)
{
	char verb[8] = "";
	int topic = 0, n = 0;

	must(sscanf(r->path.p, "/%7[a-z]/%d/%d", verb, &topic, &n) >= 1);
	if (strcmp(verb, "take") == 0)
		return serve_take(r, topic, n);
	if (strcmp(verb, "turn") == 0)
		return serve_turn(r, topic, n);
	if (strcmp(verb, "flow") == 0)
		return serve_flow(r, topic, n);
	if (strcmp(verb, "look") == 0)
		return serve_look(r);
	if (strcmp(verb, "bring") == 0)
		bring_tokens(topic, n);
	return reply_empty(r, 200);
}

/*
 * A thread that is none of the engine's, like that of sql/wake.c. It calls
 * everybody now and then, but not while lost wake-ups are looked for.
 */
static pthread_t noise_thread;
static _Atomic bool noise_ends;

static void *
make_noise(void *unused)
{
	unsigned seed = 1;

	(void)unused; /* pthread's signature */
	while (!noise_ends) {
		int topic = rand_r(&seed) % TOPICS;

		usleep(500);
		if (!shared->noise)
			continue;
		lot_wake(channel(topic), 3);
		lot_wake_at(channel(topic), clock_monotonic_us() + 2000);
		if (rand_r(&seed) % 200 == 0)
			lot_wake_everyone();
	}
	return NULL;
}

/* After engine_run, as a worker ends its waking thread. */
static void
end_noise(void)
{
	noise_ends = true;
	must(pthread_join(noise_thread, NULL) == 0);
}

static struct db *
open_thread(int thread)
{
	if (thread == 0) {
		must(pthread_create(&noise_thread, NULL, make_noise, NULL) ==
		    0);
		must(atexit(end_noise) == 0);
	}
	return NULL;
}

static const struct engine_hooks token_hooks = {
	.open = open_thread,
	.close = server_close,
	.serve = serve,
	.submit = submit,
};

#endif
