/*
 * The parking lot: who is woken, in what order, and who inherits a wake-up.
 */
#include "fcgi/clock.h"
#include "tests/unit/lot.h"

static void
first_come_is_first_served(void)
{
	struct connection *a = request_parked(apples);
	struct connection *b = request_parked(apples);
	struct connection *c = request_parked(apples);
	struct connection *other = request_parked(pears);

	CHECK_INTEGER(lot_waiting(apples), 3);
	CHECK_INTEGER(lot_parked(), 4);
	CHECK_INTEGER(lot_wake(apples, 1), 1);
	CHECK(next_ready() == a);
	CHECK(next_ready() == NULL);
	CHECK_INTEGER(lot_wake(apples, 5), 2);
	CHECK(next_ready() == b);
	CHECK(next_ready() == c);
	CHECK_INTEGER(lot_wake(apples, WAKE_ALL), 0);
	CHECK_INTEGER(lot_wake(pears, WAKE_ALL), 1);
	CHECK(next_ready() == other);
	lot_look(a), lot_look(b), lot_look(c), lot_look(other);
	request_end(a, true);
	request_end(b, true);
	request_end(c, true);
	request_end(other, true);
	CHECK_INTEGER(lot_parked(), 0);
}

/* Whoever looked in vain is before those who came later. */
static void
a_look_in_vain_costs_no_place(void)
{
	struct connection *a = request_parked(apples);
	struct connection *b = request_parked(apples);
	struct connection *c = request_parked(apples);

	lot_wake(apples, 2);
	CHECK(next_ready() == a);
	CHECK(next_ready() == b);
	/* They look in the other order, and come back. */
	lot_look(b);
	CHECK(lot_park(b));
	lot_look(a);
	CHECK(lot_park(a));
	lot_wake(apples, 3);
	CHECK(next_ready() == a);
	CHECK(next_ready() == b);
	CHECK(next_ready() == c);
	lot_look(a), lot_look(b), lot_look(c);
	request_end(a, true);
	request_end(b, true);
	request_end(c, true);
}

/* After the promise to listen no wake-up is lost, wherever it falls. */
static void
wake_ups_before_parking_count(void)
{
	struct connection *c = request_new();

	lot_look(c);
	lot_listen(&c->request, apples);
	lot_listen(&c->request, apples); /* no second place */
	CHECK_INTEGER(lot_waiting(apples), 1);
	CHECK_INTEGER(lot_wake(apples, 1), 1);
	CHECK_INTEGER(lot_wake(apples, 1), 0);
	CHECK(!lot_park(c));
	CHECK(!lot_park(c));
	lot_look(c);
	CHECK_INTEGER(lot_wake(apples, 1), 1);
	CHECK(!lot_park(c));
	lot_look(c);
	CHECK(lot_park(c));
	hang_up(c);
}

static void
what_was_not_used_goes_to_the_next(void)
{
	struct connection *a = request_parked(apples);
	struct connection *b = request_parked(apples);

	/* It went away before it looked. */
	lot_wake(apples, 1);
	CHECK(next_ready() == a);
	request_end(a, false);
	CHECK(next_ready() == b);

	/* It was served, and woken once more meanwhile. */
	lot_look(b);
	a = request_parked(apples);
	CHECK_INTEGER(lot_wake(apples, 1), 1);
	request_end(b, true);
	CHECK(next_ready() == a);

	/* It was served: nothing is left over. */
	lot_look(a);
	b = request_parked(apples);
	request_end(a, true);
	CHECK(next_ready() == NULL);
	hang_up(b);
	CHECK_INTEGER(unused, 0);
}

/* What made it fail may make the next one fail: they come one by one. */
static void
a_failure_passes_on_a_little_later(void)
{
	struct connection *a = request_parked(apples);
	struct connection *b = request_parked(apples);
	int64_t now;

	lot_wake(apples, 1);
	CHECK(next_ready() == a);
	lot_look(a);
	request_end(a, false);
	now = clock_monotonic_us();
	CHECK(lot_tick(now) <= now + 1000000);
	CHECK(next_ready() == NULL);
	CHECK(lot_tick(now + 1000000) == INT64_MAX);
	CHECK(next_ready() == b);

	/* Not so when it was not woken for the look that failed. */
	lot_look(b);
	lot_look(b);
	a = request_parked(apples);
	request_end(b, false);
	CHECK(lot_tick(now + 2000000) == INT64_MAX);
	CHECK(next_ready() == NULL);
	hang_up(a);
	CHECK_INTEGER(unused, 0);
}

