/*
 * Turns: what is combined, in what order it runs, and what becomes of it when
 * a call fails.
 */
#include "fcgi/must.h"
#include "tests/unit/turn.h"

static void
a_lone_write_goes_at_once(void)
{
	begin();
	submit(named('x', &acks, 1));
	check("a1:x; ", "x+ ");
	submit(named('y', &acks, 1));
	check("a1:x; a1:y; ", "x+ y+ ");
}

static void
come_y_and_z(void)
{
	submit(named('y', &acks, 1));
	submit(named('z', &acks, 1));
	CHECK_STRING(resumed, "");
}

static void
what_comes_during_a_call_shares_the_next(void)
{
	begin();
	meanwhile = come_y_and_z;
	submit(named('x', &acks, 1));
	check("a1:x; a1:yz; ", "x+ y+ z+ ");
}

static void
come_to_other_lanes(void)
{
	submit(named('p', &acks, 3));
	submit(named('q', &enqueues, 2));
	submit(named('r', &acks, 2));
	submit(named('s', &acks, -4));
	submit(named('t', &acks, 3));
	submit(named('u', &acks, 1));
}

/* By owner, and one of an owner, so that turns cannot wait in a ring. */
static void
lanes_share_a_turn_in_their_order(void)
{
	begin();
	meanwhile = come_to_other_lanes;
	submit(named('x', &acks, 1));
	check("a1:x; a-4:s a1:u e2:q a3:pt; a2:r; ",
	    "x+ s+ u+ q+ p+ t+ r+ ");
}

static void
come_of_two_tags(void)
{
	for (const char *name = "abcd"; *name; name++) {
		struct write *w = named(*name, &enqueues, 1);

		w->tag = *name == 'c';
		submit(w);
	}
}

/* Nobody overtakes in a lane, not even to join the first. */
static void
what_does_not_join_waits_in_its_place(void)
{
	begin();
	meanwhile = come_of_two_tags;
	submit(named('x', &enqueues, 1));
	check("e1:x; e1:ab; e1:c; e1:d; ", "x+ a+ b+ c+ d+ ");
}

static void
come_to_be_gathered(void)
{
	submit(named('p', &appends, 5));
	submit(named('q', &appends, 3));
	submit(named('r', &acks, 4));
	submit(named('s', &appends, 5));
	submit(named('t', &appends, 2));
}

static void
come_with_one_that_does_not_fit(void)
{
	struct write *w = named('u', &appends, 6);

	come_to_be_gathered();
	w->tag = 1;
	submit(w);
}

/* Lanes that fit share a call, behind those of the others. */
static void
lanes_are_gathered(void)
{
	begin();
	meanwhile = come_with_one_that_does_not_fit;
	submit(named('x', &appends, 1));
	check("p1:x; a4:r p6:u (2:t 3:q 5:ps); ",
	    "x+ r+ t+ q+ p+ s+ u+ ");
}

static void
come_with_one_that_spoils_it(void)
{
	struct write *w = named('v', &appends, 7);

	come_to_be_gathered();
	w->fate = DB_FAILED;
	submit(w);
}

/* Then each is tried on its own. */
static void
a_gathered_call_that_fails(void)
{
	begin();
	meanwhile = come_with_one_that_spoils_it;
	submit(named('x', &appends, 1));
	check("p1:x; a4:r (2:t 3:q 5:ps 7:v); a4:r; p2:t; p3:q; p5:p; p5:s; "
	    "p7:v; ", "x+ r+ t+ q+ p+ s+ v! ");
}

static void
come_heavy(void)
{
	for (const char *name = "abcd"; *name; name++) {
		struct write *w = named(*name, &acks, 1);

		w->item.weight = *name == 'd' ? TURN_ITEMS_MAX + 1 :
		    TURN_ITEMS_MAX / 2;
		submit(w);
	}
	for (const char *name = "efg"; *name; name++) {
		struct write *w = named(*name, &acks, 2);

		w->item.bytes = TURN_BYTES_MAX / 2;
		submit(w);
	}
}

