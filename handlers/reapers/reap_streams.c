/*
 * The reaper of streams. First those that are due end, each in a statement of
 * its own, which locks no more than it and its source. Then what ended lives
 * have left is removed in bounded pieces, each its own transaction: readers
 * and writers of other streams notice nothing.
 */
#include "fcgi/metrics.h"
#include "handlers/reapers/reapers.h"
#include "sql/stream_ends.h"

/* Streams that one step ends at most. */
enum { ENDS_BATCH = 100 };

/* End some of those that are due; the walk begins when there are none. */
static enum db_outcome
end_some(struct reaping *run)
{
	enum db_outcome outcome;
	struct pg_result *due;
	struct params p;
	int64_t before = run->done;

	params_init(&p, run->arena);
	param_bigint(&p, ENDS_BATCH);
	outcome = db_run(run->db, STATEMENT_streams_due, &p, &due);
	for (int i = 0; outcome == DB_DONE && i < row_count(due); i++) {
		enum end_status status = END_NOT_SO;

		outcome = stream_end(run->db, run->arena,
		    row_bigint(due, i, 0), TEXT_ABSENT,
		    (enum end_why)row_integer(due, i, 1), &status);
		run->done += outcome == DB_DONE && status == ENDED;
		/* One that somebody holds is for the next time. */
		if (outcome == DB_BUSY)
			outcome = DB_DONE;
	}
	rows_free(due);
	if (run->done == before) {
		run->at.streams.walks = true;
		run->at.streams.stream = INT64_MIN;
	}
	return outcome;
}

/* Go to the next ended life, or be over. */
static enum db_outcome
next_life(struct reaping *run)
{
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	params_init(&p, run->arena);
	param_bigint(&p, run->at.streams.stream);
	param_integer(&p, run->at.streams.incarnation);
	param_bigint(&p, 1);
	outcome = db_run(run->db, STATEMENT_lives_ended, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	run->over = row_count(rows) == 0;
	if (!run->over) {
		run->at.streams.inside = true;
		run->at.streams.stream = row_bigint(rows, 0, 0);
		run->at.streams.incarnation = row_integer(rows, 0, 1);
		run->at.streams.from = 0;
	}
	rows_free(rows);
	return DB_DONE;
}

/* One piece of the life it is in. */
static enum db_outcome
remove_piece(struct reaping *run)
{
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	params_init(&p, run->arena);
	param_bigint(&p, run->at.streams.stream);
	param_integer(&p, run->at.streams.incarnation);
	param_bigint(&p, run->at.streams.from);
	param_bigint(&p, REAP_BATCH);
	param_bigint(&p, REAP_BYTES);
	outcome = db_run(run->db, STATEMENT_reap_life, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	run->done += row_bigint(rows, 0, 0);
	metric_add(METRIC_entries_reaped, row_bigint(rows, 0, 0));
	run->at.streams.inside = !row_null(rows, 0, 1);
	if (run->at.streams.inside)
		run->at.streams.from = row_bigint(rows, 0, 1);
	rows_free(rows);
	return DB_DONE;
}

enum db_outcome
reap_streams(struct reaping *run)
{
	enum db_outcome outcome;

	if (!run->at.streams.walks)
		return end_some(run);
	if (run->at.streams.inside)
		return remove_piece(run);
	outcome = next_life(run);
	return outcome == DB_DONE && !run->over ? remove_piece(run) : outcome;
}