static void
what_nobody_here_can_use_is_told(void)
{
	struct connection *c = request_parked(apples);

	/* Gone before it looked. */
	lot_wake(apples, 1);
	hang_up(c);
	CHECK_INTEGER(unused, 1);
	CHECK_INTEGER(unused_key.id, apples.id);

	/* Failed. */
	c = request_parked(pears);
	lot_wake(pears, 1);
	CHECK(next_ready() == c);
	lot_look(c);
	request_end(c, false);
	CHECK_INTEGER(unused, 2);
	CHECK_INTEGER(unused_key.id, pears.id);

	/* Woken twice, served once. */
	c = request_parked(apples);
	lot_wake(apples, 1);
	CHECK(next_ready() == c);
	lot_look(c);
	lot_wake(apples, 1);
	request_end(c, true);
	CHECK_INTEGER(unused, 3);

	/* Served; gone without ever having been woken. */
	c = request_parked(apples);
	lot_wake(apples, 1);
	CHECK(next_ready() == c);
	lot_look(c);
	request_end(c, true);
	hang_up(request_parked(apples));
	CHECK_INTEGER(unused, 3);
	unused = 0;
}

static void
one_may_listen_on_several_channels(void)
{
	struct connection *both = request_new(), *pear = NULL;

	lot_look(both);
	lot_listen(&both->request, apples);
	lot_listen(&both->request, pears);
	CHECK(lot_park(both));
	pear = request_parked(pears);
	CHECK_INTEGER(lot_wake(apples, 1), 1);
	CHECK_INTEGER(lot_wake(pears, 1), 1);
	CHECK(next_ready() == both);
	CHECK(next_ready() == NULL);
	/* It came for an apple; the pear is the other one's. */
	request_end(both, false);
	CHECK(next_ready() == pear);
	CHECK_INTEGER(unused, 1);
	unused = 0;
	lot_look(pear);
	request_end(pear, true);
	CHECK_INTEGER(lot_waiting(apples) + lot_waiting(pears), 0);
}

enum { CROWD = 200, STEPS = 200000 };

/* The first of the crowd that waits and has no wake-up. */
static int
next_in_line(struct connection *crowd[], const bool woken[])
{
	int first = -1;

	for (int i = 0; i < CROWD; i++)
		if (crowd[i] && !woken[i] && (first < 0 ||
		    crowd[i]->ticket < crowd[first]->ticket))
			first = i;
	return first;
}

/* Any order of coming, looking in vain, and going. */
static void
the_order_holds_whatever_happens(void)
{
	struct connection *crowd[CROWD] = { NULL };
	bool woken[CROWD] = { false };
	int wrong = 0;

	srand(1);
	for (int step = 0; step < STEPS; step++) {
		int i = rand() % CROWD, first = next_in_line(crowd, woken);

		if (!crowd[i]) {
			crowd[i] = request_parked(apples);
		} else if (woken[i]) {
			lot_look(crowd[i]);
			woken[i] = false;
			if (rand() % 2) {
				wrong += !lot_park(crowd[i]);
			} else {
				request_end(crowd[i], true);
				crowd[i] = NULL;
			}
		} else if (first >= 0) {
			wrong += lot_wake(apples, 1) != 1;
			wrong += next_ready() != crowd[first];
			woken[first] = true;
		}
	}
	CHECK_INTEGER(wrong, 0);
	for (int i = 0; i < CROWD; i++) {
		if (crowd[i] && !woken[i] && lot_stir(crowd[i]))
			wrong++;
		while (next_ready())
			;
		if (crowd[i])
			request_end(crowd[i], true);
	}
	unused = 0;
}

static void
channels_go_with_their_last_listener(void)
{
	enum { CHANNELS = 50000 };
	static struct connection *c[CHANNELS];
	int waiting = 0, left = 0;

	for (int i = 0; i < CHANNELS; i++)
		c[i] = request_parked((struct channel_key){ 100, i });
	for (int i = 0; i < CHANNELS; i++)
		waiting += (int)lot_waiting((struct channel_key){ 100, i });
	CHECK_INTEGER(waiting, CHANNELS);
	lot_wake_everyone();
	while (next_ready())
		;
	for (int i = 0; i < CHANNELS; i++)
		request_end(c[i], true);
	for (int i = 0; i < CHANNELS; i++)
		left += (int)lot_waiting((struct channel_key){ 100, i });
	CHECK_INTEGER(left, 0);
	CHECK_INTEGER(lot_parked(), 0);
}

static void
listen_on_one_too_many(void)
{
	struct connection *c = request_new();

	for (int i = 0; i <= CHANNELS_PER_REQUEST_MAX; i++)
		lot_listen(&c->request, (struct channel_key){ 100, i });
}

int
main(void)
{
	lot_test_start();
	first_come_is_first_served();
	a_look_in_vain_costs_no_place();
	wake_ups_before_parking_count();
	what_was_not_used_goes_to_the_next();
	a_failure_passes_on_a_little_later();
	what_nobody_here_can_use_is_told();
	one_may_listen_on_several_channels();
	the_order_holds_whatever_happens();
	channels_go_with_their_last_listener();
	CHECK_STOPS(listen_on_one_too_many());
	lot_stop();
	return test_result();
}
