/*
 * Reaping from the command line. By hand nothing is asked: who calls twice
 * reaps twice, and the two share the work. What is due is found in
 * sluice.reapers: done_until says which runs are done, so a run that several
 * hosts find due is taken by one of them, which moves done_until at its end;
 * runs that were missed while nobody looked are one run; and a run whose host
 * died is due still, once its lease has ended.
 */
#include "handlers/reapers/reap_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fcgi/clock.h"
#include "fcgi/cron.h"
#include "fcgi/log.h"
#include "fcgi/metrics.h"
#include "fcgi/settings.h"
#include "fcgi/uuid.h"
#include "handlers/reapers/reapers.h"

enum { SECOND_US = 1000000 };

/* Of a run that is due. By hand there is none. */
struct lease {
	struct text holder;	/* who we are, for people */
	int64_t ms;
	int64_t renewed_us;
};

/* It must outlast a step, which is a few statements at most. */
static struct lease
new_lease(struct arena *arena)
{
	char host[64] = "";
	uint8_t id[UUID_BYTES];
	int64_t statements_ms = 4 * settings.database_timeout_ms;
	struct lease lease;

	(void)gethostname(host, sizeof(host) - 1); /* cut off is good enough */
	uuid_random(id);
	lease.holder = text_of(arena_printf(arena, "%s %ld %02x%02x", host,
	    (long)getpid(), id[0], id[1]));
	lease.ms = statements_ms > REAP_LEASE ? statements_ms : REAP_LEASE;
	lease.renewed_us = clock_monotonic_us();
	return lease;
}

static bool
renew(struct reaping *run, struct lease *lease, bool *lost)
{
	int64_t now = clock_monotonic_us();
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	if (now < lease->renewed_us + lease->ms * 1000 / 3)
		return true;
	params_init(&p, run->arena);
	param_text(&p, text_of(reaper_facts(run->reaper)->name));
	param_text(&p, lease->holder);
	param_bigint(&p, lease->ms);
	outcome = db_run(run->db, STATEMENT_reaper_renew, &p, &rows);
	*lost = outcome != DB_DONE || row_count(rows) == 0;
	rows_free(rows);
	lease->renewed_us = now;
	return !*lost;
}

/* All steps, or until the lease is another's. */
static enum db_outcome
go(struct reaping *run, struct lease *lease, bool *lost)
{
	struct arena_mark mark = arena_mark(run->arena);
	enum db_outcome outcome;

	*lost = false;
	do {
		arena_rewind(run->arena, mark);
		outcome = reaper_step(run);
	} while (outcome == DB_DONE && !run->over &&
	    (!lease || renew(run, lease, lost)));
	return outcome;
}

static bool
reap_now(struct db *db, struct arena *arena, enum reaper reaper)
{
	const struct reaper_facts *facts = reaper_facts(reaper);
	struct reaping run = { .reaper = reaper, .db = db, .arena = arena };
	int64_t began_us = clock_monotonic_us();
	enum db_outcome outcome, noted;
	bool lost;

	outcome = go(&run, NULL, &lost);
	noted = reaper_note(&run, TEXT(""), outcome,
	    clock_monotonic_us() - began_us, 0);
	printf("%s: %lld %s\n", facts->name, (long long)run.done, facts->what);
	if (outcome == DB_DONE && noted == DB_DONE)
		return true;
	fprintf(stderr, "sluice reap: %s did not come to its end\n",
	    facts->name);
	return false;
}

/* A reaper as its row says, and when it is due: INT64_MAX is never. */
struct plan {
	enum reaper reaper;
	struct text schedule;
	int64_t done_until_us, due_us;
	struct cron cron;
};

enum { NAME, SCHEDULE_SET, DONE_UNTIL, SCHEDULE, DUE_AT, LEASED, NOW };

