/*
 * A stream ends in a statement of its own, which locks no more than it and
 * its source. What an ended life has left is removed in bounded pieces, each
 * its own transaction: readers and writers of other streams notice nothing.
 */
#include "handlers/reap_streams.h"

#include <stdio.h>

#include "fcgi/limits.h"
#include "fcgi/metrics.h"
#include "sql/stream_ends.h"

/* One batch of those that are due; how many have ended, -1 for no answer. */
static int64_t
end_some(struct db *db, struct arena *arena)
{
	struct pg_result *due;
	struct params p;
	int64_t ended = 0;

	params_init(&p, arena);
	param_bigint(&p, REAP_BATCH);
	if (db_run(db, STATEMENT_streams_due, &p, &due) != DB_DONE)
		return -1;
	for (int i = 0; i < row_count(due) && ended >= 0; i++) {
		enum end_status status;
		enum db_outcome outcome = stream_end(db, arena,
		    row_bigint(due, i, 0), TEXT_ABSENT,
		    (enum end_why)row_integer(due, i, 1), &status);

		/* One that somebody holds is for the next time. */
		if (outcome == DB_DONE)
			ended += status == ENDED;
		else if (outcome != DB_BUSY)
			ended = -1;
	}
	rows_free(due);
	return ended;
}

/* All pieces of one life; how many entries, -1 for no answer. */
static int64_t
remove_life(struct db *db, struct arena *arena, int64_t stream,
    int32_t incarnation)
{
	struct pg_result *rows;
	int64_t from = 0, entries = 0, n;
	struct params p;
	bool more;

	do {
		params_init(&p, arena);
		param_bigint(&p, stream);
		param_integer(&p, incarnation);
		param_bigint(&p, from);
		param_bigint(&p, REAP_BATCH);
		param_bigint(&p, REAP_BYTES);
		if (db_run(db, STATEMENT_reap_life, &p, &rows) != DB_DONE)
			return -1;
		n = row_bigint(rows, 0, 0);
		more = !row_null(rows, 0, 1);
		if (more)
			from = row_bigint(rows, 0, 1);
		rows_free(rows);
		metric_add(METRIC_entries_reaped, n);
		entries += n;
	} while (more);
	return entries;
}

/* Where a walk over all ended lives is. */
struct walk {
	int64_t stream;
	int32_t incarnation;
	int64_t lives, entries;
};

/* The next batch of them; false at the end, or with no answer (lives -1). */
static bool
remove_some(struct db *db, struct arena *arena, struct walk *walk)
{
	struct pg_result *ended;
	struct params p;
	int64_t n;
	int lives;

	params_init(&p, arena);
	param_bigint(&p, walk->stream);
	param_integer(&p, walk->incarnation);
	param_bigint(&p, REAP_BATCH);
	if (db_run(db, STATEMENT_lives_ended, &p, &ended) != DB_DONE) {
		walk->lives = -1;
		return false;
	}
	lives = row_count(ended);
	for (int i = 0; i < lives && walk->lives >= 0; i++) {
		walk->stream = row_bigint(ended, i, 0);
		walk->incarnation = row_integer(ended, i, 1);
		n = remove_life(db, arena, walk->stream, walk->incarnation);
		walk->entries += n;
		walk->lives = n < 0 ? -1 : walk->lives + 1;
	}
	rows_free(ended);
	return lives == REAP_BATCH && walk->lives >= 0;
}

bool
reap_streams(struct db *db)
{
	struct walk walk = { .stream = INT64_MIN };
	int64_t n, ended = 0;
	struct arena *arena;
	bool more;

	do {
		arena = arena_new();
		n = end_some(db, arena);
		arena_free(arena);
		ended += n;
	} while (n > 0);
	if (n < 0)
		return false;
	do {
		arena = arena_new();
		more = remove_some(db, arena, &walk);
		arena_free(arena);
	} while (more);
	if (walk.lives < 0)
		return false;
	printf("ended %lld streams, removed %lld entries of %lld ended lives\n",
	    (long long)ended, (long long)walk.entries, (long long)walk.lives);
	return true;
}
