/*
 * Times at which something is due, soonest first: a binary heap of pointers
 * to timers that live in what they time. No lock of its own.
 */
#ifndef FCGI_TIMERS_H
#define FCGI_TIMERS_H

#include <stddef.h>
#include <stdint.h>

enum timer_kind { TIMER_DEADLINE, TIMER_CHANNEL };

struct timer {
	int64_t at_us;	/* monotonic */
	size_t place;	/* in the heap, from 1; 0 when it is not there */
	enum timer_kind kind;
};

struct timers {
	struct timer **heap;
	size_t n, room;
};

/* Set it, or set it anew. */
void timers_set(struct timers *timers, struct timer *timer, int64_t at_us);
void timers_drop(struct timers *timers, struct timer *timer);

/* The soonest, or NULL. */
struct timer *timers_first(const struct timers *timers);

void timers_free(struct timers *timers);

#endif
