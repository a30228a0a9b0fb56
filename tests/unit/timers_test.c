/*
 * The heap of timers against a plain array, under random operations.
 */
#include <stdlib.h>

#include "fcgi/timers.h"
#include "tests/unit/test.h"

enum { TIMERS = 300, STEPS = 100000 };

static struct timer timer[TIMERS];
static bool is_set[TIMERS];
static int64_t wanted_us[TIMERS];

/* The soonest time that is set, INT64_MAX if there is none. */
static int64_t
soonest(void)
{
	int64_t us = INT64_MAX;

	for (int i = 0; i < TIMERS; i++)
		if (is_set[i] && wanted_us[i] < us)
			us = wanted_us[i];
	return us;
}

static int64_t
first_us(const struct timers *timers)
{
	const struct timer *first = timers_first(timers);

	return first ? first->at_us : INT64_MAX;
}

static void
the_first_is_always_the_soonest(void)
{
	struct timers timers = { 0 };
	int wrong = 0;

	srand(1);
	for (int step = 0; step < STEPS; step++) {
		int i = rand() % TIMERS;

		/* Now more of the one, now more of the other. */
		if (rand() % 100 < (step / 5000 % 2 ? 30 : 70)) {
			wanted_us[i] = rand() % 1000;
			is_set[i] = true;
			timers_set(&timers, &timer[i], wanted_us[i]);
		} else {
			is_set[i] = false;
			timers_drop(&timers, &timer[i]);
		}
		wrong += first_us(&timers) != soonest();
		wrong += !timer[i].place != !is_set[i];
	}
	CHECK_INTEGER(wrong, 0);

	/* They come off in order, until there are none. */
	while (timers_first(&timers)) {
		int i = (int)(timers_first(&timers) - timer);

		wrong += first_us(&timers) != soonest();
		is_set[i] = false;
		timers_drop(&timers, &timer[i]);
	}
	CHECK_INTEGER(wrong, 0);
	CHECK(soonest() == INT64_MAX);
	timers_free(&timers);
	CHECK(timers_first(&timers) == NULL);
}

static void
setting_anew_moves_it_either_way(void)
{
	struct timers timers = { 0 };
	struct timer a = { 0 }, b = { 0 };

	timers_set(&timers, &a, 10);
	timers_set(&timers, &b, 20);
	CHECK(timers_first(&timers) == &a);
	timers_set(&timers, &a, 30);
	CHECK(timers_first(&timers) == &b);
	timers_set(&timers, &a, 5);
	CHECK(timers_first(&timers) == &a);
	timers_drop(&timers, &a);
	timers_drop(&timers, &a);
	CHECK(timers_first(&timers) == &b);
	CHECK_INTEGER(a.place, 0);
	timers_free(&timers);
}

int
main(void)
{
	the_first_is_always_the_soonest();
	setting_anew_moves_it_either_way();
	return test_result();
}
