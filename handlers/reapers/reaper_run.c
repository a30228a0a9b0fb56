/*
 * Reapers by request: POST /api/admin/{...}-reaper/run does a run, and GET and
 * PUT /api/admin/delete-reaper/schedule say when the delete reaper runs by
 * itself.
 *
 * A run is parked between its steps, so that it holds no thread and others get
 * their turn. It takes no lease: beside a run that is due, the two share the
 * work.
 */
#include "fcgi/clock.h"
#include "fcgi/cron.h"
#include "fcgi/json_reader.h"
#include "handlers/handlers.h"
#include "handlers/reapers/reapers.h"

static struct reaping *
begin(struct request *r, enum reaper reaper)
{
	struct json_reader body;
	struct reaping *run;

	if (!json_read_body(&body, r, true) || !json_done(&body) ||
	    !query_done(r))
		return NULL;
	run = r->state = arena_alloc(r->arena, sizeof(*run));
	run->reaper = reaper;
	request_keep(r);
	return run;
}

/* `more` says that it took too long, and what it has left. */
static enum verdict
reply_done(struct request *r, const struct reaping *run, const char *counted)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, counted);
	json_number(w, run->done);
	if (!run->over) {
		json_name(w, "more");
		json_bool(w, true);
	}
	json_close_object(w);
	return DONE;
}

static enum verdict
run_reaper(struct request *r, enum reaper reaper, const char *counted)
{
	struct reaping *run = r->state;
	enum db_outcome outcome, noted;
	int64_t took_us;

	if (!run)
		run = begin(r, reaper);
	if (!run)
		return DONE;
	run->db = r->db;
	run->arena = r->arena;
	outcome = reaper_step(run);
	took_us = clock_monotonic_us() - r->started_us;
	if (outcome == DB_DONE && !run->over && !r->last_call &&
	    took_us < REAP_MS_MAX * INT64_C(1000)) {
		r->deadline_us = clock_monotonic_us();
		return PARK;
	}
	noted = reaper_note(run, TEXT(""), outcome, took_us, 0);
	if (outcome != DB_DONE || noted != DB_DONE)
		return db_fail(r, outcome != DB_DONE ? outcome : noted);
	return reply_done(r, run, counted);
}

enum verdict
expiry_reaper_run(struct request *r)
{
	return run_reaper(r, REAPER_expiry, "expired");
}

enum verdict
delete_reaper_run(struct request *r)
{
	return run_reaper(r, REAPER_delete, "deleted");
}

enum verdict
archive_reaper_run(struct request *r)
{
	return run_reaper(r, REAPER_archive, "deleted");
}

static enum verdict
reply_schedule(struct request *r, struct text schedule)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, "schedule");
	json_text(w, schedule);
	json_name(w, "active");
	json_bool(w, schedule.n > 0);
	json_close_object(w);
	return DONE;
}

enum verdict
delete_reaper_schedule_get(struct request *r)
{
	struct text schedule = text_of(reaper_schedule(REAPER_delete));
	const struct pg_result *rows;
	struct params p;

	if (!query_done(r))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, text_of(reaper_facts(REAPER_delete)->name));
	rows = db_call(r, STATEMENT_delete_reaper_schedule_get, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) > 0 && !row_null(rows, 0, 0))
		schedule = row_text(rows, 0, 0);
	return reply_schedule(r, schedule);
}

enum verdict
delete_reaper_schedule_put(struct request *r)
{
	char why[CRON_WHY_BYTES];
	struct json_reader body;
	struct text schedule;
	struct params p;
	struct cron cron = { 0 };

	if (!json_read_body(&body, r, false))
		return DONE;
	schedule = json_member_text(&body, "schedule", JSON_REQUIRED,
	    CRON_BYTES_MAX);
	if (!json_done(&body) || !query_done(r))
		return DONE;
	if (schedule.n > 0 && !cron_parse(schedule, &cron, why))
		return fail(r, E_UNPROCESSABLE, "invalid cron schedule: %s",
		    why);
	if (!cron_zone_known(&cron))
		return fail(r, E_UNPROCESSABLE, "invalid cron schedule: the "
		    "time zone %.*s is not known", TEXT_ARG(cron.zone));
	params_init(&p, r->arena);
	param_text(&p, text_of(reaper_facts(REAPER_delete)->name));
	param_text(&p, schedule);
	if (!db_call(r, STATEMENT_delete_reaper_schedule_put, &p))
		return DONE;
	return reply_schedule(r, schedule);
}
