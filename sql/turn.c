/*
 * Running turns. One lock guards the lanes (turn_lanes.h) and who runs, and is
 * not held while a turn runs.
 */
#include "sql/turn.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdlib.h>

#include "fcgi/clock.h"
#include "fcgi/engine.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "sql/turn_lanes.h"

/* So long items are run again each alone, of a turn that failed. */
enum { RERUN_MS_MAX = 5000 };

struct turn {
	struct turn *next; /* among the spare */
	struct part part[TURN_LANES_MAX];
	struct db_batch batch[TURN_LANES_MAX];
	int parts, calls;
	const struct turn_gather *gather; /* NULL: none in this turn */
	struct turn_item *gathered[TURN_LANES_MAX];
	int gathers;
	size_t weight;
	bool quick; /* it is over soon */
	struct arena *arena;
};

static struct {
	pthread_mutex_t lock;
	int runners, runners_max; /* calls under way, of so many threads */
	int quick; /* runners whose turn is that, */
	size_t quick_weight; /* and the weight of these turns */
	struct turn *spare; /* kept: memory that comes and goes is touched
			     * memory for requests that park in it */
} turns = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* This thread runs turns: what it submits meanwhile waits for its loop. */
static __thread bool running;

/*
 * May one more thread run a turn? Beside those that are over soon it should be
 * as large as they are: a turn costs what it costs, whatever is in it. Lock
 * held.
 */
static bool
may_run(void)
{
	return lanes_can_go() && turns.runners < turns.runners_max &&
	    (turns.quick < turns.runners ||
	    lanes_weight() * (size_t)turns.quick >= turns.quick_weight);
}

/* It is little, and its calls wait for nobody. */
static bool
is_quick(const struct turn *turn, size_t bytes)
{
	bool quick = turn->weight <= TURN_QUICK_ITEMS_MAX &&
	    bytes <= TURN_QUICK_BYTES_MAX;

	for (int i = 0; quick && i < turn->parts; i++)
		quick = turn->part[i].lane->kind->waits_for_nobody;
	return quick;
}

/* Take a turn, if this thread may run one. */
static bool
begin_turn(struct turn *turn)
{
	size_t bytes;
	bool run;

	pthread_mutex_lock(&turns.lock);
	run = may_run();
	if (run) {
		turn->parts = lanes_take(turn->part, &turn->weight, &bytes);
		turn->quick = is_quick(turn, bytes);
		turns.runners++;
		turns.quick += turn->quick;
		turns.quick_weight += turn->quick ? turn->weight : 0;
	}
	pthread_mutex_unlock(&turns.lock);
	return run;
}

/*
 * The calls have their outcomes: lanes with more items go back to the line,
 * and another thread may run them while this one answers.
 */
static void
end_turn(const struct turn *turn)
{
	pthread_mutex_lock(&turns.lock);
	for (int i = 0; i < turn->parts; i++)
		lane_release(turn->part[i].lane);
	turns.runners--;
	turns.quick -= turn->quick;
	turns.quick_weight -= turn->quick ? turn->weight : 0;
	pthread_mutex_unlock(&turns.lock);
}

static int
by_owner(const void *a, const void *b)
{
	const struct lane *x = ((const struct part *)a)->lane;
	const struct lane *y = ((const struct part *)b)->lane;

	if (x->kind->waits_for_nobody != y->kind->waits_for_nobody)
		return x->kind->waits_for_nobody - y->kind->waits_for_nobody;
	return (x->owner > y->owner) - (x->owner < y->owner);
}

static void
settle(struct turn_item *items, enum db_outcome outcome)
{
	for (; items; items = items->next)
		items->outcome = outcome;
}

static void
clear(void *result)
{
	PQclear(result);
}

/* Run one item in a call of its own; its result joins the turn's arena. */
static void
run_alone(struct turn *turn, struct turn_item *item, struct db *db)
{
	struct db_batch call = { .statement = item->kind->statement };

	item->next = NULL;
	params_init(&call.params, turn->arena);
	item->kind->fill(&call.params, item);
	item->outcome = db_run_batch(db, &call, 1);
	arena_defer(turn->arena, clear, call.result);
	if (item->outcome == DB_DONE)
		item->kind->take(item, call.result, turn->arena);
}

/*
 * Those that need not wait have their results soon. If it takes longer, what
 * they wait for is in the way of all, and who has not had his call by then is
 * told to come again: one lock timeout after the other could be minutes.
 */
static void
run_each_alone(struct turn *turn, struct db *db)
{
	int64_t until_us = clock_monotonic_us() + RERUN_MS_MAX * 1000;

	for (int i = 0; i < turn->parts; i++) {
		struct turn_item *item = turn->part[i].items, *rest;

		for (; item; item = rest) {
			rest = item->next;
			if (clock_monotonic_us() < until_us)
				run_alone(turn, item, db);
			else
				item->outcome = DB_BUSY;
			item->next = rest;
		}
	}
}