/* A turn has its limits, and what is over them alone goes alone. */
static void
a_turn_is_not_too_large(void)
{
	begin();
	meanwhile = come_heavy;
	submit(named('x', &acks, 1));
	check("a1:x; a2:ef; a1:ab; a1:c a2:g; a1:d; ",
	    "x+ e+ f+ a+ b+ c+ g+ d+ ");
}

static void
come_with_one_that_fails(enum db_outcome fate)
{
	struct write *w;

	submit(named('a', &acks, 5));
	w = named('b', &acks, 5);
	w->fate = fate;
	submit(w);
	submit(named('c', &acks, 5));
	submit(named('d', &enqueues, 6));
}

static void
come_with_a_busy_one(void)
{
	come_with_one_that_fails(DB_BUSY);
}

static void
come_with_a_failing_one(void)
{
	come_with_one_that_fails(DB_FAILED);
}

static void
come_with_a_lost_one(void)
{
	come_with_one_that_fails(DB_UNKNOWN);
}

static void
come_with_one_away(void)
{
	come_with_one_that_fails(DB_AWAY);
}

/* What was surely undone is run again, each alone. */
static void
one_failure_is_not_its_neighbours(void)
{
	begin();
	meanwhile = come_with_a_busy_one;
	submit(named('x', &acks, 1));
	check("a1:x; a5:abc e6:d; a5:a; a5:b; a5:c; e6:d; ",
	    "x+ a+ b~ c+ d+ ");
	begin();
	meanwhile = come_with_a_failing_one;
	submit(named('x', &acks, 1));
	check("a1:x; a5:abc e6:d; a5:a; a5:b; a5:c; e6:d; ",
	    "x+ a+ b! c+ d+ ");
}

/* What may have happened must not happen again. */
static void
a_lost_connection_is_everybodys(void)
{
	begin();
	meanwhile = come_with_a_lost_one;
	submit(named('x', &acks, 1));
	check("a1:x; a5:abc e6:d; ", "x+ a? b? c? d? ");
	begin();
	meanwhile = come_with_one_away;
	submit(named('x', &acks, 1));
	check("a1:x; a5:abc e6:d; ", "x+ a/ b/ c/ d/ ");
}

static void
come_ten_that_are_blocked(void)
{
	for (const char *name = "abcdefghij"; *name; name++) {
		struct write *w = named(*name, &acks, 5);

		w->fate = DB_BUSY;
		submit(w);
	}
}

/* Ten lock timeouts are not waited for one after the other. */
static void
failing_one_by_one_has_an_end(void)
{
	begin();
	call_us = 2000000;
	meanwhile = come_ten_that_are_blocked;
	submit(named('x', &acks, 1));
	check("a1:x; a5:abcdefghij; a5:a; a5:b; a5:c; ",
	    "x+ a~ b~ c~ d~ e~ f~ g~ h~ i~ j~ ");
}

static void
who_wants_another_turn_gets_the_next(void)
{
	struct write *w = named('x', &acks, 1);

	begin();
	w->again = true;
	meanwhile = come_y_and_z;
	submit(w);
	/* Behind those that waited already. */
	check("a1:x; a1:yzx; ", "x+ y+ z+ x+ ");
}

static void
results_come_once(void)
{
	struct write *w = named('x', &acks, 1);

	submit(w);
	CHECK_INTEGER(w->item.bytes, 1);
	w = named('x', &acks, 1);
	w->fate = DB_BUSY;
	submit(w);
	CHECK_INTEGER(w->item.bytes, 0);
}

/* --- with threads ------------------------------------------------------- */

static void *
submit_in_thread(void *write)
{
	submit(write);
	return NULL;
}

static void
run_in_thread(struct write *w)
{
	pthread_t thread;

	must(pthread_create(&thread, NULL, submit_in_thread, w) == 0);
	must(pthread_join(thread, NULL) == 0);
}

static void
others_come(void)
{
	/* x's lane has a call under way: its thread will do it. */
	run_in_thread(named('y', &acks, 1));
	CHECK_STRING(calls, "a1:x; ");
	/* A second runner. */
	run_in_thread(named('z', &acks, 2));
	CHECK_STRING(calls, "a1:x; a2:z; ");
	CHECK_STRING(resumed, "z+ ");
}

static void
others_come_in_vain(void)
{
	run_in_thread(named('y', &acks, 1));
	run_in_thread(named('z', &acks, 2));
	CHECK_STRING(calls, "a1:x; ");
}

