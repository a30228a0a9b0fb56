/*
 * Connections that are nothing but places in the lot, moved by hand.
 */
#ifndef TESTS_UNIT_LOT_H
#define TESTS_UNIT_LOT_H

#include <stdlib.h>

#include "fcgi/lot_private.h"
#include "fcgi/must.h"
#include "fcgi/ready.h"
#include "tests/unit/test.h"

static const struct channel_key apples = { 100, 1 }, pears = { 100, -1 };

static int stirs, firsts, unused;
static struct channel_key unused_key;

static inline void
count_stir(void)
{
	stirs++;
}

static inline void
count_first(void)
{
	firsts++;
}

static inline void
count_unused(struct channel_key key)
{
	unused++;
	unused_key = key;
}

/* A request that runs, as far as the lot can tell. */
static inline struct connection *
request_new(void)
{
	struct connection *c = calloc(1, sizeof(*c));

	must(c);
	c->state = CONNECTION_RUNNING;
	c->deadline.kind = TIMER_DEADLINE;
	c->request.deadline_us = INT64_MAX;
	return c;
}

/* It listens, looks in vain and parks. */
static inline struct connection *
request_parked(struct channel_key key)
{
	struct connection *c = request_new();

	lot_look(c);
	lot_listen(&c->request, key);
	must(lot_park(c));
	return c;
}

/* The ready line, in place of fcgi/ready.c: there are no threads here. */
static struct connection *line_first, *line_last;

void
ready_put(struct connection *take_chain)
{
	*(line_first ? &line_last->next : &line_first) = take_chain;
	for (line_last = take_chain; line_last->next;)
		line_last = line_last->next;
}

/* Who was made READY next, RUNNING from now on; NULL when nobody was. */
static inline struct connection *
next_ready(void)
{
	struct connection *c = line_first;

	if (c) {
		line_first = c->next;
		c->next = NULL;
		lot_resume(c);
	}
	return c;
}

static inline void
request_end(struct connection *c, bool served)
{
	lot_forget(c, served);
	free(c);
}

/* A parked one has to be called before it can end. */
static inline void
hang_up(struct connection *c)
{
	CHECK(!lot_stir(c));
	CHECK(next_ready() == c);
	request_end(c, false);
}

static inline void
lot_test_start(void)
{
	lot_on_first(count_first);
	lot_on_unused(count_unused);
	lot_start(count_stir);
}

#endif