/* Which lanes share one call? It takes two of them. */
static void
gather(struct turn *turn)
{
	turn->gather = NULL;
	turn->gathers = 0;
	for (int i = 0; i < turn->parts; i++) {
		struct part *part = &turn->part[i];
		const struct turn_gather *by = part->lane->kind->gather;

		part->gathered = by && (!turn->gather || by == turn->gather) &&
		    by->fits(part->items);
		if (!part->gathered)
			continue;
		turn->gather = by;
		turn->gathered[turn->gathers++] = part->items;
	}
	if (turn->gathers >= 2)
		return;
	turn->gather = NULL;
	for (int i = 0; i < turn->parts; i++)
		turn->part[i].gathered = false;
}

static struct params *
new_call(struct turn *turn, enum statement statement)
{
	struct db_batch *call = &turn->batch[turn->calls++];

	call->statement = statement;
	call->result = NULL;
	params_init(&call->params, turn->arena);
	return &call->params;
}

/*
 * All calls of the turn in one transaction, in the order of their owners so
 * that two turns never wait for each other in a ring; those that wait for
 * nobody come after them, and a gathered call last.
 */
static enum db_outcome
run_calls(struct turn *turn, struct db *db)
{
	enum db_outcome outcome;
	int64_t began_us;

	qsort(turn->part, (size_t)turn->parts, sizeof(turn->part[0]), by_owner);
	gather(turn);
	turn->calls = 0;
	for (int i = 0; i < turn->parts; i++) {
		const struct turn_kind *kind = turn->part[i].lane->kind;

		if (!turn->part[i].gathered)
			kind->fill(new_call(turn, kind->statement),
			    turn->part[i].items);
	}
	if (turn->gather)
		turn->gather->fill(new_call(turn, turn->gather->statement),
		    turn->gathered, turn->gathers);
	began_us = clock_monotonic_us();
	outcome = db_run_batch(db, turn->batch, turn->calls);
	metric_add(METRIC_turns, 1);
	metric_add(METRIC_turn_items, (int64_t)turn->weight);
	metric_add(METRIC_turn_us, clock_monotonic_us() - began_us);
	return outcome;
}

static void
hand_out(struct turn *turn)
{
	struct db_batch *call = turn->batch;

	for (int i = 0; i < turn->parts; i++)
		if (!turn->part[i].gathered)
			turn->part[i].lane->kind->take(turn->part[i].items,
			    call++->result, turn->arena);
	if (turn->gather)
		turn->gather->take(turn->gathered, turn->gathers,
		    call->result, turn->arena);
}

static void
run_turn(struct turn *turn, struct db *db)
{
	enum db_outcome outcome = run_calls(turn, db);

	if (outcome == DB_BUSY || outcome == DB_FAILED) {
		run_each_alone(turn, db);
		return;
	}
	for (int i = 0; i < turn->parts; i++)
		settle(turn->part[i].items, outcome);
	for (int i = 0; i < turn->calls; i++)
		arena_defer(turn->arena, clear, turn->batch[i].result);
	if (outcome == DB_DONE)
		hand_out(turn);
}

/* Call every item's handler again. An item may be gone after its call. */
static void
resume_all(struct turn *turn, struct db *db)
{
	for (int i = 0; i < turn->parts; i++) {
		struct turn_item *item = turn->part[i].items, *rest;

		for (; item; item = rest) {
			rest = item->next;
			engine_resume(item->request, db);
		}
	}
}

static struct turn *
turn_new(void)
{
	struct turn *turn;

	pthread_mutex_lock(&turns.lock);
	turn = turns.spare;
	if (turn)
		turns.spare = turn->next;
	pthread_mutex_unlock(&turns.lock);
	if (!turn) {
		turn = malloc(sizeof(*turn));
		must(turn);
		turn->arena = arena_new();
	}
	return turn;
}

static void
turn_done(struct turn *turn)
{
	pthread_mutex_lock(&turns.lock);
	turn->next = turns.spare;
	turns.spare = turn;
	pthread_mutex_unlock(&turns.lock);
}

void
turn_submit(struct request *r, struct db *db)
{
	struct turn *turn;
	bool run;

	r->turn->request = r;
	pthread_mutex_lock(&turns.lock);
	lane_add(r->turn);
	run = !running && may_run();
	pthread_mutex_unlock(&turns.lock);
	if (!run)
		return;
	running = true;
	turn = turn_new();
	while (begin_turn(turn)) {
		run_turn(turn, db);
		end_turn(turn);
		resume_all(turn, db);
		arena_reset(turn->arena);
	}
	turn_done(turn);
	running = false;
}

void
turn_start(int runners_max)
{
	turns.runners_max = runners_max;
}

void
turn_stop(void)
{
	must(!lanes_can_go() && !turns.runners);
	while (turns.spare) {
		struct turn *next = turns.spare->next;

		arena_free(turns.spare->arena);
		free(turns.spare);
		turns.spare = next;
	}
}
