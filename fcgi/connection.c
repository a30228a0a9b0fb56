/*
 * The birth and the end of connections. Their memory is never given back while
 * the engine runs: an event may come late, when its connection has been closed
 * since, and then finds a closed one, or another that takes it for a stir in
 * vain (fcgi/engine.c).
 */
#include "fcgi/connection.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fcgi/clock.h"
#include "fcgi/fastcgi.h"
#include "fcgi/lot_private.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"

static _Atomic uint32_t count;

/* Closed connections, to be used again; `lock` guards the list. */
static struct {
	pthread_mutex_t lock;
	struct connection *first;
} spare = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct connection *
spare_take(void)
{
	struct connection *c;

	pthread_mutex_lock(&spare.lock);
	c = spare.first;
	if (c)
		spare.first = c->next;
	pthread_mutex_unlock(&spare.lock);
	if (!c) {
		c = calloc(1, sizeof(*c));
		must(c);
		c->state = CONNECTION_CLOSED;
	}
	c->next = NULL;
	return c;
}

struct connection *
connection_open(int take_fd)
{
	struct connection *c = spare_take();

	lot_adopt(c);
	c->request.arena = arena_new();
	c->fastcgi = fastcgi_open(take_fd);
	c->opened_us = clock_monotonic_us();
	connection_begin(c);
	atomic_fetch_add(&count, 1);
	metric_add(METRIC_connections, 1);
	return c;
}

void
connection_begin(struct connection *c)
{
	struct arena *arena = c->request.arena;

	c->request = (struct request){ .arena = arena };
	c->begun = c->called = c->streaming = false;
	c->step = STEP_CALL;
	c->stalls_us = 0;
	c->deadline = (struct timer){ .kind = TIMER_DEADLINE };
	buffer_init(&c->request.reply.body, arena);
}

void
connection_close(struct connection *take_c)
{
	arena_free(take_c->request.arena);
	fastcgi_close(take_c->fastcgi);
	must(lot_move(take_c, CONNECTION_CLOSED));
	pthread_mutex_lock(&spare.lock);
	take_c->next = spare.first;
	spare.first = take_c;
	pthread_mutex_unlock(&spare.lock);
	metric_add(METRIC_connections, -1);
	atomic_fetch_sub(&count, 1);
}

uint32_t
connections_open(void)
{
	return atomic_load(&count);
}

void
connections_free(void)
{
	while (spare.first) {
		struct connection *next = spare.first->next;

		free(spare.first);
		spare.first = next;
	}
}

struct text
request_variable(const struct request *r, const char *name)
{
	return fastcgi_variable(connection_of(r)->fastcgi, name);
}

bool
request_hung_up(const struct request *r)
{
	return fastcgi_input(connection_of(r)->fastcgi) == FASTCGI_END;
}
