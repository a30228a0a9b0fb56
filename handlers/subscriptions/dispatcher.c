/*
 * The dispatcher's thread. But for what others leave for it (hearsay.h), all
 * that changes here is its own.
 *
 * Nothing depends on what is heard: each subscription says in its row when it
 * is to be looked at in any case, and whoever takes the lease looks at all.
 */
#include "handlers/subscriptions/dispatcher.h"

#include <pthread.h>
#include <stdlib.h>

#include "fcgi/clock.h"
#include "fcgi/engine.h"
#include "fcgi/log.h"
#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "fcgi/settings.h"
#include "fcgi/uuid.h"
#include "handlers/subscriptions/hearsay.h"
#include "handlers/subscriptions/subscription.h"
#include "handlers/subscriptions/webhook_calls.h"
#include "sql/streams.h"
#include "sql/wake.h"

enum {
	LEASE_MS = 4000,
	LEASE_INTERVAL_US = 1000000,
	HEAR_INTERVAL_US = 20000,	/* a busy stream is heard once in it */
	LOOK_ALL_INTERVAL_US = 100000,
	LOOK_ONE_US = 2000,		/* so long for one of all, about */
	BUSY_US = 50000,
	BROKEN_US = 500000,		/* the database does not answer */
	LAST_ANSWERS_US = 3000000,	/* at the end */
	ASLEEP_MS = 60000,
	DUE_AT_ONCE = 64,
	BUSY_MAX = 64,
	GRACE_MS = 2000			/* for the end of a call */
};

/* As sql/fn/subscription_turn.sql numbers them. */
enum turn_status { NOTHING_DUE, SOMEBODY_HAS_IT, CALL_WEBHOOK, EVENT_WRITTEN,
	EVENT_NOT_WRITTEN };

static struct {
	pthread_t thread;
	struct db *db;
	uint8_t holder[16];
	bool exist;		/* are there any subscriptions, maybe? */
	bool leads;
	int64_t lease_after_us, hear_after_us, look_all_after_us,
	    busy_after_us;
	int64_t due_us;		/* when to look at what is due */
	char *busy[BUSY_MAX];	/* subscriptions whose row somebody had */
	int busy_count;
} me;

static void
tell(int64_t what)
{
	struct channel_key key = { CHANNEL_SUBSCRIPTIONS, what };

	hearsay_note(&key);
	wake(key, WAKE_ALL);
}

void
dispatcher_tell_due(void)
{
	tell(IS_DUE);
}

void
dispatcher_tell_changed(void)
{
	tell(CONCERNS);
}

void
dispatcher_epoch_moved(void)
{
	hearsay_note(&(struct channel_key){ CHANNEL_SUBSCRIPTIONS, CONCERNS });
}

/* --- statements ----------------------------------------------------------- */

static void
drop_rows(void *rows)
{
	rows_free(rows);
}

/* The rows live as long as the arena; NULL when there is no telling. */
static const struct pg_result *
run(struct arena *arena, enum statement statement, const struct params *p)
{
	struct pg_result *rows;
	enum db_outcome outcome = db_run(me.db, statement, p, &rows);

	arena_defer(arena, drop_rows, rows);
	return outcome == DB_DONE ? rows : NULL;
}

/* Take the lease or keep it; for 0 ms, give it back. */
static bool
lease(struct arena *arena, int32_t for_ms)
{
	const struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_text(&p, TEXT("subscriptions"));
	param_uuid(&p, me.holder);
	param_integer(&p, for_ms);
	rows = run(arena, STATEMENT_lease_take, &p);
	return rows && row_count(rows);
}

/* --- one subscription ----------------------------------------------------- */

static void
come_again(struct text id)
{
	for (int i = 0; i < me.busy_count; i++)
		if (text_equal(text_of(me.busy[i]), id))
			return;
	if (me.busy_count == BUSY_MAX) {
		hearsay_missed();
		return;
	}
	me.busy[me.busy_count] = strndup(id.p, id.n);
	must(me.busy[me.busy_count]);
	me.busy_count++;
}

