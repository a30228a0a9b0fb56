/*
 * For those who watch over us: /healthz says that a worker answers, /readyz
 * that it reaches the database too, /metrics counts.
 */
#include "fcgi/clock.h"
#include "fcgi/family.h"
#include "fcgi/latency.h"
#include "fcgi/metrics.h"
#include "fcgi/version.h"
#include "handlers/handlers.h"
#include "sql/db.h"
#include "sql/observed.h"

static enum verdict
reply_status(struct request *r, const char *status)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, "status");
	json_cstring(w, status);
	json_close_object(w);
	return DONE;
}

enum verdict
health(struct request *r)
{
	return reply_status(r, "ok");
}

enum verdict
ready(struct request *r)
{
	/* Reading the epochs touches a table of ours: it is migrated, too. */
	if (!db_call(r, STATEMENT_epochs_read, NULL))
		return DONE;
	return reply_status(r, "ready");
}

/*
 * A scrape never fails for the database: what this host counts is told in any
 * case, and that the rest is missing is a figure too.
 */
enum verdict
metrics(struct request *r)
{
	struct text version = TEXT(SLUICE_VERSION);
	struct buffer *out;

	if (!query_done(r))
		return DONE;
	if (!r->deadline_us)
		r->deadline_us = r->started_us + SCRAPE_WAIT * 1000;
	if (!observed_look(r) && !r->last_call &&
	    clock_monotonic_us() < r->deadline_us)
		return PARK;
	out = reply_body(r, 200, "text/plain; version=0.0.4; charset=utf-8");
	family_begin(out, FAMILY_build_info);
	family_integer(out, FAMILY_build_info, &version, 1);
	metrics_write(out);
	latency_write(out);
	processes_write(out);
	observed_write(out);
	return DONE;
}
