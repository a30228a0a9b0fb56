/*
 * One stream is one statement, so no more than a fork and its source are ever
 * locked together. What a crash leaves undone in between, the reaper finds.
 */
#include "sql/stream_ends.h"

#include <time.h>

#include "fcgi/limits.h"
#include "fcgi/metrics.h"

/* One step; *next is the source that has to end too, *more if there is one. */
static enum db_outcome
end_one(struct db *db, struct params *p, enum end_status *status,
    int64_t *next, bool *more)
{
	struct pg_result *rows;
	enum db_outcome outcome = db_run(db, STATEMENT_stream_end, p, &rows);

	*more = false;
	if (outcome != DB_DONE)
		return outcome;
	*status = (enum end_status)row_integer(rows, 0, 0);
	*more = !row_null(rows, 0, 1);
	if (*more)
		*next = row_bigint(rows, 0, 1);
	rows_free(rows);
	return DB_DONE;
}

enum db_outcome
stream_end(struct db *db, struct arena *arena, int64_t id, struct text name,
    enum end_why why, enum end_status *status)
{
	enum end_status step = END_NOT_SO;
	enum db_outcome outcome, first = DB_FAILED;
	struct params p;
	int64_t next = id;
	const struct timespec pause = { .tv_nsec = 2000000 };
	bool more;
	int steps = 0;

	do {
		params_init(&p, arena);
		param_bigint(&p, id);
		param_text(&p, steps ? TEXT_ABSENT : name);
		param_integer(&p, steps ? END_WITHOUT_FORKS : (int32_t)why);
		outcome = end_one(db, &p, &step, &next, &more);
		if (!steps) {
			first = outcome;
			*status = step;
		}
		if (outcome == DB_DONE && step == ENDED)
			metric_add(METRIC_streams_ended, 1);
		/* Its source's row is most likely another fork's for now. */
		if (steps && outcome == DB_DONE && step == END_BUSY) {
			(void)nanosleep(&pause, NULL); /* shorter does, too */
			more = true;
			continue;
		}
		id = next;
	} while (more && ++steps < STREAM_ENDS_MAX);
	return first;
}