/* Do what is due for it. False when the database does not answer. */
static bool
look_at(struct arena *arena, struct text id)
{
	const struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_text(&p, id);
	param_integer(&p, (int32_t)settings.webhook_timeout_ms + GRACE_MS);
	param_integer(&p, SUBSCRIPTION_LOOK);
	param_integer(&p, SUBSCRIPTION_STREAMS_MAX);
	rows = run(arena, STATEMENT_subscription_turn, &p);
	if (!rows)
		return false;
	if (!row_count(rows))
		return true; /* it has gone */
	if (row_bool(rows, 0, TURN_FULL_UP))
		log_warn("subscription %.*s: more streams fit its pattern than "
		    "SUBSCRIPTION_STREAMS_MAX (%d); the others do not wake it",
		    TEXT_ARG(id), SUBSCRIPTION_STREAMS_MAX);
	switch ((enum turn_status)row_integer(rows, 0, TURN_STATUS)) {
	case NOTHING_DUE:
		break;
	case SOMEBODY_HAS_IT:
		come_again(id);
		break;
	case CALL_WEBHOOK:
		webhook_call(me.db, arena, id, rows);
		break;
	case EVENT_WRITTEN:
		wake(stream_channel(stream_id(
		    row_text(rows, 0, TURN_WAKE_STREAM))), WAKE_ALL);
		break;
	case EVENT_NOT_WRITTEN:
		log_info("subscription %.*s: its wake stream does not take "
		    "the event", TEXT_ARG(id));
		break;
	}
	return true;
}

static bool
look_at_busy_ones(struct arena *arena)
{
	struct text id[BUSY_MAX];
	int n = me.busy_count;

	if (!n || clock_monotonic_us() < me.busy_after_us)
		return true;
	me.busy_after_us = clock_monotonic_us() + BUSY_US;
	for (int i = 0; i < n; i++) {
		id[i] = arena_text(arena, text_of(me.busy[i]));
		free(me.busy[i]);
	}
	me.busy_count = 0;
	for (int i = 0; i < n; i++)
		if (!look_at(arena, id[i])) {
			hearsay_missed();
			return false;
		}
	return true;
}

/* --- all of them ---------------------------------------------------------- */

static bool
hear(struct arena *arena)
{
	int64_t streams[HEARD_MAX];
	const struct pg_result *rows;
	int n = hearsay_take_streams(streams), nobodys = 0;
	struct params p;

	if (!n)
		return true;
	me.hear_after_us = clock_monotonic_us() + HEAR_INTERVAL_US;
	params_init(&p, arena);
	param_bigints(&p, streams, NULL, n);
	param_integer(&p, SUBSCRIPTION_STREAMS_MAX);
	rows = run(arena, STATEMENT_subscription_hear, &p);
	if (!rows) {
		hearsay_missed();
		return false;
	}
	for (int i = 0; i < row_count(rows); i++)
		if (!row_null(rows, i, 1))
			streams[nobodys++] = row_bigint(rows, i, 1);
	hearsay_nobodys(streams, nobodys);
	for (int i = 0; i < row_count(rows); i++) {
		if (row_null(rows, i, 0))
			continue;
		/* Where there is no room for more calls, they wait. */
		if (webhook_calls_count() >= HTTP_CALLS_MAX) {
			hearsay_missed();
			break;
		}
		if (!look_at(arena, row_text(rows, i, 0))) {
			hearsay_missed();
			return false;
		}
	}
	return true;
}

/* Look at those that are due, and find out when the next will be. */
static bool
look_at_due_ones(struct arena *arena)
{
	int64_t now = clock_monotonic_us();
	const struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_bigint(&p, DUE_AT_ONCE);
	rows = run(arena, STATEMENT_subscription_due, &p);
	if (!rows)
		return false;
	me.exist = row_count(rows) > 0;
	me.due_us = now + LEASE_INTERVAL_US;
	for (int i = 0; i < row_count(rows); i++) {
		int64_t in_us = row_bigint(rows, i, 1);

		if (in_us > 0 && now + in_us < me.due_us)
			me.due_us = now + in_us;
		if (in_us > 0)
			break;
		if (!look_at(arena, row_text(rows, i, 0)))
			return false;
		/* There may be more, or it soon again. */
		me.due_us = me.busy_count ? now + BUSY_US : now;
	}
	return true;
}

static bool
look_at_all(struct arena *arena)
{
	int64_t now = clock_monotonic_us();
	const struct pg_result *rows;

	if (now < me.look_all_after_us || !hearsay_take_gap())
		return true;
	rows = run(arena, STATEMENT_subscription_look_all, NULL);
	if (!rows) {
		hearsay_missed();
		return false;
	}
	me.look_all_after_us = now + LOOK_ALL_INTERVAL_US +
	    row_bigint(rows, 0, 0) * LOOK_ONE_US;
	me.due_us = now;
	return true;
}

