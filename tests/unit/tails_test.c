/*
 * Tails: when a look costs a statement and when not, what is shared, and that
 * whoever waits for another's read learns what became of it.
 */
#include "sql/tails.h"

#include <pthread.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "tests/unit/test.h"

enum { ID = 42 };

static struct tail_view view;

static struct stream
stream(int32_t incarnation, int64_t next_seq, bool closed)
{
	return (struct stream){ .id = ID, .incarnation = incarnation,
		.next_seq = next_seq, .closed = closed };
}

static void
know(struct tail *tail, int32_t incarnation, int64_t next_seq, bool closed)
{
	struct stream s = stream(incarnation, next_seq, closed);

	tail_know(tail, &s);
}

static void
know_for_all(struct tail *tail, int64_t from, int64_t next, const char *bytes)
{
	struct stream s = stream(0, next, false);

	tail_know_for_all(tail, &s, from, next, text_of(bytes));
}

static enum tail_look
look(struct tail *tail, int64_t seq)
{
	enum tail_look found = tail_look(tail, 0, seq, true, &view);

	if (found == TAIL_PAGE)
		tail_page_drop(view.page);
	return found;
}

static void
what_is_known_costs_nothing(void)
{
	struct tail *tail = tail_watch(ID);

	know(tail, 0, 5, false);
	CHECK(look(tail, 5) == TAIL_QUIET);
	CHECK(look(tail, 5) == TAIL_QUIET);
	CHECK(look(tail, 9) == TAIL_QUIET); /* behind the end */
	CHECK_INTEGER(view.next_seq, 5);
	CHECK(!view.closed);
	know(tail, 0, 5, true);
	CHECK(look(tail, 5) == TAIL_QUIET && view.closed);
	tail_leave(tail);
}

static void
what_may_have_moved_is_read_by_one(void)
{
	struct tail *tail = tail_watch(ID);

	know(tail, 0, 5, false);
	tails_moved(ID);
	tails_moved(ID + 1); /* nobody watches it */
	CHECK(look(tail, 5) == TAIL_READ_FOR_ALL);
	CHECK(look(tail, 5) == TAIL_BUSY);
	know_for_all(tail, 5, 5, NULL);
	CHECK(look(tail, 5) == TAIL_QUIET);
	tail_leave(tail);
}

/* What comes while somebody reads, he may have missed. */
static void
a_move_during_a_read_is_read_again(void)
{
	struct tail *tail = tail_watch(ID);

	know(tail, 0, 5, false);
	tails_moved(ID);
	CHECK(look(tail, 5) == TAIL_READ_FOR_ALL);
	tails_moved(ID);
	know_for_all(tail, 5, 5, NULL);
	CHECK(look(tail, 5) == TAIL_READ_FOR_ALL);
	know_for_all(tail, 5, 5, NULL);
	tail_leave(tail);
}

static void
a_page_is_for_all_who_are_there(void)
{
	struct tail *tail = tail_watch(ID), *other = tail_watch(ID);

	CHECK(tail == other && tail_is_shared(tail));
	know(tail, 0, 5, false);
	tails_moved(ID);
	CHECK(look(tail, 5) == TAIL_READ_FOR_ALL);
	know_for_all(tail, 5, 7, "ab");
	CHECK(tail_look(tail, 0, 5, true, &view) == TAIL_PAGE);
	CHECK_TEXT(view.page->bytes, "ab");
	CHECK_INTEGER(view.page->next, 7);
	CHECK(!view.more);
	tails_moved(ID);
	CHECK(look(tail, 5) == TAIL_PAGE && view.more);
	/* It lives as long as somebody uses it. */
	CHECK(tail_look(tail, 0, 5, true, &view) == TAIL_PAGE);
	tail_leave(tail);
	tail_leave(other);
	CHECK_TEXT(view.page->bytes, "ab");
	tail_page_drop(view.page);
	tail_page_drop(view.page);
}

static void
who_is_elsewhere_reads_alone(void)
{
	struct tail *tail = tail_watch(ID), *other = tail_watch(ID);

	know(tail, 0, 5, false);
	CHECK(look(tail, 2) == TAIL_READ_FOR_ALL); /* known to be there */
	CHECK(look(tail, 3) == TAIL_READ);
	CHECK(look(tail, 2) == TAIL_BUSY);
	know_for_all(tail, 2, 5, "cde");
	CHECK(look(tail, 2) == TAIL_PAGE);
	CHECK(tail_look(tail, 0, 2, false, &view) == TAIL_READ);
	CHECK(tail_look(tail, 1, 5, true, &view) == TAIL_READ);
	tail_leave(tail);
	tail_leave(other);
}

