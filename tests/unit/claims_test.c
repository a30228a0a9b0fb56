/*
 * What dequeues remember of their topics, and how the messages of one call
 * are shared out.
 */
#include <stdlib.h>

#include "tests/unit/claims.h"

static void
the_first_look_is_at_everything(void)
{
	struct topic topic = new_topic();

	ask_for(&topic, 3);
	CHECK_INTEGER(asked.n, 3);
	CHECK_INTEGER(asked.from, 0);
	CHECK(asked.due && asked.everything_due);
}

/* Below the lowest fresh message there are only dead index entries. */
static void
the_next_begins_where_messages_are(void)
{
	struct topic topic = new_topic();
	int64_t seq = message_seq_at(now_us);

	ask_for(&topic, 3);
	get(answer(3, seq, 0, 0));
	CHECK_INTEGER(claim[0].got, 3);
	CHECK_INTEGER(heard.lot_woken, 1); /* there may be more */
	ask_for(&topic, 3);
	CHECK(asked.from < seq);
	CHECK(asked.from >= message_seq_at(now_us - S / 10));
	CHECK(!asked.due);
	get(answer(3, seq, 0, 0));
	/* Hints are not for ever. */
	now_us += S;
	ask_for(&topic, 3);
	CHECK_INTEGER(asked.from, 0);
	CHECK(asked.due && asked.everything_due);
	get(answer(3, seq, 0, 0));
}

/* Who gets too little looks at everything next. */
static void
a_short_answer_drops_the_hints(void)
{
	struct topic topic = new_topic();

	ask_for(&topic, 3);
	get(answer(3, message_seq_at(now_us), 0, 0));
	ask_for(&topic, 3);
	CHECK(asked.from > 0);
	get(answer(2, message_seq_at(now_us), 0, 0));
	ask_for(&topic, 3);
	CHECK_INTEGER(asked.from, 0);
	CHECK(asked.due && asked.everything_due);
	get(answer(3, message_seq_at(now_us), 0, 0));
}

/* A look without hints that costs much is not taken often. */
static void
looks_without_hints_have_their_share(void)
{
	struct topic topic = new_topic();
	int64_t seq = message_seq_at(now_us);

	ask_for(&topic, 3);
	now_us += 100000; /* so long it takes */
	get(answer(1, seq, 0, 0));
	/* It ran short: the next would look at everything, but may not. */
	ask_for(&topic, 3);
	CHECK(asked.from > 0);
	CHECK(!asked.due);
	get(answer(0, 0, 0, 0));
	CHECK(!claim[0].again);
	/* So the waiter comes back when it may. */
	CHECK_INTEGER(heard.look_us, now_us + 50 * 100000);
	now_us = heard.look_us;
	ask_for(&topic, 3);
	CHECK_INTEGER(asked.from, 0);
	CHECK(asked.due);
}

/* A stall is no cost: after it, looks are not put off for minutes. */
static void
a_stall_does_not_blind(void)
{
	struct topic topic = new_topic();

	ask_for(&topic, 1);
	now_us += 60 * INT64_C(1000000);
	get(answer(0, 0, 0, 0));
	ask_for(&topic, 1);
	get(answer(0, 0, 0, 0));
	CHECK(heard.look_us <= now_us + 10 * S);
	now_us = heard.look_us;
	ask_for(&topic, 1);
	CHECK_INTEGER(asked.from, 0);
	CHECK(asked.due);
}

static void
what_is_due_is_looked_for_then(void)
{
	struct topic topic = new_topic();
	int64_t due_us = now_us + 5 * S;

	ask_for(&topic, 1);
	get(answer(0, 0, 0, due_us));
	CHECK(!claim[0].again);
	CHECK_INTEGER(heard.look_us, due_us);
	now_us = due_us;
	ask_for(&topic, 1);
	CHECK(asked.due);
	get(answer(1, message_seq_at(now_us), 0, 0));
	CHECK_INTEGER(claim[0].got, 1);
}

