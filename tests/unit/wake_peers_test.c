/*
 * What is made of the notes of peers: who was missed, who waits.
 */
#include "sql/wake_peers.h"
#include "tests/unit/test.h"

static int64_t now_us = 1000000;

/* A note of that number; without entries it is an announcement. */
static struct peer_news
hear(uint64_t sender, uint64_t number, bool waiting, const char *entries)
{
	struct wake_note note = { .sender = sender, .number = number,
		.waiting = waiting, .entries = entries };

	return peers_heard(&note, now_us);
}

static void
a_gap_is_noticed(void)
{
	peers_forget();
	hear(1, 10, false, "");
	CHECK(!hear(1, 10, false, "").missed);
	CHECK(!hear(1, 11, false, "x").missed);
	CHECK(!hear(1, 12, false, "x").missed);
	CHECK(!hear(1, 12, false, "").missed);
	CHECK(hear(1, 14, false, "x").missed);
	CHECK(!hear(1, 15, false, "x").missed);
	CHECK(hear(1, 16, false, "").missed);
	CHECK(!hear(1, 16, false, "").missed);
}

/* It may have told others something before we knew of it. */
static void
whoever_is_new_may_have_been_missed(void)
{
	peers_forget();
	CHECK(hear(1, 10, false, "").missed);
	CHECK(hear(2, 5, false, "x").missed);
	CHECK(!hear(2, 6, false, "x").missed);
	/* Also one that counts from the beginning. */
	CHECK(hear(3, 0, true, "").missed);
	CHECK(hear(4, 1, true, "x").missed);
	peers_forget();
	CHECK(hear(1, 10, false, "").missed);
	CHECK(!hear(1, 10, false, "").missed);
}

static void
who_begins_to_wait_is_told(void)
{
	peers_forget();
	CHECK(!peers_wait());
	CHECK(hear(1, 1, true, "").waits);
	CHECK(peers_wait());
	CHECK(!hear(1, 1, true, "").waits);
	CHECK(!hear(1, 1, false, "").waits);
	CHECK(!peers_wait());
	CHECK(hear(1, 2, true, "x").waits);
	CHECK(!hear(2, 1, false, "").waits);
	CHECK(peers_wait());
	peers_forget();
	CHECK(!peers_wait());
}

static void
the_silent_are_forgotten(void)
{
	peers_forget();
	hear(1, 1, true, "");
	now_us += 4999999;
	CHECK(!peers_fell_silent(now_us));
	hear(2, 1, false, "");
	now_us += 1;
	CHECK(peers_fell_silent(now_us));
	CHECK(!peers_wait());
	CHECK(!peers_fell_silent(now_us));
	CHECK(!hear(2, 1, false, "").missed);
	CHECK(hear(1, 1, true, "").missed);
}

int
main(void)
{
	a_gap_is_noticed();
	whoever_is_new_may_have_been_missed();
	who_begins_to_wait_is_told();
	the_silent_are_forgotten();
	return test_result();
}
