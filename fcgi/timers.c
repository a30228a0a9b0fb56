/*
 * The usual heap in an array, children of i at 2i and 2i + 1. Each timer
 * knows its place, so that dropping one is as cheap as adding one.
 */
#include "fcgi/timers.h"

#include <stdlib.h>

#include "fcgi/must.h"

static void
put(struct timers *timers, size_t place, struct timer *timer)
{
	timers->heap[place] = timer;
	timer->place = place;
}

static void
sift_up(struct timers *timers, struct timer *timer)
{
	size_t i = timer->place;

	for (; i > 1 && timers->heap[i / 2]->at_us > timer->at_us; i /= 2)
		put(timers, i, timers->heap[i / 2]);
	put(timers, i, timer);
}

static void
sift_down(struct timers *timers, struct timer *timer)
{
	size_t i = timer->place;

	for (;;) {
		size_t child = 2 * i;

		if (child > timers->n)
			break;
		if (child < timers->n && timers->heap[child + 1]->at_us <
		    timers->heap[child]->at_us)
			child++;
		if (timers->heap[child]->at_us >= timer->at_us)
			break;
		put(timers, i, timers->heap[child]);
		i = child;
	}
	put(timers, i, timer);
}

void
timers_set(struct timers *timers, struct timer *timer, int64_t at_us)
{
	timer->at_us = at_us;
	if (!timer->place) {
		if (timers->n + 1 >= timers->room) {
			timers->room = timers->room ? timers->room * 2 : 64;
			timers->heap = realloc(timers->heap,
			    timers->room * sizeof(timers->heap[0]));
			must(timers->heap);
		}
		put(timers, ++timers->n, timer);
	}
	sift_up(timers, timer);
	sift_down(timers, timer);
}

void
timers_drop(struct timers *timers, struct timer *timer)
{
	struct timer *last;
	size_t place = timer->place;

	if (!place)
		return;
	timer->place = 0;
	last = timers->heap[timers->n--];
	if (last == timer)
		return;
	put(timers, place, last);
	sift_up(timers, last);
	sift_down(timers, last);
}

struct timer *
timers_first(const struct timers *timers)
{
	return timers->n ? timers->heap[1] : NULL;
}

void
timers_free(struct timers *timers)
{
	free(timers->heap);
	*timers = (struct timers){ 0 };
}
