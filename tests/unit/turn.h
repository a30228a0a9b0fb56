/*
 * Writes for tests of turns. The database is made up here, so that a call can
 * fail, or last until others have come, just when a test wants it to; so is
 * the engine, of which only engine_resume is used, and the clock.
 */
#ifndef TESTS_UNIT_TURN_H
#define TESTS_UNIT_TURN_H

#include <pthread.h>

#include "fcgi/clock.h"
#include "sql/turn.h"
#include "tests/unit/test.h"

/* A write, and what is to become of it. */
struct write {
	struct turn_item item;
	struct request request;
	char name;
	int tag;		/* writes join those of their tag */
	enum db_outcome fate;	/* of each call that it is in */
	bool again;		/* once more, when it is resumed */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* The calls, as "a1:xy b2:z; " for two lanes in one; guarded by lock. */
static char calls[4000];
/* Who was resumed, and how it ended; guarded by lock. */
static char resumed[2000];
static int64_t now_us = 1000000000;
static int64_t call_us; /* how long one takes */

/* Called once, in the middle of the next call. */
static void (*meanwhile)(void);

/* What this thread has filled since its last call. */
static __thread struct turn_item *filled[100];
static __thread int fills;
/* Of the call that comes last in it, the lanes that it gathers. */
static __thread struct turn_item **gathered;
static __thread int gathers;
static __thread bool calling;

int64_t
clock_monotonic_us(void)
{
	return now_us;
}

int64_t
clock_wall_us(void)
{
	return now_us;
}

void
clock_print(int64_t unix_us, char text[CLOCK_TEXT_BYTES + 1])
{
	(void)unix_us; /* nobody reads the log */
	text[0] = '\0';
}

static const struct write *
write_of(const struct turn_item *item)
{
	return (const struct write *)item;
}

__attribute__((format(printf, 2, 3)))
static void
add(char *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text + strlen(text), 100, format, args);
	va_end(args);
}

/* --- kinds of writes ----------------------------------------------------- */

static void fill(struct params *params, struct turn_item *items);
static void take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena);

static bool
same_tag(const struct turn_item *first, const struct turn_item *item)
{
	return write_of(first)->tag == write_of(item)->tag;
}

static const struct turn_kind acks = {
	.statement = STATEMENT_message_ack, .fill = fill, .take = take };
static const struct turn_kind enqueues = {
	.statement = STATEMENT_message_enqueue, .joins = same_tag,
	.overlaps = true, .fill = fill, .take = take };

static bool
untagged(const struct turn_item *items)
{
	return !write_of(items)->tag;
}

static void
fill_many(struct params *params, struct turn_item **lanes, int n)
{
	CHECK(params->arena && params->n == 0);
	CHECK(n >= 2);
	filled[fills++] = NULL;
	gathered = lanes;
	gathers = n;
}

static void
take_many(struct turn_item **lanes, int n, const struct pg_result *rows,
    struct arena *arena)
{
	for (int i = 0; i < n; i++)
		take(lanes[i], rows, arena);
}

/* Appends, of which many lanes can be one call. */
static const struct turn_gather many = {
	.statement = STATEMENT_stream_append_many, .fits = untagged,
	.fill = fill_many, .take = take_many };
static const struct turn_kind appends = {
	.statement = STATEMENT_stream_append, .waits_for_nobody = true,
	.gather = &many, .joins = same_tag, .fill = fill, .take = take };

static char
letter(const struct turn_kind *kind)
{
	return kind == &acks ? 'a' : kind == &appends ? 'p' : 'e';
}

static void
fill(struct params *params, struct turn_item *items)
{
	CHECK(params->arena && params->n == 0);
	filled[fills++] = items;
}

/* Only what is done has results, and each item exactly once. */
static void
take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	CHECK(arena && !rows);
	for (; items; items = items->next) {
		struct write *w = (struct write *)items;

		CHECK_INTEGER(w->fate, DB_DONE);
		w->item.bytes++;
	}
}

/* --- in place of sql/db.c and fcgi/engine.c ----------------------------- */

/* Note a lane's items; how their call ends. */
static enum db_outcome
call_lane(const struct turn_item *item)
{
	enum db_outcome outcome = DB_DONE;

	add(calls, "%d:", (int)item->owner);
	for (; item; item = item->next) {
		add(calls, "%c", write_of(item)->name);
		if (write_of(item)->fate != DB_DONE)
			outcome = write_of(item)->fate;
	}
	return outcome;
}

static enum db_outcome
call_many(void)
{
	enum db_outcome outcome = DB_DONE, lane;

	add(calls, "(");
	for (int i = 0; i < gathers; i++) {
		add(calls, "%s", i ? " " : "");
		lane = call_lane(gathered[i]);
		if (lane != DB_DONE)
			outcome = lane;
	}
	add(calls, ")");
	return outcome;
}

enum db_outcome
db_run_batch(struct db *db, struct db_batch *batch, int n)
{
	enum db_outcome outcome = DB_DONE, one;
	void (*interlude)(void);

	(void)db; /* none */
	CHECK(!calling);
	calling = true;
	CHECK_INTEGER(n, fills);
	pthread_mutex_lock(&lock);
	for (int i = 0; i < n; i++) {
		const struct turn_item *items = filled[i];

		CHECK(batch[i].statement == (items ?
		    items->kind->statement : many.statement));
		add(calls, "%s", i ? " " : "");
		if (items)
			add(calls, "%c", letter(items->kind));
		one = items ? call_lane(items) : call_many();
		if (one != DB_DONE)
			outcome = one;
	}
	add(calls, "; ");
	now_us += call_us;
	interlude = meanwhile;
	meanwhile = NULL;
	fills = 0;
	pthread_mutex_unlock(&lock);
	if (interlude)
		interlude();
	calling = false;
	return outcome;
}

void
engine_resume(struct request *r, struct db *db)
{
	static const char outcomes[] = {
		[DB_DONE] = '+', [DB_AWAY] = '/', [DB_UNKNOWN] = '?',
		[DB_BUSY] = '~', [DB_FAILED] = '!',
	};
	struct write *w = (struct write *)r->turn;

	pthread_mutex_lock(&lock);
	add(resumed, "%c%c ", w->name, outcomes[w->item.outcome]);
	pthread_mutex_unlock(&lock);
	if (w->again) {
		w->again = false;
		turn_submit(r, db);
	}
}

/* --- helpers ------------------------------------------------------------ */

/* A new one of that name; it is static: none is needed for long. */
static inline struct write *
named(char name, const struct turn_kind *kind, int64_t owner)
{
	static struct write writes[128];
	struct write *w = &writes[(int)name];

	*w = (struct write){ .name = name, .item = { .kind = kind,
		.owner = owner, .weight = 1 } };
	w->request.turn = &w->item;
	return w;
}

static inline void
submit(struct write *w)
{
	turn_submit(&w->request, NULL);
}

static inline void
begin(void)
{
	calls[0] = resumed[0] = '\0';
	call_us = 0;
}

static inline void
check(const char *wanted_calls, const char *wanted_resumed)
{
	CHECK_STRING(calls, wanted_calls);
	CHECK_STRING(resumed, wanted_resumed);
}

#endif
