/*
 * A plate's streams end one by one, as if each were deleted. None begins once
 * the plate is (sql/fn/plate_open.sql); its row stays until the last has
 * ended, and keeps the id from being taken.
 */
#include "sql/plate_ends.h"

#include "fcgi/limits.h"
#include "sql/stream_ends.h"
#include "sql/streams.h"
#include "sql/wake.h"

/* A page of its streams, after that name; *last is the last one's. */
static enum db_outcome
end_page(struct db *db, struct arena *arena, struct text plate, int max,
    struct text *last, int *found, void (*ended)(int64_t stream_id))
{
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;

	params_init(&p, arena);
	param_text(&p, plate);
	param_text(&p, *last);
	param_bigint(&p, max);
	*found = 0;
	outcome = db_run(db, STATEMENT_plate_streams_live, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	*found = row_count(rows);
	for (int i = 0; i < *found && outcome == DB_DONE; i++) {
		int64_t id = row_bigint(rows, i, 0);
		enum end_status status = END_NOT_SO;

		*last = arena_text(arena, row_text(rows, i, 1));
		outcome = stream_end(db, arena, id, *last, END_DELETED,
		    &status);
		if (outcome == DB_BUSY)
			outcome = DB_DONE;
		if (status == ENDED && ended)
			ended(id);
	}
	rows_free(rows);
	return outcome;
}

static void
wake_readers(int64_t stream_id)
{
	wake(stream_channel(stream_id), WAKE_ALL);
}

/* Forget it if all have ended. */
static enum db_outcome
forget(struct db *db, struct arena *arena, struct text plate, bool *forgotten)
{
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_text(&p, plate);
	outcome = db_run(db, STATEMENT_plate_forget, &p, &rows);
	if (outcome == DB_DONE) {
		*forgotten = row_count(rows) > 0;
		rows_free(rows);
	}
	return outcome;
}

enum db_outcome
plate_end_streams(struct db *db, struct arena *arena, struct text plate,
    int max)
{
	struct text last = TEXT("");
	enum db_outcome outcome;
	bool forgotten;
	int found;

	outcome = end_page(db, arena, plate, max, &last, &found, wake_readers);
	return outcome == DB_DONE ? forget(db, arena, plate, &forgotten) :
	    outcome;
}

/* All of one plate. */
static enum db_outcome
end_all(struct db *db, struct text plate, bool *forgotten)
{
	struct text last = TEXT("");
	struct arena *arena = arena_new();
	enum db_outcome outcome;
	int found;

	do {
		outcome = end_page(db, arena, plate, REAP_BATCH, &last, &found,
		    NULL);
	} while (outcome == DB_DONE && found == REAP_BATCH);
	if (outcome == DB_DONE)
		outcome = forget(db, arena, plate, forgotten);
	arena_free(arena);
	return outcome;
}

int64_t
plates_reap(struct db *db)
{
	struct arena *arena = arena_new();
	struct text last = TEXT("");
	struct pg_result *rows;
	int64_t forgotten = 0;
	struct params p;
	int found;

	do {
		params_init(&p, arena);
		param_text(&p, last);
		param_bigint(&p, REAP_BATCH);
		found = 0;
		if (db_run(db, STATEMENT_plate_ended, &p, &rows) != DB_DONE) {
			forgotten = -1;
			break;
		}
		found = row_count(rows);
		for (int i = 0; i < found && forgotten >= 0; i++) {
			bool gone = false;

			last = arena_text(arena, row_text(rows, i, 0));
			if (end_all(db, last, &gone) != DB_DONE)
				forgotten = -1;
			else
				forgotten += gone;
		}
		rows_free(rows);
	} while (found == REAP_BATCH && forgotten >= 0);
	arena_free(arena);
	return forgotten;
}