static void
a_page_for_one_alone_is_not_kept(void)
{
	struct tail *tail = tail_watch(ID);

	know(tail, 0, 5, false);
	CHECK(look(tail, 2) == TAIL_READ_FOR_ALL);
	know_for_all(tail, 2, 5, "cde");
	CHECK(look(tail, 2) == TAIL_READ_FOR_ALL);
	know_for_all(tail, 2, 5, "cde");
	tail_leave(tail);
}

static void
old_pages_go(void)
{
	struct tail *tail = tail_watch(ID), *other = tail_watch(ID);

	know(tail, 0, 0, false);
	for (int64_t n = 0; n <= TAIL_PAGES_MAX; n++) {
		tails_moved(ID);
		CHECK(look(tail, n) == TAIL_READ_FOR_ALL);
		know_for_all(tail, n, n + 1, "x");
	}
	CHECK(look(tail, TAIL_PAGES_MAX) == TAIL_PAGE);
	CHECK(look(tail, 1) == TAIL_PAGE);
	CHECK(look(tail, 0) == TAIL_READ_FOR_ALL);
	know_for_all(tail, 0, 0, NULL);
	tail_leave(tail);
	tail_leave(other);
}

static void
another_life_forgets_the_last(void)
{
	struct tail *tail = tail_watch(ID), *other = tail_watch(ID);

	know(tail, 0, 5, true);
	CHECK(look(tail, 2) == TAIL_READ_FOR_ALL);
	know_for_all(tail, 2, 5, "cde");
	know(tail, 1, 3, false);
	CHECK(tail_look(tail, 1, 3, true, &view) == TAIL_QUIET);
	CHECK(!view.closed);
	CHECK(tail_look(tail, 1, 2, true, &view) == TAIL_READ_FOR_ALL);
	tail_know_for_all(tail, NULL, 0, 0, TEXT_ABSENT);
	know(tail, 0, 9, true); /* from a late reader */
	CHECK(tail_look(tail, 1, 3, true, &view) == TAIL_READ_FOR_ALL);
	CHECK_INTEGER(view.next_seq, 3);
	tail_know_for_all(tail, NULL, 0, 0, TEXT_ABSENT);
	tail_leave(tail);
	tail_leave(other);
}

static void
a_read_that_failed_is_tried_again(void)
{
	struct tail *tail = tail_watch(ID);

	know(tail, 0, 5, false);
	tails_moved(ID);
	CHECK(look(tail, 5) == TAIL_READ_FOR_ALL);
	tail_know_for_all(tail, NULL, 0, 0, TEXT_ABSENT);
	CHECK(look(tail, 5) == TAIL_READ_FOR_ALL);
	know_for_all(tail, 5, 5, NULL);
	tail_leave(tail);
}

static void *
look_beside(void *tail)
{
	return look(tail, 5) == TAIL_QUIET ? tail : NULL;
}

/* On its thread, so briefly that it need not park. */
static void
who_comes_during_a_read_waits_for_it(void)
{
	struct tail *tail = tail_watch(ID);
	void *was_quiet = NULL;
	int tries = 0;

	/* It may be preempted for longer than it waits: not each time. */
	while (!was_quiet && tries++ < 100) {
		pthread_t beside;

		know(tail, 0, 5, false);
		tails_moved(ID);
		CHECK(look(tail, 5) == TAIL_READ_FOR_ALL);
		CHECK(pthread_create(&beside, NULL, look_beside, tail) == 0);
		know_for_all(tail, 5, 5, NULL);
		CHECK(pthread_join(beside, &was_quiet) == 0);
	}
	CHECK(was_quiet == tail);
	tail_leave(tail);
}

static void
one_of_all_renews(void)
{
	struct tail *tail = tail_watch(ID);

	CHECK(tail_renews(tail, 1000000));
	CHECK(!tail_renews(tail, 1000000));
	CHECK(tail_renews(tail, 0));
	tail_leave(tail);
}

static void
a_missed_note_hurries(void)
{
	CHECK(!tails_hurry());
	tails_may_have_moved();
	CHECK(tails_hurry());
	tails_tick(NULL, 0); /* nobody watches: no statement */
	CHECK(!tails_hurry());
}

int
main(void)
{
	what_is_known_costs_nothing();
	what_may_have_moved_is_read_by_one();
	a_move_during_a_read_is_read_again();
	a_page_is_for_all_who_are_there();
	who_is_elsewhere_reads_alone();
	a_page_for_one_alone_is_not_kept();
	old_pages_go();
	another_life_forgets_the_last();
	a_read_that_failed_is_tried_again();
	who_comes_during_a_read_waits_for_it();
	one_of_all_renews();
	a_missed_note_hurries();
	return test_result();
}
