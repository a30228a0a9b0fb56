/*
 * What dequeues ask of the database, for tests of what they remember. The
 * calls' answers, the clock and the waking are made up here: what matters is
 * what is asked for next, and when.
 */
#ifndef TESTS_UNIT_CLAIMS_H
#define TESTS_UNIT_CLAIMS_H

#include <endian.h>
#include <libpq-fe.h>

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

#endif
