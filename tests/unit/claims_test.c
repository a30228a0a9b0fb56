/*
 * What dequeues remember of their topics, and how the messages of one call
 * are shared out. The calls' answers, the clock and the waking are made up
 * here: what matters is what is asked for next, and when.
 */
#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>

#include "fcgi/clock.h"
#include "fcgi/must.h"
#include "sql/claims.h"
#include "sql/message_seq.h"
#include "sql/pgtypes.h"
#include "sql/wake.h"
#include "tests/unit/test.h"

enum { COLUMNS = 15, CLAIMS_MAX = 4, S = 1000000 };

/* --- a clock and wake-ups in place of the real ones ----------------------- */

static int64_t now_us = INT64_C(1800000000) * S;

int64_t
clock_wall_us(void)
{
	return now_us;
}

/* It began at some other time. */
int64_t
clock_monotonic_us(void)
{
	return now_us - INT64_C(1000000000) * S;
}

void
clock_print(int64_t unix_us, char text[CLOCK_TEXT_BYTES + 1])
{
	(void)unix_us; /* nobody reads the log */
	text[0] = '\0';
}

/* The calls since the last look at them. */
static struct {
	uint32_t lot_woken, woken;
	int64_t woken_id;
	int64_t look_us;	/* the soonest lot_wake_at, as wall clock */
	int64_t told_us;	/* to the peers; 0: nothing */
} heard;

static void
forget_heard(void)
{
	memset(&heard, 0, sizeof(heard));
	heard.look_us = INT64_MAX;
}

uint32_t
lot_wake(struct channel_key key, uint32_t count)
{
	(void)key; /* one topic a test */
	heard.lot_woken += count;
	return 0;
}

void
lot_wake_at(struct channel_key key, int64_t at_us)
{
	int64_t wall_us = at_us + now_us - clock_monotonic_us();

	(void)key; /* one topic a test */
	if (wall_us < heard.look_us)
		heard.look_us = wall_us;
}

void
wake(struct channel_key key, uint32_t count)
{
	heard.woken += count;
	heard.woken_id = key.id;
}

void
wake_due_elsewhere(struct channel_key key, int64_t wall_us)
{
	(void)key; /* one topic a test */
	heard.told_us = wall_us;
}

/* --- calls and their answers ---------------------------------------------- */

static struct arena *arena;
static struct claim claim[CLAIMS_MAX];

/* What a call was asked to do. */
static struct {
	int32_t n;
	int64_t from;
	bool due, everything_due;
	int64_t known;		/* the group that the hints are of */
} asked;

static int64_t
parameter_64(const struct params *p, int i)
{
	uint64_t wire;

	must(p->length[i] == 8);
	memcpy(&wire, p->value[i], sizeof(wire));
	return (int64_t)be64toh(wire);
}

static struct text as_group; /* whom claims are for; absent: the topic's */

/* Claims of so many messages each, up to the first 0, in one call. */
static void
ask(struct topic *topic, const int counts[CLAIMS_MAX])
{
	struct params p;
	uint32_t n;

	arena_reset(arena);
	for (int i = 0; i < CLAIMS_MAX && counts[i]; i++) {
		claim_init(&claim[i], topic, counts[i], 30000);
		if (as_group.p)
			claim_for_group(&claim[i], as_group);
		if (i)
			claim[i - 1].item.next = &claim[i].item;
	}
	params_init(&p, arena);
	claim_kind.fill(&p, &claim[0].item);
	CHECK_INTEGER(p.n, as_group.p ? 12 : 10);
	memcpy(&n, p.value[2], sizeof(n));
	asked.n = (int32_t)be32toh(n);
	asked.from = parameter_64(&p, 5);
	asked.due = *p.value[6];
	asked.everything_due = parameter_64(&p, 7) == INT64_MIN;
	asked.known = as_group.p ? parameter_64(&p, 11) : 0;
}

static void
ask_for(struct topic *topic, int count)
{
	ask(topic, (int[CLAIMS_MAX]){ count });
}

static void
set_64(PGresult *rows, int row, int column, int64_t value)
{
	uint64_t wire = htobe64((uint64_t)value);

	must(PQsetvalue(rows, row, column, (char *)&wire, sizeof(wire)));
}

static void
set_16(PGresult *rows, int row, int column, int16_t value)
{
	uint16_t wire = htobe16((uint16_t)value);

	must(PQsetvalue(rows, row, column, (char *)&wire, sizeof(wire)));
}

static void
set_32(PGresult *rows, int row, int column, int32_t value)
{
	uint32_t wire = htobe32((uint32_t)value);

	must(PQsetvalue(rows, row, column, (char *)&wire, sizeof(wire)));
}

/*
 * The answer: so many messages from `seq` on, a last row that tells of dead
 * letters and when something is due (0: not known).
 */
static PGresult *
answer(int count, int64_t seq, int dead, int64_t due_us)
{
	PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc columns[COLUMNS] = { { .format = 1 } };

	for (int i = 0; i < COLUMNS; i++)
		columns[i] = (PGresAttDesc){ .name = "c", .format = 1 };
	must(PQsetResultAttrs(rows, COLUMNS, columns));
	for (int i = 0; i < count; i++) {
		set_64(rows, i, 0, seq + i * MESSAGE_SEQ_STEP);
		set_32(rows, i, 1, 1);
		must(PQsetvalue(rows, i, 12, "payload", 7));
	}
	must(PQsetvalue(rows, count, 0, NULL, -1));
	set_32(rows, count, 1, dead);
	set_32(rows, count, 2, 0);
	set_16(rows, count, 4, 0);
	if (due_us)
		set_64(rows, count, 5, due_us - PG_EPOCH_UNIX_US);
	return rows;
}

/* The same, cut short by the topic's limit until then. */
static PGresult *
limited_answer(int count, int64_t seq, int64_t until_us)
{
	PGresult *rows = answer(count, seq, 0, until_us);

	set_32(rows, count, 2, 1);
	return rows;
}

static void
clear(void *rows)
{
	PQclear(rows);
}

static void
get(PGresult *take_rows)
{
	forget_heard();
	arena_defer(arena, clear, take_rows);
	claim_kind.take(&claim[0].item, take_rows, arena);
}

static struct topic
new_topic(void)
{
	static int64_t id;

	return (struct topic){ .id = ++id, .exists = true };
}

/* --- the tests ------------------------------------------------------------ */

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
