/*
 * GET /api/stats: how many messages each topic has in each state, and how
 * old the oldest of them is.
 */
#include "fcgi/clock.h"
#include "handlers/handlers.h"
#include "sql/db.h"

enum verdict
stats(struct request *r)
{
	const struct pg_result *rows;
	int64_t now = clock_wall_us(), age;
	struct json_writer *w;

	if (!query_done(r))
		return DONE;
	rows = db_call(r, STATEMENT_stats, NULL);
	if (!rows)
		return DONE;
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "topics");
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		age = (now - row_time(rows, i, 3)) / 1000000;
		json_open_object(w);
		json_name(w, "topic");
		json_text(w, row_text(rows, i, 0));
		json_name(w, "status");
		json_text(w, row_text(rows, i, 1));
		json_name(w, "count");
		json_number(w, row_bigint(rows, i, 2));
		json_name(w, "oldest_age_seconds");
		json_number(w, age > 0 ? age : 0);
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
	return DONE;
}