/* What a name that was no group's has taught, its group does not suffer. */
static void
an_unknown_group_teaches_nothing(void)
{
	struct topic topic = new_topic();
	PGresult *rows;

	as_group = TEXT("a");
	ask_for(&topic, 1);
	now_us += 100000; /* so long it takes */
	rows = answer(0, 0, 0, 0);
	set_16(rows, 0, 4, -1);
	get(rows);
	CHECK(claim[0].unknown_group);
	CHECK(!claim[0].again);
	ask_for(&topic, 1);
	CHECK_INTEGER(asked.from, 0);
	CHECK(asked.due && asked.everything_due);
	get(answer(1, message_seq_at(now_us), 0, 0));
	CHECK(!claim[0].unknown_group);
	ask_for(&topic, 1);
	CHECK(asked.from > 0);
	as_group = TEXT_ABSENT;
}

static PGresult *
answer_of_group(int64_t group_id, int count, int64_t seq)
{
	PGresult *rows = answer(count, seq, 0, 0);

	set_64(rows, count, 14, group_id);
	return rows;
}

/* What was known of a group does not hold for the next one of its name. */
static void
a_group_of_the_same_name_is_another_one(void)
{
	int64_t here = message_seq_at(now_us);
	struct topic topic = new_topic();

	as_group = TEXT("a");
	ask_for(&topic, 1);
	CHECK_INTEGER(asked.known, 0);
	get(answer_of_group(7, 1, here));
	ask_for(&topic, 1);
	CHECK(asked.from > 0 && !asked.due);
	CHECK_INTEGER(asked.known, 7);
	/* The statement did without the hints: this was a look at all. */
	get(answer_of_group(8, 0, 0));
	CHECK(!claim[0].again);
	CHECK_INTEGER(claim[0].got, 0);
	ask_for(&topic, 1);
	CHECK_INTEGER(asked.known, 8);
	as_group = TEXT_ABSENT;
}

/* Whom the limit leaves empty-handed waits until it lets him. */
static void
a_limit_is_waited_for(void)
{
	struct topic topic = new_topic();
	int64_t until_us = now_us + S;

	ask(&topic, (int[CLAIMS_MAX]){ 1, 1 });
	get(limited_answer(1, message_seq_at(now_us), until_us));
	CHECK_INTEGER(claim[0].got, 1);
	CHECK_INTEGER(claim[1].got, 0);
	CHECK(!claim[1].again);
	CHECK_INTEGER(heard.lot_woken, 0);
	CHECK_INTEGER(heard.look_us, until_us);
}

/* The database's clock is behind ours: no look upon look until it is there. */
static void
clocks_that_differ_cost_no_storm(void)
{
	struct topic topic = new_topic();

	ask_for(&topic, 1);
	get(answer(0, 0, 0, now_us - S / 2));
	CHECK(heard.look_us >= now_us + 10000);
	CHECK(heard.look_us <= now_us + 100000);
}

static void
messages_go_to_claims_in_their_order(void)
{
	struct topic topic = new_topic();

	ask(&topic, (int[CLAIMS_MAX]){ 2, 1, 3, 1 });
	CHECK_INTEGER(asked.n, 7);
	get(answer(4, message_seq_at(now_us), 0, 0));
	CHECK(claim[0].first == 0 && claim[0].got == 2);
	CHECK(claim[1].first == 2 && claim[1].got == 1);
	CHECK(claim[2].first == 3 && claim[2].got == 1);
	CHECK_INTEGER(claim[3].got, 0);
	/* That was a look at everything: no use in another one. */
	CHECK(!claim[3].again);
	CHECK_INTEGER(heard.lot_woken, 0);
	ask(&topic, (int[CLAIMS_MAX]){ 1, 1 });
	get(answer(2, message_seq_at(now_us), 0, 0));
	/* Now with hints, and short: who has nothing looks without them. */
	ask(&topic, (int[CLAIMS_MAX]){ 1, 1 });
	CHECK(asked.from > 0);
	get(answer(1, message_seq_at(now_us), 0, 0));
	CHECK(!claim[0].again);
	CHECK(claim[1].again);
}