/* False when it has a schedule that nobody here can read. */
static bool
reckon(struct plan *plan)
{
	const char *name = reaper_facts(plan->reaper)->name;
	int64_t after = plan->done_until_us / SECOND_US, next;
	char why[CRON_WHY_BYTES];

	plan->due_us = INT64_MAX;
	if (plan->schedule.n == 0)
		return true;
	if (!cron_parse(plan->schedule, &plan->cron, why)) {
		log_error("reaper %s has a schedule that is none: %s", name,
		    why);
		return false;
	}
	if (!cron_zone_known(&plan->cron)) {
		log_error("reaper %s: the time zone %.*s is not known here",
		    name, TEXT_ARG(plan->cron.zone));
		return false;
	}
	if (cron_next(&plan->cron, after, &next))
		plan->due_us = next * SECOND_US;
	return true;
}

/* Show people what was reckoned. */
static void
show(struct db *db, struct arena *arena, const struct plan *plan)
{
	struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_text(&p, text_of(reaper_facts(plan->reaper)->name));
	param_text(&p, plan->schedule);
	if (plan->due_us == INT64_MAX)
		param_null(&p);
	else
		param_time_or_beginning(&p, plan->due_us);
	param_time_or_beginning(&p, plan->done_until_us);
	/* It is for people; the next look says it again. */
	(void)db_run(db, STATEMENT_reaper_plan, &p, &rows);
	rows_free(rows);
}

/* Whether it is ours; false when the database did not say. */
static bool
take(struct db *db, struct arena *arena, const struct plan *plan,
    const struct lease *lease, bool *taken)
{
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_text(&p, text_of(reaper_facts(plan->reaper)->name));
	param_text(&p, lease->holder);
	param_bigint(&p, lease->ms);
	param_time_or_beginning(&p, plan->done_until_us);
	outcome = db_run(db, STATEMENT_reaper_take, &p, &rows);
	*taken = outcome == DB_DONE && row_count(rows) == 1;
	rows_free(rows);
	return outcome == DB_DONE;
}

/* Runs due until then are done; those of @every keep their distance. */
static int64_t
done_until(const struct plan *plan, int64_t now_us)
{
	int64_t every_us = plan->cron.every_s * SECOND_US;

	return every_us ?
	    plan->due_us + (now_us - plan->due_us) / every_us * every_us :
	    now_us;
}

/* Run what is due, if nobody else does; now_us is the database's clock. */
static bool
run_due(struct db *db, struct arena *arena, struct plan *plan,
    int64_t now_us)
{
	const struct reaper_facts *facts = reaper_facts(plan->reaper);
	struct reaping run = {
		.reaper = plan->reaper, .db = db, .arena = arena
	};
	struct lease lease = new_lease(arena);
	int64_t began_us = clock_monotonic_us(), took_us;
	enum db_outcome outcome, noted;
	bool lost, taken;

	if (!take(db, arena, plan, &lease, &taken))
		return false;
	if (!taken)
		return true;
	outcome = go(&run, &lease, &lost);
	took_us = clock_monotonic_us() - began_us;
	if (outcome == DB_DONE && !lost)
		plan->done_until_us = done_until(plan, now_us + took_us);
	noted = reaper_note(&run, lease.holder, outcome, took_us,
	    plan->done_until_us);
	if (outcome != DB_DONE || noted != DB_DONE) {
		log_error("reaper %s did not come to its end, and is tried "
		    "again", facts->name);
		return false;
	}
	if (run.done)
		log_info("reaper %s: %lld %s in %lld ms", facts->name,
		    (long long)run.done, facts->what,
		    (long long)took_us / 1000);
	if (reckon(plan))
		show(db, arena, plan);
	return true;
}

static bool
reap_if_due(struct db *db, struct arena *arena, enum reaper reaper,
    const struct pg_result *rows, int row, int64_t read_us)
{
	int64_t now_us = row_time(rows, row, NOW) + clock_monotonic_us() -
	    read_us;
	int64_t shown_us = row_null(rows, row, DUE_AT) ? INT64_MAX :
	    row_time(rows, row, DUE_AT);
	struct plan plan = {
		.reaper = reaper,
		.schedule = row_null(rows, row, SCHEDULE_SET) ?
		    text_of(reaper_schedule(reaper)) :
		    row_text(rows, row, SCHEDULE_SET),
		.done_until_us = row_time(rows, row, DONE_UNTIL)
	};
	bool readable = reckon(&plan);

	if (plan.due_us != shown_us ||
	    !text_equal(plan.schedule, row_text(rows, row, SCHEDULE)))
		show(db, arena, &plan);
	if (plan.due_us > now_us || row_bool(rows, row, LEASED))
		return readable;
	return run_due(db, arena, &plan, now_us);
}

