/*
 * The reaper of the queue's consumer groups: what unregistered ones have left
 * is removed in bounded pieces, and those whose registration was broken off
 * come to its end. One group after the other, in the order of their ids.
 */
#include <time.h>

#include "handlers/reapers/reapers.h"
#include "sql/consumer_groups.h"

/* Whoever writes messages for longer than this is for the next run. */
enum { WRITERS_LOOKS = 20, WRITERS_LOOK_MS = 10 };

enum { JOINING = 0 }; /* see migrations/ on consumer_groups.state */

/* Go to the next group that has something to be done, or be over. */
static enum db_outcome
next_group(struct reaping *run)
{
	enum { TOPIC, GROUP, STATE, SETTLED };
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	if (!run->at.groups.begun) {
		run->at.groups.begun = true;
		run->at.groups.topic = INT64_MIN;
	}
	params_init(&p, run->arena);
	param_bigint(&p, run->at.groups.topic);
	param_bigint(&p, run->at.groups.group);
	outcome = db_run(run->db, STATEMENT_groups_unfinished, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	run->over = row_count(rows) == 0;
	if (!run->over) {
		run->at.groups.inside = true;
		run->at.groups.topic = row_bigint(rows, 0, TOPIC);
		run->at.groups.group = row_bigint(rows, 0, GROUP);
		run->at.groups.joins = row_integer(rows, 0, STATE) == JOINING;
		run->at.groups.settled = row_bool(rows, 0, SETTLED);
		run->at.groups.gives = false;
	}
	rows_free(rows);
	return DB_DONE;
}

/* Is nobody left who wrote before he could see the group? */
static enum db_outcome
wait_for_writers(struct reaping *run, struct group_join *join)
{
	const struct timespec pause = { .tv_nsec = WRITERS_LOOK_MS * 1000000 };
	enum db_outcome outcome = DB_DONE;

	for (int i = 0; i < WRITERS_LOOKS && outcome == DB_DONE &&
	    join->state == GROUP_JOIN_WAITS; i++) {
		if (i)
			(void)nanosleep(&pause, NULL); /* shorter does, too */
		outcome = group_join_step(run->db, run->arena, join);
	}
	return outcome;
}

static enum db_outcome
join_piece(struct reaping *run)
{
	struct group_join join = {
		.topic_id = run->at.groups.topic,
		.group_id = run->at.groups.group,
		.state = run->at.groups.gives ? GROUP_JOIN_GIVES :
		    GROUP_JOIN_WAITS,
		.has_last = run->at.groups.gives,
		.last = run->at.groups.last,
	};
	enum db_outcome outcome = wait_for_writers(run, &join);

	if (outcome == DB_DONE && join.state == GROUP_JOIN_GIVES)
		outcome = group_join_step(run->db, run->arena, &join);
	run->done += join.state == GROUP_JOINED;
	run->at.groups.gives = join.has_last;
	run->at.groups.last = join.last;
	run->at.groups.inside = join.state == GROUP_JOIN_GIVES;
	return outcome;
}

/* The row goes last, when nobody can add to what it had any more. */
static enum db_outcome
clear_piece(struct reaping *run)
{
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;
	bool more = false;

	outcome = group_clear_step(run->db, run->arena, run->at.groups.topic,
	    run->at.groups.group, &run->done, &more);
	run->at.groups.inside = more;
	if (outcome != DB_DONE || more || !run->at.groups.settled)
		return outcome;
	params_init(&p, run->arena);
	param_bigint(&p, run->at.groups.topic);
	param_bigint(&p, run->at.groups.group);
	outcome = db_run(run->db, STATEMENT_group_forget, &p, &rows);
	rows_free(rows);
	return outcome;
}

enum db_outcome
reap_groups(struct reaping *run)
{
	enum db_outcome outcome = DB_DONE;

	if (!run->at.groups.inside)
		outcome = next_group(run);
	if (outcome != DB_DONE || run->over)
		return outcome;
	return run->at.groups.joins ? join_piece(run) : clear_piece(run);
}