/* A call that ends because of its bytes has not seen everything. */
static void
heavy_messages_come_in_several_calls(void)
{
	struct topic topic = new_topic();
	PGresult *rows = answer(1, message_seq_at(now_us), 0, 0);
	char *heavy = calloc(1, DEQUEUE_BYTES_MAX);

	must(heavy && PQsetvalue(rows, 0, 12, heavy, DEQUEUE_BYTES_MAX));
	ask(&topic, (int[CLAIMS_MAX]){ 1, 1 });
	get(rows);
	CHECK(!claim[0].again);
	CHECK(claim[1].again);
	CHECK_INTEGER(heard.lot_woken, 1);
	free(heavy);
}

static void
only_what_is_alike_shares_a_call(void)
{
	struct topic topic = new_topic(), strict = topic;
	struct claim a, b, longer, other;

	claim_init(&a, &topic, 1, 30000);
	claim_init(&b, &topic, 5, 30000);
	claim_init(&longer, &topic, 1, 60000);
	strict.has_max_retries = true;
	strict.max_retries = 1;
	claim_init(&other, &strict, 1, 30000);
	CHECK(claim_kind.joins(&a.item, &b.item));
	CHECK(!claim_kind.joins(&a.item, &longer.item));
	CHECK(!claim_kind.joins(&a.item, &other.item));

	claim_for_group(&a, TEXT("a"));
	claim_for_group(&b, TEXT("a"));
	claim_for_group(&other, TEXT("b"));
	other.dead_after = a.dead_after;
	CHECK(a.item.owner == b.item.owner);
	CHECK(a.item.owner != other.item.owner);
	CHECK(a.item.kind->joins(&a.item, &b.item));
	CHECK(!a.item.kind->joins(&a.item, &other.item));
}

static void
dead_letters_wake_their_waiters(void)
{
	struct topic topic = new_topic();

	ask_for(&topic, 1);
	get(answer(0, 0, 3, 0));
	CHECK_INTEGER(heard.woken, 3);
	CHECK_INTEGER(heard.woken_id, topic_channel(topic.id, true).id);
}

/* Peers hear of the next thing that is due, not of each. */
static void
peers_hear_what_is_news(void)
{
	struct topic topic = new_topic();

	forget_heard();
	claims_due(topic.id, false, now_us + 10 * S);
	CHECK_INTEGER(heard.told_us, now_us + 10 * S);
	forget_heard();
	claims_due(topic.id, false, now_us + 20 * S);
	CHECK_INTEGER(heard.told_us, 0);
	CHECK_INTEGER(heard.look_us, now_us + 20 * S);
	claims_due(topic.id, false, now_us + 5 * S);
	CHECK_INTEGER(heard.told_us, now_us + 5 * S);
	now_us += 5 * S;
	claims_due(topic.id, false, now_us + 20 * S);
	CHECK_INTEGER(heard.told_us, now_us + 20 * S);

	/* What a peer says is not told to the peers. */
	forget_heard();
	topic = new_topic();
	claims_due_heard(topic_channel(topic.id, false), now_us + S);
	CHECK_INTEGER(heard.told_us, 0);
	CHECK_INTEGER(heard.look_us, now_us + S);
	claims_due(topic.id, false, now_us + 2 * S);
	CHECK_INTEGER(heard.told_us, 0);
}

int
main(void)
{
	arena = arena_new();
	the_first_look_is_at_everything();
	the_next_begins_where_messages_are();
	a_short_answer_drops_the_hints();
	looks_without_hints_have_their_share();
	a_stall_does_not_blind();
	what_is_due_is_looked_for_then();
	an_unknown_group_teaches_nothing();
	a_group_of_the_same_name_is_another_one();
	a_limit_is_waited_for();
	clocks_that_differ_cost_no_storm();
	messages_go_to_claims_in_their_order();
	heavy_messages_come_in_several_calls();
	only_what_is_alike_shares_a_call();
	dead_letters_wake_their_waiters();
	peers_hear_what_is_news();
	arena_free(arena);
	return test_result();
}
