/*
 * The parking lot: what is due, deadlines, calls to everyone, and what epoll
 * reports of connections in each state.
 */
#include "tests/unit/lot.h"

static void
something_is_due(void)
{
	struct connection *a, *b;

	lot_wake_at(apples, 5); /* nobody listens: nobody is told */
	a = request_parked(apples);
	b = request_parked(apples);
	CHECK(lot_tick(10) == INT64_MAX);
	lot_wake_at(apples, 300);
	lot_wake_at(apples, 200);
	lot_wake_at(apples, 400);
	CHECK_INTEGER(lot_tick(199), 200);
	CHECK(next_ready() == NULL);
	CHECK(lot_tick(200) == INT64_MAX);
	CHECK(next_ready() == a);
	CHECK(next_ready() == NULL);
	/* A time that nobody waits for any more is forgotten. */
	lot_look(a);
	lot_wake_at(apples, 500);
	request_end(a, true);
	hang_up(b);
	CHECK(lot_tick(0) == INT64_MAX);
}

static void
everyone_is_called(void)
{
	struct connection *a = request_parked(apples);
	struct connection *b = request_parked(pears);
	struct connection *running = request_new();
	struct connection *one, *two;

	lot_look(running);
	lot_wake_everyone();
	one = next_ready();
	two = next_ready();
	CHECK((one == a && two == b) || (one == b && two == a));
	CHECK(next_ready() == NULL);
	/* Who ran meanwhile is called too. */
	CHECK(!lot_park(running));
	lot_look(running);
	CHECK(lot_park(running));
	/* That was no wake-up that could be passed on. */
	request_end(a, false);
	request_end(b, false);
	CHECK_INTEGER(unused, 0);
	hang_up(running);
}

static void
deadlines_end_the_wait(void)
{
	struct connection *late = request_new(), *soon = request_new();
	struct connection *woken = request_new();

	late->request.deadline_us = 3000;
	soon->request.deadline_us = 2000;
	woken->request.deadline_us = 1000;
	lot_look(late), lot_look(soon), lot_look(woken);
	lot_listen(&woken->request, apples);
	(void)lot_tick(0);
	stirs = 0;
	CHECK(lot_park(late));
	CHECK(lot_park(woken));
	CHECK_INTEGER(stirs, 2); /* each was sooner than the loop knew */
	CHECK(lot_park(soon));
	CHECK_INTEGER(stirs, 2);
	lot_wake(apples, 1);
	CHECK(next_ready() == woken);
	CHECK_INTEGER(lot_tick(1999), 2000);
	CHECK(next_ready() == NULL);
	CHECK_INTEGER(lot_tick(2000), 3000);
	CHECK(next_ready() == soon);
	CHECK(lot_tick(9000) == INT64_MAX);
	CHECK(next_ready() == late);
	lot_look(woken);
	request_end(woken, true);
	request_end(soon, true);
	request_end(late, true);
}

static void
the_lot_says_when_it_is_empty_no_more(void)
{
	struct connection *a, *b;

	firsts = 0;
	a = request_parked(apples);
	b = request_parked(apples);
	CHECK_INTEGER(firsts, 1);
	hang_up(a);
	hang_up(b);
	hang_up(request_parked(apples));
	CHECK_INTEGER(firsts, 2);
}

/* epoll reports a connection in whatever state it finds it. */
static void
each_state_can_be_stirred(void)
{
	struct connection *c = request_new();

	/* While it runs: it may not park without another look ... */
	CHECK(!lot_stir(c));
	CHECK(!lot_park(c));
	lot_look(c);
	CHECK(lot_park(c));
	CHECK(!lot_stir(c));
	CHECK(next_ready() == c);
	/* ... nor be idle. */
	CHECK(!lot_stir(c));
	CHECK(!lot_move(c, CONNECTION_IDLE));
	CHECK(lot_move(c, CONNECTION_IDLE));
	CHECK(lot_stir(c));
	CHECK(c->state == CONNECTION_READY);
	/* In line or in a turn it is only marked. */
	CHECK(!lot_stir(c));
	lot_resume(c);
	CHECK(lot_move(c, CONNECTION_TURN));
	CHECK(!lot_stir(c));
	lot_resume(c);
	CHECK(!lot_move(c, CONNECTION_IDLE));
	CHECK(lot_move(c, CONNECTION_CLOSED));
	CHECK(!lot_stir(c));
	CHECK(next_ready() == NULL);
	free(c);
}

/* While bytes are unsent it is not called, but what came is not forgotten. */
static void
one_that_sends_is_let_be(void)
{
	struct connection *c = request_new();

	lot_listen(&c->request, apples);
	lot_look(c);
	CHECK(!lot_stir(c));
	CHECK(!lot_send(c, 1000));
	CHECK(lot_send(c, 1000));
	CHECK_INTEGER(lot_parked(), 0);
	lot_wake_everyone();
	CHECK_INTEGER(lot_wake(apples, WAKE_ALL), 1);
	CHECK(next_ready() == NULL);
	/* There is room: the caller's. */
	CHECK(lot_stir(c));
	lot_resume(c);
	CHECK(!lot_park(c));
	lot_look(c);
	/* It sends again, until nothing was taken for too long. */
	CHECK(lot_send(c, 1000));
	CHECK_INTEGER(lot_tick(999), 1000);
	CHECK(next_ready() == NULL);
	CHECK_INTEGER(lot_tick(1000), INT64_MAX);
	CHECK(next_ready() == c);
	CHECK(lot_park(c));
	hang_up(c);
}

int
main(void)
{
	lot_test_start();
	something_is_due();
	everyone_is_called();
	deadlines_end_the_wait();
	the_lot_says_when_it_is_empty_no_more();
	each_state_can_be_stirred();
	one_that_sends_is_let_be();
	lot_stop();
	return test_result();
}