static void
as_many_threads_run_turns_as_may(void)
{
	begin();
	meanwhile = others_come;
	submit(named('x', &acks, 1));
	check("a1:x; a2:z; a1:y; ", "z+ x+ y+ ");

	begin();
	turn_start(1);
	meanwhile = others_come_in_vain;
	submit(named('x', &acks, 1));
	check("a1:x; a1:y a2:z; ", "x+ y+ z+ ");
	turn_start(2);
}

static void
come_one_and_another_one(void)
{
	run_in_thread(named('y', &appends, 2));
	CHECK_STRING(calls, "p1:x; ");
	run_in_thread(named('z', &appends, 3));
	CHECK_STRING(calls, "p1:x; (2:y 3:z); ");
	CHECK_STRING(resumed, "y+ z+ ");
}

static void
comes_one(void)
{
	run_in_thread(named('y', &appends, 2));
	CHECK_STRING(calls, "p1:x; p2:y; ");
}

static void
comes_one_that_may_wait(void)
{
	run_in_thread(named('y', &acks, 2));
	CHECK_STRING(calls, "a1:x; a2:y; ");
}

/* What waits for nobody is over soon. */
static void
beside_a_turn_that_is_over_soon_goes_one_as_large(void)
{
	struct write *w;

	begin();
	meanwhile = come_one_and_another_one;
	w = named('x', &appends, 1);
	w->item.weight = 2;
	submit(w);
	check("p1:x; (2:y 3:z); ", "y+ z+ x+ ");

	for (int heavy = 0; heavy <= 1; heavy++) {
		begin();
		meanwhile = comes_one;
		w = named('x', &appends, 1);
		w->item.weight = heavy ? 2 : TURN_QUICK_ITEMS_MAX + 1;
		w->item.bytes = heavy ? TURN_QUICK_BYTES_MAX + 1 : 0;
		submit(w);
		check("p1:x; p2:y; ", "y+ x+ ");
	}

	begin();
	meanwhile = comes_one_that_may_wait;
	w = named('x', &acks, 1);
	w->item.weight = 2;
	submit(w);
	check("a1:x; a2:y; ", "y+ x+ ");
}

static void
come_a_few_and_then_a_callful(void)
{
	struct write *w = named('z', &enqueues, 1);

	run_in_thread(named('y', &enqueues, 1));
	CHECK_STRING(calls, "e1:x; ");
	w->item.weight = TURN_ITEMS_MAX;
	run_in_thread(w);
	CHECK_STRING(calls, "e1:x; e1:y; e1:z; ");
	CHECK_STRING(resumed, "y+ z+ ");
}

static void
comes_an_ack_of_a_callful(void)
{
	struct write *w = named('y', &acks, 1);

	w->item.weight = TURN_ITEMS_MAX;
	run_in_thread(w);
	CHECK_STRING(calls, "a1:x; ");
}

static void
calls_of_a_lane_overlap_when_waiting_would_not_combine_more(void)
{
	begin();
	meanwhile = come_a_few_and_then_a_callful;
	submit(named('x', &enqueues, 1));
	check("e1:x; e1:y; e1:z; ", "y+ z+ x+ ");

	begin();
	meanwhile = comes_an_ack_of_a_callful;
	submit(named('x', &acks, 1));
	check("a1:x; a1:y; ", "x+ y+ ");
}

int
main(void)
{
	turn_start(2);
	a_lone_write_goes_at_once();
	what_comes_during_a_call_shares_the_next();
	lanes_share_a_turn_in_their_order();
	lanes_are_gathered();
	a_gathered_call_that_fails();
	what_does_not_join_waits_in_its_place();
	a_turn_is_not_too_large();
	one_failure_is_not_its_neighbours();
	a_lost_connection_is_everybodys();
	failing_one_by_one_has_an_end();
	who_wants_another_turn_gets_the_next();
	results_come_once();
	as_many_threads_run_turns_as_may();
	beside_a_turn_that_is_over_soon_goes_one_as_large();
	calls_of_a_lane_overlap_when_waiting_would_not_combine_more();
	turn_stop();
	return test_result();
}