/* Reapers that are new have no row yet. */
static bool
add_rows(struct db *db, struct arena *arena)
{
	struct text names[REAPERS];
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	for (int i = 0; i < REAPERS; i++)
		names[i] = text_of(reaper_facts((enum reaper)i)->name);
	params_init(&p, arena);
	param_texts(&p, names, REAPERS);
	outcome = db_run(db, STATEMENT_reaper_add, &p, &rows);
	rows_free(rows);
	return outcome == DB_DONE;
}

static int
row_of(const struct pg_result *rows, enum reaper reaper)
{
	struct text name = text_of(reaper_facts(reaper)->name);

	for (int row = 0; row < row_count(rows); row++)
		if (text_equal(row_text(rows, row, NAME), name))
			return row;
	return -1;
}

/* All of them, and when that was; NULL if one has no row, or none is read. */
static struct pg_result *
read_rows(struct db *db, int64_t *read_us)
{
	struct pg_result *rows;
	bool complete;

	*read_us = clock_monotonic_us();
	complete = db_run(db, STATEMENT_reaper_list, NULL, &rows) == DB_DONE;
	for (int i = 0; i < REAPERS && complete; i++)
		complete = row_of(rows, (enum reaper)i) >= 0;
	if (complete)
		return rows;
	rows_free(rows);
	return NULL;
}

static bool
reap_due(struct db *db, struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	int64_t read_us;
	struct pg_result *rows = read_rows(db, &read_us);
	bool good = true;

	if (!rows && add_rows(db, arena))
		rows = read_rows(db, &read_us);
	if (!rows) {
		log_error("the reapers cannot be read");
		return false;
	}
	for (int i = 0; i < REAPERS; i++) {
		good &= reap_if_due(db, arena, (enum reaper)i, rows,
		    row_of(rows, (enum reaper)i), read_us);
		arena_rewind(arena, mark);
	}
	rows_free(rows);
	return good;
}

/* Those named, or all. */
static bool
reap_by_hand(struct db *db, struct arena *arena, int count, char **arguments)
{
	struct arena_mark mark = arena_mark(arena);
	bool good = true;

	for (int i = 0; i < (count ? count : REAPERS); i++) {
		enum reaper reaper = (enum reaper)i;

		if (count) /* which was seen to be a name */
			(void)reaper_find(text_of(arguments[i]), &reaper);
		good &= reap_now(db, arena, reaper);
		arena_rewind(arena, mark);
	}
	return good;
}

static bool
names_are_known(int count, char **arguments)
{
	enum reaper reaper;
	bool known = true;

	for (int i = 0; i < count && known; i++) {
		known = reaper_find(text_of(arguments[i]), &reaper);
		if (known)
			continue;
		fprintf(stderr, "sluice reap: there is no reaper %s; there are",
		    arguments[i]);
		for (int n = 0; n < REAPERS; n++)
			fprintf(stderr, "%s %s", n ? "," : "",
			    reaper_facts((enum reaper)n)->name);
		fprintf(stderr, ", and --due\n");
	}
	return known;
}

int
reap_command(int count, char **arguments)
{
	bool due = count && strcmp(arguments[0], "--due") == 0;
	struct arena *arena;
	struct db *db;
	bool good;

	if (due && count > 1) {
		fprintf(stderr, "sluice reap: --due stands alone\n");
		return EXIT_FAILURE;
	}
	if (!due && !names_are_known(count, arguments))
		return EXIT_FAILURE;
	(void)metrics_open(settings.var); /* counting is not what we are for */
	arena = arena_new();
	db = db_open_alone("sluice reap");
	good = due ? reap_due(db, arena) :
	    reap_by_hand(db, arena, count, arguments);
	db_close(db);
	arena_free(arena);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
