/*
 * For those who watch over us: /healthz says that a worker answers, /readyz
 * that it reaches the database too, /metrics counts.
 */
#include "fcgi/metrics.h"
#include "handlers/handlers.h"
#include "sql/db.h"

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

enum verdict
metrics(struct request *r)
{
	if (query_done(r))
		metrics_write(reply_body(r, 200,
		    "text/plain; version=0.0.4; charset=utf-8"));
	return DONE;
}