static bool
write_down_answers(struct arena *arena)
{
	struct text again;

	while (webhook_call_ended(me.db, arena, &again))
		if (again.p && !look_at(arena, again))
			return false;
	return true;
}

/* --- the thread ----------------------------------------------------------- */

static void
lead(bool leads)
{
	if (leads == me.leads)
		return;
	me.leads = leads;
	wake_overhear(leads ? hearsay_note : NULL);
	if (leads)
		hearsay_missed(); /* nobody has listened for a while */
	log_info("dispatcher of subscriptions: %s",
	    leads ? "this process" : "another process");
}

/* What was told since we last came by; false at the end. */
static bool
take_orders(void)
{
	if (hearsay_take_due()) {
		me.exist = true; /* at least it is to be seen */
		me.due_us = 0;
	}
	return !hearsay_stopped() && !engine_draining();
}

/* False when the database does not answer. */
static bool
work(struct arena *arena)
{
	int64_t now = clock_monotonic_us();

	if (me.exist && now >= me.lease_after_us) {
		lead(lease(arena, LEASE_MS));
		me.lease_after_us = now + LEASE_INTERVAL_US;
	}
	if (!write_down_answers(arena))
		return false;
	if (!me.leads || webhook_calls_count() >= HTTP_CALLS_MAX)
		return true;
	if (!look_at_busy_ones(arena) || !look_at_all(arena) ||
	    (now >= me.hear_after_us && !hear(arena)) ||
	    (now >= me.due_us && !look_at_due_ones(arena)))
		return false;
	if (!me.exist) {
		(void)lease(arena, 0); /* it runs out by itself, too */
		lead(false);
		me.lease_after_us = 0;
	}
	return true;
}

static int
pause_ms(void)
{
	int64_t now = clock_monotonic_us(), next = me.lease_after_us;
	bool gap, streams;

	if (!me.exist)
		return ASLEEP_MS;
	if (me.leads && webhook_calls_count() < HTTP_CALLS_MAX) {
		hearsay_left(&gap, &streams);
		if (gap && me.look_all_after_us < next)
			next = me.look_all_after_us;
		if (me.due_us < next)
			next = me.due_us;
		if (streams && me.hear_after_us < next)
			next = me.hear_after_us;
		if (me.busy_count && me.busy_after_us < next)
			next = me.busy_after_us;
	}
	return next > now ? (int)((next - now + 999) / 1000) : 0;
}

/* Others may go on at once; we write down what is answered meanwhile. */
static void
finish(struct arena *arena)
{
	int64_t end = clock_monotonic_us() + LAST_ANSWERS_US;

	if (me.leads)
		(void)lease(arena, 0); /* it runs out by itself, too */
	lead(false);
	while (webhook_calls_count() && clock_monotonic_us() < end) {
		webhook_calls_wait(100);
		(void)write_down_answers(arena);
		arena_reset(arena);
	}
}

static void *
dispatcher_main(void *unused)
{
	struct arena *arena = arena_new();

	(void)unused; /* pthread's signature */
	me.db = db_open("sluice subscriptions", false);
	while (take_orders()) {
		int ms = work(arena) ? pause_ms() : BROKEN_US / 1000;

		arena_reset(arena);
		webhook_calls_wait(ms);
	}
	finish(arena);
	while (me.busy_count)
		free(me.busy[--me.busy_count]);
	db_close(me.db);
	arena_free(arena);
	return NULL;
}

void
dispatcher_start(void)
{
	webhook_rules = (struct http_rules){
		.private = settings.webhook_private,
		.authorities = settings.webhook_authorities,
		.timeout_ms = settings.webhook_timeout_ms,
	};
	uuid_random(me.holder);
	me.exist = true; /* until seen otherwise */
	webhook_calls_start();
	hearsay_start(webhook_calls_stir);
	must(pthread_create(&me.thread, NULL, dispatcher_main, NULL) == 0);
}

void
dispatcher_stop(void)
{
	hearsay_stop();
	must(pthread_join(me.thread, NULL) == 0);
	webhook_calls_stop();
}
