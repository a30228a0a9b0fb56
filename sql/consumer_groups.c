/*
 * The steps; see the statements' heads.
 */
#include "sql/consumer_groups.h"

/* Look whether those who wrote when we looked first are done. */
static enum db_outcome
wait_step(struct db *db, struct arena *arena, struct group_join *join)
{
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;

	params_init(&p, arena);
	param_text(&p, join->writers);
	outcome = db_run(db, STATEMENT_consumer_group_writers, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	if (row_null(rows, 0, 0))
		join->state = GROUP_JOIN_GIVES;
	else if (!join->writers.p)
		join->writers = arena_text(arena, row_text(rows, 0, 0));
	rows_free(rows);
	return DB_DONE;
}

static enum db_outcome
give_step(struct db *db, struct arena *arena, struct group_join *join)
{
	enum { OUTCOME, LAST };
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;
	struct text said;

	params_init(&p, arena);
	param_bigint(&p, join->topic_id);
	param_bigint(&p, join->group_id);
	if (join->has_last)
		param_bigint(&p, join->last);
	else
		param_null(&p);
	param_bigint(&p, GROUP_BATCH);
	outcome = db_run(db, STATEMENT_consumer_group_join, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	said = row_text(rows, 0, OUTCOME);
	if (text_equal(said, TEXT("registered")))
		join->state = GROUP_JOINED;
	else if (text_equal(said, TEXT("gone")))
		join->state = GROUP_GONE;
	join->has_last = !row_null(rows, 0, LAST);
	if (join->has_last)
		join->last = row_bigint(rows, 0, LAST);
	rows_free(rows);
	return DB_DONE;
}

enum db_outcome
group_join_step(struct db *db, struct arena *arena, struct group_join *join)
{
	return join->state == GROUP_JOIN_WAITS ? wait_step(db, arena, join) :
	    give_step(db, arena, join);
}

enum db_outcome
group_clear_step(struct db *db, struct arena *arena, int64_t topic_id,
    int64_t group_id, int64_t *removed, bool *more)
{
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;

	params_init(&p, arena);
	param_bigint(&p, topic_id);
	param_bigint(&p, group_id);
	param_bigint(&p, GROUP_BATCH);
	outcome = db_run(db, STATEMENT_consumer_group_clear, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	*removed += row_bigint(rows, 0, 0);
	*more = row_bool(rows, 0, 1);
	rows_free(rows);
	return DB_DONE;
}
